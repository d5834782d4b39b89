"""Diff: what a change of inputs would do to a resource; pure."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from onestack.local.gcp.check import DEFAULTS
from onestack.local.gcp.table import Field, Type
from onestack.local.serving.codec import Unknown, holds_unknown
from onestack.local.serving.property_path import contains

Path = tuple[str | int, ...]

_REPLACING: Final = {
    PropertyDiff.ADD: PropertyDiff.ADD_REPLACE,
    PropertyDiff.DELETE: PropertyDiff.DELETE_REPLACE,
    PropertyDiff.UPDATE: PropertyDiff.UPDATE_REPLACE,
}


@dataclass(frozen=True)
class Change:
    """One property's change; ``kind`` is ADD, DELETE or UPDATE, without replacing."""

    path: Path
    kind: PropertyDiff.Kind.ValueType
    replaces: bool

    @property
    def shown(self) -> PropertyDiff.Kind.ValueType:
        """The kind as the engine is told."""
        return _REPLACING[self.kind] if self.replaces else self.kind


@dataclass(frozen=True)
class Verdict:
    """All changes, and whether the old one must go before the new one is made."""

    changes: tuple[Change, ...]
    delete_first: bool

    @property
    def replaces(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.replaces)


def diff(
    known: Type, old: Mapping[str, Any], news: Mapping[str, Any], ignored: Sequence[Path] = ()
) -> Verdict:
    """Compares the recorded state with new inputs (checked, without secret marks).

    An input that is left out goes back to its default; where Google computes it, it stays as it is.
    """
    changes = tuple(
        _judged(known, change, old, news)
        for change in _object(known.fields, (), old, news)
        if not any(contains(path, change.path) for path in ignored)
    )
    replacing = any(change.replaces for change in changes)
    chosen = "name" in news and "name" not in (news.get(DEFAULTS) or ())
    keeps_name = known.auto_name and chosen and news["name"] == old.get("name")
    return Verdict(changes, replacing and (keeps_name or known.delete_first))


def _judged(known: Type, change: Change, old: Mapping[str, Any], news: Mapping[str, Any]) -> Change:
    """Two rules that depend on the values: ranges that can only grow, and switches that only go on."""
    name = change.path[0]
    if name == known.grows and not _grows(old.get(name), news.get(name)):
        return replace(change, replaces=True)
    if name in known.only_on and old.get(name) is True and news.get(name) is not True:
        return replace(change, replaces=True)
    return change


def _grows(old: Any, new: Any) -> bool:
    """The new range holds the old one. An unknown one counts as grown, as in the provider."""
    try:
        return bool(ipaddress.ip_network(old).subnet_of(ipaddress.ip_network(new)))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return True


def _object(
    fields: Mapping[str, Field], path: Path, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for name, one in fields.items():
        if not one.output:
            yield from _field(one, (*path, name), old.get(name), new.get(name))


def _field(one: Field, path: Path, old: Any, new: Any) -> Iterator[Change]:
    if new is None:
        if not (one.computed or _empty(old)):
            yield Change(path, PropertyDiff.DELETE, one.replaces)
    elif isinstance(new, Unknown):
        yield Change(path, PropertyDiff.ADD if _empty(old) else PropertyDiff.UPDATE, one.replaces)
    elif _empty(old) and _empty(new):
        return
    elif one.kind == "object" and isinstance(old, dict) and isinstance(new, dict):
        yield from _object(one.fields, path, old, new)
    elif one.kind == "map" and isinstance(old, dict) and isinstance(new, dict):
        yield from _map(one, path, old, new)
    elif one.plural and isinstance(old, list) and isinstance(new, list):
        yield from (_set if one.unordered else _list)(one, path, old, new)
    elif _empty(old):
        yield Change(path, PropertyDiff.ADD, one.replaces or _any_replaces(one, new))
    elif not same(old, new):
        yield Change(path, PropertyDiff.UPDATE, one.replaces)


def _map(one: Field, path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in {**old, **new}:
        if key not in new:
            yield Change((*path, key), PropertyDiff.DELETE, one.replaces)
        elif key not in old:
            yield Change((*path, key), PropertyDiff.ADD, one.replaces)
        elif not same(old[key], new[key]):
            yield Change((*path, key), PropertyDiff.UPDATE, one.replaces)


def _list(one: Field, path: Path, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        here = (*path, index)
        if index >= len(new):
            yield Change(here, PropertyDiff.DELETE, one.replaces)
        elif index >= len(old):
            yield Change(here, PropertyDiff.ADD, one.replaces or _any_replaces(one, new[index]))
        elif isinstance(old[index], dict) and isinstance(new[index], dict):
            yield from _object(one.fields, here, old[index], new[index])
        elif isinstance(new[index], Unknown) or not same(old[index], new[index]):
            yield Change(here, PropertyDiff.UPDATE, one.replaces)


def _set(one: Field, path: Path, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Items have no places: those that differ were added or removed."""
    before = {_key(one, item): index for index, item in enumerate(old)}
    after = {_key(one, item): index for index, item in enumerate(new)}
    for key, index in before.items():
        if key not in after:
            yield Change((*path, index), PropertyDiff.DELETE, one.replaces)
    for key, index in after.items():
        if key not in before or holds_unknown(new[index]):
            yield Change((*path, index), PropertyDiff.ADD, one.replaces or _any_replaces(one, new[index]))


def _key(one: Field, item: Any) -> str:
    """An item of a set as a text that is equal where the item is; what is left out counts as empty."""
    if isinstance(item, dict):
        kept = {name: _key(field, item.get(name)) for name, field in one.fields.items() if not field.output}
        return json.dumps({name: value for name, value in kept.items() if value}, sort_keys=True)
    if isinstance(item, list):
        return json.dumps([_key(one, each) for each in (sorted(item, key=str) if one.unordered else item)])
    return "" if _empty(item) else _text(item)


def _any_replaces(one: Field, value: Any) -> bool:
    """True where something that is now set inside a new object can't be set in place."""
    if not isinstance(value, dict):
        return False
    return any(
        field.replaces or _any_replaces(field, value[name])
        for name, field in one.fields.items()
        if not _empty(value.get(name))
    )


def unchanged(one: Field, old: Any, new: Any) -> bool:
    """True where declaring ``new`` (without secret marks) would change nothing of ``old``."""
    return next(_field(one, (), old, new), None) is None


def same(old: Any, new: Any) -> bool:
    """Equal, or two ways to write the same: 3 and "3", a self link and the id that it ends with."""
    if old == new:
        return True
    left, right = _text(old), _text(new)
    if left == right:
        return True
    # Source: CompareSelfLinkOrResourceName, CompareSelfLinkRelativePaths in google/tpgresource.
    if "projects/" in left and "projects/" in right:
        return left[left.index("projects/") :] == right[right.index("projects/") :]
    long, short = (left, right) if "/" in left else (right, left)
    return "projects/" in long and "/" not in short and long.rpartition("/")[2] == short


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _empty(value: Any) -> bool:
    """Nothing, or the zero that the provider can't tell from nothing."""
    return (
        value is None
        or value in ("", [], {})
        or value is False
        or (value == 0 and not isinstance(value, bool))
    )
