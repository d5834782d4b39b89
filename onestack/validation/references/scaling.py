"""Autoscalers, disruption budgets and network policies, and what they are about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil
from typing import Any, Final

from onestack.manifests.manifest import Manifest, group_of
from onestack.manifests.scope import is_builtin
from onestack.validation.parts import mapping, number, text
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.missing import missing
from onestack.validation.references.unselected import described, hint, unselected
from onestack.validation.selectors import Selector, selector

_STUCK: Final = "none may ever be evicted, and a node with one can't be drained"
_PERCENT: Final = re.compile("[0-9]{1,3}%")
_SCALABLE: Final = {
    ("", "ReplicationController"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
}


def autoscaler(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """What it scales must be there, be scalable, and be scaled by nothing else."""
    target = mapping(manifest.body, "spec", "scaleTargetRef")
    name, kind = text(target, "name"), text(target, "kind") or "Deployment"
    path = ("spec", "scaleTargetRef")
    if not name:
        return
    version = text(target, "apiVersion") or ("apps/v1" if manifest.group == "keda.sh" else "")
    group = group_of(version)
    right = _group(kind, manifest, index, name)
    if is_builtin(group, kind) and (group, kind) not in _SCALABLE:
        what = f"a {kind} can't be scaled"
        yield Broken(manifest, (*path, "kind"), what, "name a Deployment, a StatefulSet or a ReplicaSet")
    elif index.get(group, kind, manifest.namespace, name) is None:
        if right is not None and right != group:
            said = f"the apiVersion '{version}'" if version else "no apiVersion"
            what = f"{said} is said for the {kind} '{name}', which is of another"
            yield Broken(
                manifest, (*path, "apiVersion"), what, f"write '{right}/v1'" if right else "write 'v1'"
            )
        elif is_builtin(group, kind) or index.all(group, kind, manifest.namespace):
            yield from missing(index, manifest, (*path, "name"), kind, name, group=group)
    else:
        first = index.scalers[manifest.namespace or "", kind, name][0]
        if first is not manifest:
            what = f"the {kind} '{name}' is already scaled by {first.kind} '{first.name}'"
            yield Broken(manifest, (*path, "name"), what, "keep one of the two")


def _group(kind: str, manifest: Manifest, index: Index, name: str) -> str | None:
    """The group of the built-in kind that the name is there for."""
    for group, scalable in sorted(_SCALABLE):
        if scalable == kind and index.get(group, kind, manifest.namespace, name) is not None:
            return group
    return None


def network_policy(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """The pods that it is for must be there, unless it is for all."""
    yield from _nothing(manifest, index, "podSelector")


def budget(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """Its pods must be there, and it must allow that one of them is ever evicted."""
    found = [*_nothing(manifest, index, "selector")]
    yield from found
    if not found:
        yield from _never(manifest, index)


def _nothing(manifest: Manifest, index: Index, field: str) -> Iterator[Broken]:
    namespace = manifest.namespace or ""
    wanted = selector(mapping(manifest.body, "spec").get(field))
    if wanted is not None and wanted.requirements and unselected(index, namespace, wanted):
        what = (
            f"the {manifest.kind} is for pods with {described(wanted)}, and namespace '{namespace}' has none"
        )
        yield Broken(manifest, ("spec", field), what, hint(index, namespace, wanted))


def _never(manifest: Manifest, index: Index) -> Iterator[Broken]:
    spec = mapping(manifest.body, "spec")
    wanted = selector(spec.get("selector"))
    if wanted is None:
        return
    if _amount(spec.get("maxUnavailable"), 100) == 0:
        what = f"maxUnavailable is {spec['maxUnavailable']}: {_STUCK}"
        yield Broken(manifest, ("spec", "maxUnavailable"), what, "allow at least 1")
        return
    namespace = manifest.namespace or ""
    if (namespace, wanted) not in index.counted:
        index.counted[namespace, wanted] = _expected(namespace, index, wanted)
    pods = index.counted[namespace, wanted]
    least = None if pods is None else _amount(spec.get("minAvailable"), pods)
    if pods and least is not None and least >= pods:
        said = f"minAvailable is {spec['minAvailable']}"
        count = f"{pods} pod" if pods == 1 else f"{pods} pods"
        what = f"{said} of at most {count}: {_STUCK}"
        yield Broken(
            manifest, ("spec", "minAvailable"), what, "write 'maxUnavailable: 1' instead, or run more pods"
        )


def _expected(namespace: str, index: Index, wanted: Selector) -> int | None:
    """How many pods there are at most; None where that can't be told."""
    total = 0
    for pod in index.pods.selected(namespace, wanted):
        workload = pod.manifest
        if (workload.group, workload.kind) not in _SCALABLE:
            return None
        scalers = index.scalers.get((namespace, workload.kind, workload.name), ())
        if any(scaler.group != "autoscaling" for scaler in scalers):
            return None
        counts = [number(one.body, "spec", "maxReplicas") for one in scalers]
        declared = number(workload.body, "spec", "replicas")
        most = max(
            (count for count in counts if count is not None), default=1 if declared is None else declared
        )
        total += most
    return total


def _amount(value: Any, of: int) -> int | None:
    """A number, or a percentage of ``of``, rounded up as Kubernetes does here."""
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return ceil(int(value[:-1]) * of / 100)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
