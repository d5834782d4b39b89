"""Which properties a merge patch changes, and how: Pulumi's detailed diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from onestack.local.kubernetes.immutable import changes_one_of
from onestack.local.kubernetes.merge_patch import same
from onestack.local.serving.codec import Unknown

ADD: Final = PropertyDiff.ADD
DELETE: Final = PropertyDiff.DELETE
UPDATE: Final = PropertyDiff.UPDATE
_REPLACING: Final = {
    PropertyDiff.ADD: PropertyDiff.ADD_REPLACE,
    PropertyDiff.DELETE: PropertyDiff.DELETE_REPLACE,
    PropertyDiff.UPDATE: PropertyDiff.UPDATE_REPLACE,
}

Path = tuple[str | int, ...]


class _Missing:
    """No value at all, which is not the same as null."""


_MISSING: Final = _Missing()


@dataclass(frozen=True)
class Change:
    """One property's change. ``kind`` is a PropertyDiff.Kind; ``input_diff`` compares inputs."""

    kind: PropertyDiff.Kind.ValueType
    input_diff: bool = False

    @property
    def replaces(self) -> bool:
        return self.kind in _REPLACING.values()


@dataclass(frozen=True)
class _Sides:
    """The values on all sides of one property; ``patched`` is the patch's."""

    patched: Any
    old: Any
    declared: Any
    declared_before: Any


@dataclass
class _Walk:
    immutable: Sequence[str]
    changes: dict[Path, Change] = field(default_factory=dict)


def detail(
    patch: Mapping[str, Any], old: Mapping[str, Any], declared: Mapping[str, Any], immutable: Sequence[str]
) -> dict[Path, Change]:
    """The changes in a patch from ``old`` to ``declared``.

    A merge patch replaces lists whole; here they are compared item by item, so that only what
    differs is named. A change of an immutable field is one that replaces.
    """
    walk = _Walk(immutable)
    _map(walk, (), _Sides(patch, old, declared, old), in_list=False)
    return walk.changes


def _map(walk: _Walk, path: Path, at: _Sides, *, in_list: bool) -> None:
    for key, value in at.patched.items():
        inner = _Sides(value, _get(at.old, key), _get(at.declared, key), _get(at.declared_before, key))
        _value(walk, (*path, key), inner, in_list=in_list)
    if not in_list:
        return
    # Inside a list the patch is the whole new item: what it lacks was removed.
    for key, value in at.old.items():
        if key not in at.patched:
            inner = _Sides(None, value, _get(at.declared, key), _get(at.declared_before, key))
            _value(walk, (*path, key), inner, in_list=True)


def _list(walk: _Walk, path: Path, at: _Sides) -> None:
    for index in range(max(len(at.patched), len(at.old))):
        inner = _Sides(
            at.patched[index] if index < len(at.patched) else None,
            at.old[index] if index < len(at.old) else _MISSING,
            _at(at.declared, index),
            _at(at.declared_before, index),
        )
        _value(walk, (*path, index), inner, in_list=True)


def _value(walk: _Walk, path: Path, at: _Sides, *, in_list: bool) -> None:
    if at.declared is _MISSING and (at.patched is not None or at.declared_before is _MISSING):
        return
    if isinstance(at.patched, dict) and isinstance(at.old, dict):
        _map(walk, path, at, in_list=in_list)
        return
    if isinstance(at.patched, list) and isinstance(at.old, list):
        _list(walk, path, at)
        return
    change = _change(at)
    if change is None:
        return
    if changes_one_of(path, at.patched, walk.immutable):
        change = Change(_REPLACING[change.kind], change.input_diff)
    walk.changes[path] = change


def _change(at: _Sides) -> Change | None:
    if at.patched is None:
        return Change(DELETE, input_diff=True)
    if at.old is _MISSING:
        return Change(ADD)
    if not isinstance(at.patched, Unknown) and same(at.patched, at.old):
        return None
    return Change(UPDATE)


def _get(value: Any, key: str) -> Any:
    return value.get(key, _MISSING) if isinstance(value, dict) else _MISSING


def _at(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list) and index < len(value) else None
