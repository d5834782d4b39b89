"""Which parts of an object are secret, and objects without that mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.local.serving.codec import Secret, holds_secret

# Programs can't write dashes in some languages, so Pulumi's side of a schema has underscores.
TO_DASHES: Final[Mapping[str, str]] = {
    name.replace("-", "_"): name
    for name in (
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
}
TO_UNDERSCORES: Final[Mapping[str, str]] = {dashed: name for name, dashed in TO_DASHES.items()}


def plain(value: Any) -> Any:
    """A deep copy as Kubernetes has it: no secret marks, schema keywords with dashes."""
    if isinstance(value, dict):
        return {TO_DASHES.get(key, key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return plain(value.value) if isinstance(value, Secret) else value


def pulumi_names(value: Any) -> Any:
    """A deep copy as Pulumi has it: schema keywords with underscores."""
    if isinstance(value, dict):
        return {TO_UNDERSCORES.get(key, key): pulumi_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [pulumi_names(item) for item in value]
    return value


def mark(outputs: dict[str, Any], inputs: Mapping[str, Any] | None) -> None:
    """Marks in place what is secret: a Secret's data always, else whatever was in ``inputs``.

    A list with anything secret in it becomes secret as a whole, because its order may change.
    """
    if outputs.get("kind") == "Secret":
        for field in ("data", "stringData"):
            if field in outputs and not isinstance(outputs[field], Secret):
                outputs[field] = Secret(outputs[field])
        return
    for key, given in (inputs or {}).items():
        if key not in outputs:
            continue
        out = outputs[key]
        if isinstance(out, dict) and isinstance(given, dict):
            mark(out, given)
        elif not isinstance(out, Secret) and holds_secret(given):
            outputs[key] = Secret(out)
