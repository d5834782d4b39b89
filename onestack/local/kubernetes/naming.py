"""Names that are made up: of objects that have none, and of field managers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final

from onestack.local.kubernetes.annotations import AUTONAMED, FIELD_MANAGER, annotation, is_true, set_true
from onestack.local.kubernetes.identity import metadata_of, name_of
from onestack.local.serving.codec import Unknown

FIRST_FIELD_MANAGER: Final = "pulumi-kubernetes"
"""Who owns the fields of an object that was created and never changed since."""

MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_HEX_DIGITS: Final = 8


def is_named(obj: Mapping[str, Any]) -> bool:
    """True where the object has a name, also one that is not known yet."""
    return name_of(obj) != "" or isinstance(metadata_of(obj).get("name"), Unknown)


def is_autonamed(obj: Mapping[str, Any]) -> bool:
    return is_true(obj, AUTONAMED)


def asks_for_generated_name(obj: Mapping[str, Any]) -> bool:
    """True where the object leaves its name to the API server."""
    return not is_named(obj) and bool(metadata_of(obj).get("generateName"))


def unique(prefix: str, seed: bytes) -> str:
    """The prefix and eight hex digits, always the same ones for the same seed."""
    digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(_HEX_DIGITS)
    return f"{prefix}{digits[:_HEX_DIGITS]}"


def assign_name(obj: dict[str, Any], name: str) -> None:
    """Gives the object a name in place, and marks it as one that was made up."""
    metadata = obj.setdefault("metadata", {})
    if isinstance(metadata, dict):
        metadata["name"] = name
        set_true(obj, AUTONAMED)


def adopt_name(obj: dict[str, Any], old: Mapping[str, Any]) -> None:
    """Keeps the made-up name of an object that still has none of its own; in place."""
    if not is_named(obj) and is_autonamed(old):
        assign_name(obj, name_of(old))


def keep_label(obj: dict[str, Any], old: Mapping[str, Any]) -> None:
    """Keeps, in place, the label that the official plugin's client-side apply once gave to everything."""
    labels = metadata_of(old).get("labels")
    metadata = obj.get("metadata")
    if isinstance(labels, dict) and labels.get(MANAGED_BY) == "pulumi" and isinstance(metadata, dict):
        kept = metadata.setdefault("labels", {})
        if isinstance(kept, dict):
            kept[MANAGED_BY] = "pulumi"


def field_manager(obj: Mapping[str, Any], recorded: str = "") -> str:
    """Who an object's fields are managed as: its annotation, else the recorded name, else a new one."""
    return annotation(obj, FIELD_MANAGER) or recorded or unique("pulumi-kubernetes-", b"")
