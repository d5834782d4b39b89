"""Which lists and watches cover all objects: few, whatever the number of objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from onestack.health import awaited
from onestack.kube.client import METADATA_LIST
from onestack.kube.discovery import ApiResource
from onestack.manifests.reference import ObjectRef

NAMESPACES_OF_THEIR_OWN: Final = 3
"""Up to this many namespaces each get a watch; beyond, one watch of the whole cluster is cheaper."""


@dataclass(frozen=True)
class Scope:
    """One collection, and the objects in it that matter."""

    resource: ApiResource
    namespace: str | None
    refs: tuple[ObjectRef, ...]

    @property
    def path(self) -> str:
        """The collection's path."""
        return self.resource.path(self.namespace)

    @property
    def watched(self) -> bool:
        """False where existing is all there is to wait for."""
        return awaited(self.resource.api_version, self.resource.kind)

    @property
    def accept(self) -> str | None:
        """The form of answers: without the body where only existence counts."""
        return None if self.watched else METADATA_LIST

    @property
    def params(self) -> Mapping[str, str]:
        """Narrows the collection to the object, where it is only one."""
        names = {ref.name for ref in self.refs}
        return {"fieldSelector": f"metadata.name={names.pop()}"} if len(names) == 1 else {}

    def namespace_of(self, ref: ObjectRef) -> str | None:
        """Where the object is, by its kind's scope and not by what the reference says."""
        return (ref.namespace or "default") if self.resource.namespaced else None

    def by_namespace(self) -> tuple[Scope, ...]:
        """The same objects in collections of one namespace each."""
        return tuple(
            Scope(self.resource, namespace, tuple(r for r in self.refs if self.namespace_of(r) == namespace))
            for namespace in sorted({self.namespace_of(ref) or "" for ref in self.refs})
        )


def scopes(resource: ApiResource, refs: Iterable[ObjectRef]) -> tuple[Scope, ...]:
    """The collections to look at for objects of one kind."""
    whole = Scope(resource, None, tuple(refs))
    if not resource.namespaced or len({ref.namespace for ref in whole.refs}) > NAMESPACES_OF_THEIR_OWN:
        return (whole,)
    return whole.by_namespace()
