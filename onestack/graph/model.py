"""The resources of a stack and what each stands on, as values: from a state, or from a plan's steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

STACK: Final = "pulumi:pulumi:Stack"
PROVIDERS: Final = "pulumi:providers:"

_GONE: Final = "delete"
_PASSED_OVER: Final = frozenset(
    {"delete-replaced", "discard-replaced", "read-discard", "refresh", "remove-pending-replace"}
)
"""Steps of a plan that say nothing of how a resource will be: the rest of a replacement, or a look."""


@dataclass(frozen=True)
class Resource:
    """One resource of a stack, as the engine knows it.

    ``id`` is what others name it by, in a stack its URN. ``type`` is its Pulumi type token. ``depends_on``
    are the ids of all that it stands on: dependencies of any kind and its provider, but not its parent.
    ``custom`` is False for what only groups others: component resources and the stack itself.
    ``protect``: the engine refuses to delete it.
    """

    id: str
    type: str
    name: str
    parent: str | None = None
    depends_on: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    custom: bool = True
    protect: bool = False

    @property
    def kind(self) -> str:
        """The last part of the type: for a Kubernetes object its kind."""
        return self.type.rpartition(":")[2]

    @property
    def package(self) -> str:
        """The first part of the type, such as ``kubernetes`` or ``gcp``."""
        return self.type.partition(":")[0]


@dataclass(frozen=True)
class Graph:
    """A stack's resources. ``applications`` names those of Kubernetes objects, where known, by id."""

    resources: tuple[Resource, ...]
    applications: Mapping[str, str] = field(default_factory=dict)


def from_state(resources: Iterable[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """The resources of a state, as ``pulumi stack export`` lists them.

    What waits there to be deleted, because another took its place, is left out.
    """
    return tuple(_resource(one) for one in resources if not one.get("delete"))


def from_steps(steps: Iterable[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """The resources that there will be after the steps of ``pulumi preview --json --show-sames``.

    The shape is that of ``display.PreviewStep`` in Pulumi's Go packages.
    """
    planned: dict[str, Resource] = {}
    for step in steps:
        op, state = str(step["op"]), step.get("newState")
        if op == _GONE:
            planned.pop(str(step["urn"]), None)
        elif state is not None and op not in _PASSED_OVER:
            planned[str(step["urn"])] = _resource(state)
    return tuple(planned.values())


def _resource(state: Mapping[str, Any]) -> Resource:
    urn = str(state["urn"])
    return Resource(
        id=urn,
        type=str(state["type"]),
        name=urn.split("::", 3)[-1],
        parent=state.get("parent") or None,
        depends_on=tuple(dict.fromkeys(_stands_on(state))),
        inputs=state.get("inputs") or {},
        custom=bool(state.get("custom")),
        protect=bool(state.get("protect")),
    )


def _stands_on(state: Mapping[str, Any]) -> Iterator[str]:
    yield from state.get("dependencies") or ()
    for urns in (state.get("propertyDependencies") or {}).values():
        yield from urns or ()
    provider = str(state.get("provider") or "").rpartition("::")[0]
    if provider:
        yield provider
