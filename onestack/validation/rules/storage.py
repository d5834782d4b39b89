"""Claims and volumes (``core/validation``: ``ValidatePersistentVolumeClaimSpec``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.validation.fault import Fault
from onestack.validation.parts import Path, mapping
from onestack.validation.quantities import amount
from onestack.validation.rules.pods import selector

_NO_SOURCE: Final = frozenset({
    "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
    "storageClassName", "volumeAttributesClassName", "volumeMode",
})  # fmt: skip


def claim(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidatePersistentVolumeClaim``."""
    yield from claim_spec(mapping(body, "spec"), ("spec",))


def claim_spec(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidatePersistentVolumeClaimSpec``."""
    if not spec.get("accessModes"):
        yield Fault(
            (*path, "accessModes"), f"{dotted((*path, 'accessModes'))} is missing", "write [ReadWriteOnce]"
        )
    asked = mapping(spec, "resources", "requests").get("storage")
    where = (*path, "resources", "requests", "storage")
    if asked is None:
        yield Fault(where, f"{dotted(where)} is missing", "write how much, for example 1Gi")
    elif (found := amount(asked)) is not None and found <= 0:
        yield Fault(where, f"{dotted(where)} is {asked}", "write more than 0")
    yield from selector(spec.get("selector"), (*path, "selector"))


def volume(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidatePersistentVolumeSpec``."""
    spec = mapping(body, "spec")
    if not spec.get("accessModes"):
        yield Fault(("spec", "accessModes"), "spec.accessModes is missing", "write [ReadWriteOnce]")
    if not spec.get("capacity"):
        yield Fault(("spec", "capacity"), "spec.capacity is missing", "write 'storage: 1Gi' below it")
    sources = sorted(field for field in spec if field not in _NO_SOURCE and spec[field] is not None)
    if len(sources) != 1:
        what = (
            f"the volume has more than one source: {' and '.join(sources[:4])}"
            if sources
            else "the volume has no source"
        )
        yield Fault(("spec",), what, "write exactly one, such as hostPath or csi")
