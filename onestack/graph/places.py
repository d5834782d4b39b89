"""Where a resource stands in the picture: in which group, and there in which box. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from onestack.graph.model import PROVIDERS, STACK, Resource

APPLICATIONS: Final = "Applications"
CLUSTER: Final = "Cluster"

# By the beginning of the type, the longest that fits. The order says what a component is about that has
# several: one with a cluster and its service account is about the cluster.
_GROUPS: Final = {
    "gcp:container/": CLUSTER,
    "gcp:kms/": CLUSTER,
    "gcp:compute/": "Network",
    "gcp:artifactregistry/": "Registry",
    "gcp:serviceaccount/": "Identities",
    "gcp:iam/": "Identities",
    "gcp:projects/iAM": "Identities",
    "gcp:projects/": "Project",
}
_TOP_DOWN: Final = (APPLICATIONS, CLUSTER, "Registry", "Identities", "", "Network", "Project")
"""What stands on others comes first; groups that aren't known here take the empty place, by name."""

_CLUSTER_WIDE: Final = "cluster-wide"
_KUBERNETES: Final = "kubernetes"


@dataclass(frozen=True)
class Place:
    """A box: ``group`` by name, ``key`` tells the group's boxes apart, ``title`` is what people read."""

    group: str
    key: str
    title: str


def order_of(group: str) -> tuple[int, str]:
    """Sorts groups from what stands on others down to what they stand on."""
    known = group if group in _TOP_DOWN else ""
    return _TOP_DOWN.index(known), group


def is_drawn(resource: Resource) -> bool:
    """Whether it is something by itself, not a component, a provider or the stack."""
    return resource.custom and resource.type != STACK and not resource.type.startswith(PROVIDERS)


def is_component(resource: Resource) -> bool:
    """Whether it only groups others, and not all of the stack."""
    return not resource.custom and resource.type != STACK


def is_cluster_provider(resource: Resource) -> bool:
    """Whether it is how a Kubernetes cluster is reached."""
    return resource.type == f"{PROVIDERS}{_KUBERNETES}"


def outside(provider: Resource) -> Place:
    """The box of a cluster that the stack only reaches: ``provider`` stands for it."""
    return Place(CLUSTER, provider.id, "Cluster")


def places(resources: Iterable[Resource], applications: Mapping[str, str]) -> Mapping[str, Place]:
    """The place of each resource that is drawn, by id.

    ``applications`` names the application of a Kubernetes object, by id; one of none stands in the box
    of its namespace. Anything else stands in the box of the component that it is part of, else in one of
    its group.
    """
    known = {one.id: one for one in resources}
    drawn = [one for one in known.values() if is_drawn(one)]
    component = {one.id: _component(one, known) for one in drawn}
    about: dict[str, str] = {}
    for one in drawn:
        held = component[one.id]
        if held is not None and one.package != _KUBERNETES:
            about[held.id] = min(about.get(held.id, _group(one)), _group(one), key=_weight)
    found: dict[str, Place] = {}
    for one in drawn:
        held = component[one.id]
        if one.package == _KUBERNETES:
            name = applications.get(one.id) or _namespace(one)
            found[one.id] = Place(APPLICATIONS, name, name)
        elif held is not None:
            found[one.id] = Place(about[held.id], held.id, _title(held))
        else:
            found[one.id] = Place(_group(one), "", _group(one))
    return found


def _component(resource: Resource, known: Mapping[str, Resource]) -> Resource | None:
    """The nearest component that the resource is part of."""
    seen = {resource.id}
    above = known.get(resource.parent or "")
    while above is not None and above.id not in seen:
        if is_component(above):
            return above
        seen.add(above.id)
        above = known.get(above.parent or "")
    return None


def _group(resource: Resource) -> str:
    fitting = [start for start in _GROUPS if resource.type.startswith(start)]
    return _GROUPS[max(fitting, key=len)] if fitting else resource.package


def _weight(group: str) -> tuple[int, str]:
    groups = list(dict.fromkeys(_GROUPS.values()))
    return (groups.index(group) if group in groups else len(groups), group)


def _namespace(resource: Resource) -> str:
    namespace, slash, _ = resource.name.partition("/")
    if slash or resource.kind == "Namespace":
        return namespace
    return _CLUSTER_WIDE


def _title(component: Resource) -> str:
    """Its kind, and its name unless that is the kind, or a word of it, once more."""
    words = [component.kind, *re.findall("[A-Z][a-z0-9]*", component.kind)]
    said = component.name.casefold() in {word.casefold() for word in words}
    return component.kind if said else f"{component.kind} {component.name}"
