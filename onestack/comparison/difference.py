"""The things that two revisions declare, compared by what they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from onestack.comparison.fields import fields
from onestack.graph import Graph, Resource
from onestack.graph.model import PROVIDERS, STACK
from onestack.graph.places import places
from onestack.manifests.manifest import Manifest
from onestack.manifests.placeholders import is_secret, plaintext_paths
from onestack.masking import Mask
from onestack.plan.model import Field, Missing

Op = Literal["created", "removed", "changed"]

_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that only a deployment will know (``plugin.UnknownStringValue``)."""
_KUBERNETES: Final = "kubernetes"


@dataclass(frozen=True)
class Thing:
    """An object of the cluster or a resource of the cloud as a revision declares it.

    ``key`` is what makes it this one, in whatever file or version it is written. ``group`` is its
    application, or where it stands in the cloud. ``hidden`` are the paths of values not to be said; a path
    hides all below it.
    """

    key: tuple[str, ...]
    cloud: bool
    group: str
    kind: str
    name: str
    body: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[tuple[str, ...]] = frozenset()

    @property
    def label(self) -> str:
        """How a person names it."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Difference:
    """A thing that only one revision declares, or both otherwise; of those ``fields`` says how."""

    op: Op
    thing: Thing
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What lies between two revisions, which are named in words; ``same`` is how many things are equal."""

    before: str
    after: str
    differences: tuple[Difference, ...]
    same: int = 0


def of_manifest(manifest: Manifest) -> Thing:
    """An object; of a Secret, what stands there in plain text is hidden."""
    one = manifest.identity
    hidden: set[tuple[str, ...]] = set()
    if is_secret(manifest.body):
        plain = {tuple(map(str, path)) for path in plaintext_paths(manifest.body)}
        hidden = plain | {(path[0],) for path in plain}
    key = (_KUBERNETES, one.group, one.kind, one.namespace or "", one.name)
    return Thing(
        key,
        False,
        manifest.application,
        manifest.kind,
        manifest.resource_name,
        manifest.body,
        frozenset(hidden),
    )


def of_cloud(graph: Graph) -> tuple[Thing, ...]:
    """The resources of a plan that are no objects of a cluster, nor the engine's own bookkeeping."""
    where = places(graph.resources, graph.applications)
    return tuple(
        Thing((one.type, one.name), True, where[one.id].group, one.kind, one.name, _inputs(one.inputs))
        for one in graph.resources
        if _is_cloud(one)
    )


def differences(before: Iterable[Thing], after: Iterable[Thing]) -> tuple[tuple[Difference, ...], int]:
    """What differs, the cloud first, then by group, kind and name; and how many things don't."""
    earlier, later = ({one.key: one for one in things} for things in (before, after))
    found = [one for key in {**earlier, **later} if (one := _between(earlier.get(key), later.get(key)))]
    found.sort(key=lambda one: (not one.thing.cloud, one.thing.group, one.thing.kind, one.thing.name))
    return tuple(found), len(earlier.keys() & later.keys()) - sum(one.op == "changed" for one in found)


def masked(found: Comparison, mask: Mask) -> Comparison:
    """The same without what a mask takes out, before anything is shortened and a part of a value is left."""
    return replace(
        found,
        differences=tuple(
            replace(
                one,
                fields=tuple(
                    replace(each, before=mask.body(each.before), after=mask.body(each.after))
                    for each in one.fields
                ),
            )
            for one in found.differences
        ),
    )


def _between(before: Thing | None, after: Thing | None) -> Difference | None:
    if after is None:
        return Difference("removed", before) if before else None
    if before is None:
        return Difference("created", after)
    hidden = before.hidden | after.hidden
    found = tuple(_shown(path, one, hidden) for path, one in fields(before.body, after.body))
    return Difference("changed", after, found) if found else None


def _shown(path: tuple[str, ...], one: Field, hidden: frozenset[tuple[str, ...]]) -> Field:
    """A field without what is not to be said."""
    steps = tuple(_bare(step) for step in path)
    if any(steps[: len(secret)] == secret for secret in hidden if len(secret) > 1) or steps in hidden:
        return replace(one, before=_covered(one.before), after=_covered(one.after))
    return one


def _covered(value: Any) -> Any:
    return value if value is Missing.ABSENT else Missing.HIDDEN


def _bare(step: str) -> str:
    """A step of a path as the key that it stands for."""
    return step[2:-2] if step.startswith('["') else step.removeprefix(".")


def _is_cloud(one: Resource) -> bool:
    own = one.type == STACK or one.type.startswith(PROVIDERS)
    return one.custom and not own and one.package != _KUBERNETES


def _inputs(value: Any) -> Any:
    """Inputs without the engine's own notes in them, and with what isn't known yet as such."""
    if isinstance(value, Mapping):
        return {key: _inputs(held) for key, held in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [_inputs(held) for held in value]
    return Missing.UNSEEN if value == _UNKNOWN else value
