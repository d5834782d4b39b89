"""Autoscalers and PriorityClasses (``autoscaling/validation``, ``scheduling/validation``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.validation.fault import Fault, listed
from onestack.validation.parts import EACH, Path, mapping, mappings, number, text
from onestack.validation.rules.bounds import natural, one_of

_HIGHEST: Final = 1_000_000_000
_SOURCES: Final = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_UTILIZATION: Final = ("averageUtilization", "averageValue")
_TARGETS: Final = {
    "ContainerResource": _UTILIZATION,
    "External": ("value", "averageValue"),
    "Object": ("value", "averageValue"),
    "Pods": ("averageValue",),
    "Resource": _UTILIZATION,
}


def autoscaler(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``validateHorizontalPodAutoscalerSpec``."""
    spec = mapping(body, "spec")
    yield from natural(spec, ("spec",), "maxReplicas", "minReplicas", least=1)
    least, most = number(spec, "minReplicas"), number(spec, "maxReplicas")
    if least is not None and most is not None and 1 <= most < least:
        what = f"spec.maxReplicas is {most}, below minReplicas, {least}"
        yield Fault(("spec", "maxReplicas"), what, f"write {least} or more")
    for step, metric in mappings(spec, "metrics", EACH):
        yield from _metric(metric, ("spec", *step))


def _metric(metric: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validateMetricSpec``, ``validateResourceSource`` and its like."""
    kind = text(metric, "type")
    field = _SOURCES.get(kind)
    if field is None:
        return
    source = metric.get(field)
    if source is None:
        yield Fault(path, f"a metric of type {kind} needs '{field}'", "write it")
        return
    for other in sorted(set(_SOURCES.values()) - {field}):
        if metric.get(other) is not None:
            yield Fault((*path, other), f"a metric of type {kind} has no '{other}'", "remove it", key=True)
    target, here = mapping(source, "target"), (*path, field, "target")
    if _TARGETS[kind] == _UTILIZATION:
        yield from one_of(target, here, _UTILIZATION, what="the target")
    elif not any(target.get(name) is not None for name in _TARGETS[kind]):
        yield Fault(here, f"the target says nothing of {listed(_TARGETS[kind])}", "write it")
    yield from natural(target, here, "averageUtilization", least=1)


def priority_class(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidatePriorityClass``."""
    value = body.get("value")
    is_system = text(body, "metadata", "name").startswith("system-")
    if isinstance(value, int) and value > _HIGHEST and not is_system:
        yield Fault(
            ("value",), f"the priority is {value}", f"write at most {_HIGHEST}; above are the system's"
        )
    if is_system and text(body, "metadata", "name") not in {
        "system-cluster-critical",
        "system-node-critical",
    }:
        what = "names that start with 'system-' are Kubernetes' own"
        yield Fault(("metadata", "name"), what, "choose another name")
