"""A plan: what a deployment would change, as a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, Literal

from onestack.graph import Graph

Op = Literal["create", "update", "replace", "delete"]
OPS: Final[tuple[Op, ...]] = ("create", "update", "replace", "delete")


class Missing(Enum):
    """What a field has where it has no value."""

    ABSENT = "absent"
    """The field isn't there."""
    UNSEEN = "unseen"
    """It can't be known: the cluster isn't there or wasn't asked, or the cloud decides it."""
    HIDDEN = "hidden"
    """It is a secret."""


@dataclass(frozen=True)
class Field:
    """One field that differs. ``path`` is as in ``spec.template.spec.containers[0].image``.

    ``before`` is what the state holds, ``after`` what git declares, ``live`` what is there now; each a
    JSON value or a `Missing`. ``replaces``: this change can't be made in place.
    """

    path: str
    before: Any
    after: Any
    live: Any = Missing.UNSEEN
    replaces: bool = False

    @property
    def drifted(self) -> bool:
        """Whether what is there is neither what was deployed nor what is declared.

        What nobody had declared is no drift: the cluster fills in what is left out.
        """
        if self.live in (Missing.UNSEEN, Missing.HIDDEN) or self.before is Missing.ABSENT:
            return False
        return self.live not in (self.before, self.after)


@dataclass(frozen=True)
class Change:
    """One resource that changes.

    ``urn`` is the engine's name of it, ``type`` its Pulumi type token. ``application`` is the folder of
    ``manifests/`` that it comes from, None for what is no object of the cluster or isn't declared any more.
    ``destroys`` says in words what is lost by a replacement or deletion, beside the resource itself.
    """

    op: Op
    urn: str
    type: str
    name: str
    namespace: str | None = None
    application: str | None = None
    fields: tuple[Field, ...] = ()
    destroys: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The last part of the type: for a Kubernetes object its kind."""
        return self.type.rpartition(":")[2]

    @property
    def label(self) -> str:
        """How a person names it: ``Deployment bookshop/orders``; its name holds its namespace."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Risk:
    """What makes a plan one to look at twice. ``rule`` is the risk's name, such as ``deletes-data``.

    ``subject`` is the resource's label, ``text`` one sentence. A ``grave`` one needs an approval.
    """

    rule: str
    subject: str
    text: str
    urn: str = ""
    grave: bool = True


@dataclass(frozen=True)
class Unchecked:
    """What a plan can't vouch for, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Reach:
    """What is reached by the changes: those resources that stand on a changed one, directly or not.

    ``paths`` leads from a changed resource to a reached one, by ids of ``graph``, the longest first.
    """

    graph: Graph
    changed: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    paths: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a deployment of a stack would do, and what it was worked out from.

    ``tree`` is git's id of the files (of the tree, not the commit); ``commit`` is for people and is not
    sealed. ``settings`` and ``state`` are digests. ``against`` is what it was compared with.
    """

    project: str
    stack: str
    tree: str
    settings: str
    state: str
    changes: tuple[Change, ...] = ()
    same: int = 0
    risks: tuple[Risk, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    warnings: tuple[str, ...] = ()
    reach: Reach = field(default_factory=lambda: Reach(Graph(())), compare=False)
    commit: str | None = None
    against: Literal["state", "empty state", "simulation"] = "state"

    @cached_property
    def counts(self) -> Mapping[Op, int]:
        """How many resources each operation touches, all four operations named."""
        return {op: sum(change.op == op for change in self.changes) for op in OPS}

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not self.changes

    @property
    def grave(self) -> tuple[Risk, ...]:
        """The risks that need an approval."""
        return tuple(risk for risk in self.risks if risk.grave)
