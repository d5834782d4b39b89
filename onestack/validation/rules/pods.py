"""Specs of pods (``pkg/apis/core/validation/validation.go``: ``ValidatePodSpec`` and below). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.manifests.names import wrong_label
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, mapping, mappings, text
from onestack.validation.rules.bounds import natural
from onestack.validation.rules.containers import containers, resources
from onestack.validation.selectors import faults

_NO_SOURCE: Final = frozenset({"name"})


def pod_spec(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Faults of a pod's spec at ``path``."""
    yield from containers(spec, path)
    yield from _volumes(spec, path)
    yield from resources(mapping(spec, "resources"), (*path, "resources"))
    yield from natural(spec, path, "activeDeadlineSeconds", least=1)
    yield from _tolerations(spec, path)
    yield from _spread(spec, path)
    yield from _dns(spec, path)
    if text(spec, "hostname") and (rule := wrong_label(text(spec, "hostname"))):
        yield Fault((*path, "hostname"), f"{said(spec['hostname'])} is no name for a host", rule)


def _volumes(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidateVolumes``, ``validateVolumeSource``; names are unique by the schema."""
    for step, volume in mappings(spec, "volumes", EACH):
        here, name = (*path, *step), text(volume, "name")
        if name and (rule := wrong_label(name)):
            yield Fault((*here, "name"), f"{said(name)} is no name for a volume", rule)
        sources = [field for field in volume if field not in _NO_SOURCE and volume[field] is not None]
        if len(sources) > 1:
            what = f"the volume {said(name)} has more than one source: {' and '.join(sorted(sources)[:4])}"
            yield Fault(here, what, "keep one")
        for field, needed in (("secret", "secretName"), ("configMap", "name")):
            if isinstance(volume.get(field), Mapping) and not volume[field].get(needed):
                what = f"{dotted((*here, field))} has no {needed}"
                yield Fault(
                    (*here, field), what, f"name the {'Secret' if field == 'secret' else 'ConfigMap'}"
                )


def _tolerations(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidateTolerations``."""
    for step, held in mappings(spec, "tolerations", EACH):
        here, operator = (*path, *step), held.get("operator") or "Equal"
        if not held.get("key") and operator != "Exists":
            what = f"{dotted(here)} has no key, so it tolerates everything"
            yield Fault(here, what, "write 'operator: Exists', or a key")
        if operator == "Exists" and held.get("value"):
            yield Fault(
                (*here, "value"), "a toleration with the operator Exists has no value", "remove it", key=True
            )
        if held.get("tolerationSeconds") is not None and held.get("effect") != "NoExecute":
            what = "tolerationSeconds is only for the effect NoExecute"
            yield Fault(
                (*here, "tolerationSeconds"), what, "remove it, or write 'effect: NoExecute'", key=True
            )


def _spread(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validateTopologySpreadConstraints``, ``validatePodAffinityTerm``."""
    for step, held in mappings(spec, "topologySpreadConstraints", EACH):
        here = (*path, *step)
        yield from natural(held, here, "maxSkew", "minDomains", least=1)
        yield from selector(held.get("labelSelector"), (*here, "labelSelector"))
    for kind in ("podAffinity", "podAntiAffinity"):
        how = ("requiredDuringSchedulingIgnoredDuringExecution", EACH)
        for step, term in mappings(spec, "affinity", kind, *how):
            yield from _term(term, (*path, *step))
        preferred = ("preferredDuringSchedulingIgnoredDuringExecution", EACH)
        for step, held in mappings(spec, "affinity", kind, *preferred):
            yield from _weight(held, (*path, *step))
            yield from _term(mapping(held, "podAffinityTerm"), (*path, *step, "podAffinityTerm"))


_MOST_WEIGHT: Final = 100


def _weight(held: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    weight = held.get("weight")
    if isinstance(weight, int) and not 1 <= weight <= _MOST_WEIGHT:
        yield Fault(
            (*path, "weight"), f"{dotted((*path, 'weight'))} is {weight}", f"write 1 to {_MOST_WEIGHT}"
        )


def _term(term: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    if term.get("topologyKey") == "":
        yield Fault(
            (*path, "topologyKey"), f"{dotted((*path, 'topologyKey'))} is empty", "name a label of nodes"
        )
    yield from selector(term.get("labelSelector"), (*path, "labelSelector"))


def _dns(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validatePodDNSConfig``."""
    if spec.get("dnsPolicy") == "None" and not mapping(spec, "dnsConfig").get("nameservers"):
        what = "with the dnsPolicy None the pod has no name servers"
        yield Fault((*path, "dnsPolicy"), what, "list them in dnsConfig.nameservers")


def selector(value: Any, path: Path) -> Iterator[Fault]:
    """Faults of a label selector (``ValidateLabelSelector``) but its operators, which the schema tells."""
    for step, what, expected in faults(value):
        if "'values'" in expected or "values" in step:
            yield Fault((*path, *step), what, expected)
