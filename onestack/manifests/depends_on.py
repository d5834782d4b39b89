"""The annotation ``config.kubernetes.io/depends-on``: which objects must be ready before this one. Pure.

The format is that of Config Sync, Kluctl and the cli-utils (``pkg/object/dependson``): references
separated by commas, ``GROUP/namespaces/NAMESPACE/KIND/NAME`` or ``GROUP/KIND/NAME``, with an empty
group for the core group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.manifests.manifest import Identity

ANNOTATION: Final = "config.kubernetes.io/depends-on"
_CLUSTER_PARTS: Final = 3
_NAMESPACED_PARTS: Final = 5
EXPECTED: Final = (
    "write GROUP/namespaces/NAMESPACE/KIND/NAME or GROUP/KIND/NAME (nothing for the core group), "
    "separated by commas"
)


class Malformed(ValueError):
    """A reference that isn't one."""


def named(body: Mapping[str, Any]) -> tuple[Identity, ...]:
    """The objects that an object's annotation names; none without one. Raises: Malformed."""
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    text = annotations.get(ANNOTATION) if isinstance(annotations, Mapping) else None
    if text is None:
        return ()
    return tuple(_reference(part.strip()) for part in str(text).split(","))


def _reference(text: str) -> Identity:
    parts = text.split("/")
    if len(parts) == _CLUSTER_PARTS and all(parts[1:]):
        return Identity(parts[0], parts[1], None, parts[2])
    if len(parts) == _NAMESPACED_PARTS and parts[1] == "namespaces" and all(parts[2:]):
        return Identity(parts[0], parts[3], parts[2], parts[4])
    raise Malformed(text)
