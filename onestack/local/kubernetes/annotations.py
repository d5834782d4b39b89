"""The annotations with which an object steers this provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.local.kubernetes.identity import metadata_of
from onestack.local.serving.codec import Unknown

AUTONAMED: Final = "pulumi.com/autonamed"
SKIP_AWAIT: Final = "pulumi.com/skipAwait"
WAIT_FOR: Final = "pulumi.com/waitFor"
TIMEOUT_SECONDS: Final = "pulumi.com/timeoutSeconds"
REPLACE_UNREADY: Final = "pulumi.com/replaceUnready"
PATCH_FORCE: Final = "pulumi.com/patchForce"
FIELD_MANAGER: Final = "pulumi.com/patchFieldManager"
DELETION_PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"
LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
HELM_HOOK: Final = "helm.sh/hook"


def annotations_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    found = metadata_of(obj).get("annotations")
    return found if isinstance(found, dict) else {}


def annotation(obj: Mapping[str, Any], key: str) -> str:
    """The annotation's value; "" where it is missing or not known."""
    value = annotations_of(obj).get(key)
    return value if isinstance(value, str) else ""


def is_true(obj: Mapping[str, Any], key: str) -> bool:
    return annotation(obj, key) == "true"


def timeout_seconds(obj: Mapping[str, Any], custom: float, default: float = 600.0) -> float:
    """How long to wait: the resource's custom timeout, else its annotation, else ten minutes."""
    if custom:
        return custom
    try:
        return float(int(annotation(obj, TIMEOUT_SECONDS)))
    except ValueError:
        return default


def propagation_policy(obj: Mapping[str, Any]) -> str:
    """What a deletion does to what the object owns; the default waits for it."""
    given = annotation(obj, DELETION_PROPAGATION).lower()
    return {"orphan": "Orphan", "background": "Background"}.get(given, "Foreground")


def set_true(obj: dict[str, Any], key: str) -> None:
    """Sets an annotation in place, unless the metadata isn't known yet."""
    metadata = obj.setdefault("metadata", {})
    if isinstance(metadata, Unknown):
        return
    annotations = metadata.setdefault("annotations", {})
    if isinstance(annotations, dict):
        annotations[key] = "true"
