"""What the engine says of one resource that would change, and what is known of it beside: a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from onestack.manifests.manifest import Identity, group_of
from onestack.plan.model import Missing, Op

PROVIDER: Final = "provider"
"""What the engine says differs of a resource that another provider is to make."""
Tree = Mapping[str, Any]
"""Plain JSON values, and a `Missing` where a value may not or can't be told."""


@dataclass(frozen=True)
class Planned:
    """One resource that would change.

    ``before`` are its inputs in the state, ``after`` those declared; empty where there are none.
    ``differing`` says how each property path differs, in the engine's words (``update``,
    ``add-replace``, ...). ``live`` is the object in the cluster, or why it isn't known: it isn't there
    (``ABSENT``), or nobody looked (``UNSEEN``).
    """

    op: Op
    urn: str
    type: str
    before: Tree = field(default_factory=dict)
    after: Tree = field(default_factory=dict)
    differing: Mapping[str, str] = field(default_factory=dict)
    live: Tree | Missing = Missing.UNSEEN
    application: str | None = None

    @property
    def name(self) -> str:
        """The resource's name: the last part of its URN."""
        return self.urn.split("::", 3)[-1]

    @property
    def kind(self) -> str:
        """The last part of the type: for a Kubernetes object its kind."""
        return self.type.rpartition(":")[2]

    @property
    def package(self) -> str:
        """The first part of the type, such as ``kubernetes`` or ``gcp``."""
        return self.type.partition(":")[0]

    @property
    def label(self) -> str:
        """How a person names it."""
        return f"{self.kind} {self.name}"

    @property
    def body(self) -> Tree:
        """What it will be, or was where it goes."""
        return self.after if self.op in {"create", "update"} else self.before

    @property
    def follows(self) -> bool:
        """Whether it is replaced for no reason of its own: what it was made through is another one."""
        return self.op == "replace" and set(self.differing) == {PROVIDER}

    @cached_property
    def identity(self) -> Identity | None:
        """What a Kubernetes object is; None for anything else."""
        return identity_of(self.type, self.name)


def identity_of(token: str, name: str) -> Identity | None:
    """The Kubernetes object of a type and a name of the engine's; None for any other resource."""
    package, version, kind = [*token.split(":"), "", ""][:3]
    if package != "kubernetes" or not kind:
        return None
    namespace, _, last = name.rpartition("/")
    return Identity(group_of(version.removeprefix("core/")), kind, namespace or None, last)
