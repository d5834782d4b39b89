"""Who owns which field of a live object, as its ``managedFields`` say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from onestack.local.kubernetes.identity import metadata_of

if TYPE_CHECKING:
    from onestack.local.kubernetes.detail import Path

CREATORS: Final = ("pulumi-resource-kubernetes", "pulumi-kubernetes", "pulumi-kubernetes.exe")
# Managers (by how their name begins, and operation) whose fields an update takes over.
_ADOPTED: Final = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    *((name, "Update") for name in CREATORS),
)


def adopted(entries: Sequence[Mapping[str, Any]], manager: str) -> list[dict[str, Any]] | None:
    """The entries with those of creators and of kubectl merged into the manager's own; None without any.

    The same as what fluxcd's ssa package does for the official plugin.
    """
    own: dict[str, Any] | None = None
    for entry in entries:
        if entry.get("manager") == manager and entry.get("operation") == "Apply":
            own = deepcopy(dict(entry))
    others, edited = [], False
    for entry in entries:
        if entry.get("manager") == manager and entry.get("operation") == "Apply":
            continue
        if not _is_adopted(entry):
            others.append(dict(entry))
            continue
        edited = True
        if own is None:
            own = {**deepcopy(dict(entry)), "manager": manager, "operation": "Apply"}
        else:
            own["fieldsV1"] = _merged(own.get("fieldsV1") or {}, entry.get("fieldsV1") or {})
    return [*others, own] if edited and own is not None else None


def first_managers_own_something(entries: Sequence[Mapping[str, Any]]) -> bool:
    """True where the object was never applied since it was created by this provider."""
    return any(e.get("operation") == "Update" and e.get("manager") in CREATORS for e in entries)


def without_ignored(
    inputs: dict[str, Any], live: Mapping[str, Any], manager: str, ignored: Sequence[Path]
) -> dict[str, Any]:
    """The inputs with each ignored field as it is now, or without it where only others own it."""
    if not ignored:
        return inputs
    result = deepcopy(inputs)
    ours: set[Path] = set()
    theirs: set[Path] = set()
    for entry in metadata_of(live).get("managedFields") or []:
        owned = ours if entry.get("manager") == manager else theirs
        owned.update(_paths(entry.get("fieldsV1") or {}))
    for path in ignored:
        if path in theirs and path not in ours:
            _remove(result, path)
        else:
            _copy(live, result, path)
    return result


def _is_adopted(entry: Mapping[str, Any]) -> bool:
    return not entry.get("subresource") and any(
        str(entry.get("manager", "")).startswith(name) and entry.get("operation") == operation
        for name, operation in _ADOPTED
    )


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(one)
    for key, value in other.items():
        result[key] = _merged(result[key], value) if key in result else value
    return result


def _paths(fields: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Every plain field path in a fieldsV1 tree; items of lists, which have no path, are left out."""
    for key, inner in fields.items():
        if key.startswith("f:"):
            path = (*above, key[2:])
            yield path
            yield from _paths(inner, path)


def _remove(obj: dict[str, Any], path: Path) -> None:
    at: Any = obj
    for step in path[:-1]:
        at = at.get(step) if isinstance(at, dict) else None
    if isinstance(at, dict):
        at.pop(path[-1], None)


def _copy(source: Mapping[str, Any], target: dict[str, Any], path: Path) -> None:
    value: Any = source
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return
        value = value[step]
    at: Any = target
    for step in path[:-1]:
        at = at.setdefault(step, {}) if isinstance(at, dict) else None
    if isinstance(at, dict):
        at[path[-1]] = deepcopy(value)
