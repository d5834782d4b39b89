"""Readiness of volumes and claims."""

from __future__ import annotations

from onestack.health.live import Live, text
from onestack.health.verdict import Verdict, failed, failing, ready, waiting


def claim(obj: Live, storage_class: Live | None) -> Verdict:
    """Bound; or pending by design, where its StorageClass binds only for a first consumer.

    Without the StorageClass at hand a pending claim is waiting. That its consumer later can't be
    provisioned shows in the consumer, not here.
    """
    phase = text(obj, "status", "phase")
    if phase == "Bound":
        return ready(f"bound to {text(obj, 'spec', 'volumeName') or 'a volume'}")
    if phase == "Lost":
        return failed("lost: the volume it was bound to is gone")
    if storage_class is not None and text(storage_class, "volumeBindingMode") == "WaitForFirstConsumer":
        return ready("pending until a pod uses it (WaitForFirstConsumer)")
    name = text(obj, "spec", "storageClassName")
    return waiting(f"not bound yet (storage class {name})" if name else "not bound yet (no storage class)")


def volume(obj: Live) -> Verdict:
    """Available or bound."""
    phase = text(obj, "status", "phase")
    if phase in {"Available", "Bound"}:
        return ready(phase.lower())
    if phase == "Failed":
        return failed(f"failed: {text(obj, 'status', 'message') or 'its reclamation failed'}")
    if phase == "Released":
        return failing("released: nobody can claim it until its spec.claimRef is cleared")
    return waiting(f"phase {phase or 'unknown'}")
