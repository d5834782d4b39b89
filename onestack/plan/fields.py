"""The fields of a resource that differ, each as a leaf: in the state, in git, in the cluster. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.plan.model import Field, Missing
from onestack.plan.paths import Path, at, parsed, written
from onestack.plan.planned import PROVIDER, Planned
from onestack.validation.quantities import amount

_ABSENT: Final = Missing.ABSENT
_NOISE: Final = frozenset(
    {
        ("metadata", "creationTimestamp"),
        ("metadata", "generation"),
        ("metadata", "managedFields"),
        ("metadata", "resourceVersion"),
        ("metadata", "uid"),
    }
)
"""What the cluster writes, and nobody declares."""
_OURS: Final = "pulumi.com/"
"""Annotations for the provider: in the cluster they are what the last run left."""


def fields(planned: Planned) -> tuple[Field, ...]:
    """What differs of an update or a replacement, by path; what is made or goes differs as a whole.

    Beside what the engine names there are the fields that somebody changed in the cluster, and that an
    update sets back, though git didn't change them.
    """
    if planned.op not in {"update", "replace"}:
        return ()
    found: dict[str, Field] = {}
    for told, how in sorted(planned.differing.items()):
        path = parsed(told)
        if not _is_noise(path) and told != PROVIDER:
            for one in _refined(planned, path, how):
                found.setdefault(one.path, one)
    if planned.op == "update":
        for one in _drifted(planned):
            found.setdefault(one.path, one)
    return tuple(found[path] for path in sorted(found))


def _refined(planned: Planned, path: Path, how: str) -> Iterator[Field]:
    """The leaves below a path that differ; the path itself where none does, for the engine says so."""
    before = _ABSENT if how.startswith("add") else at(planned.before, path)
    after = _ABSENT if how.startswith("delete") else at(planned.after, path)
    replaces = how.endswith("replace")
    leaves = list(_leaves(path, before, after)) or [(path, before, after)]
    for where, old, new in leaves:
        yield Field(written(where), old, new, _live(planned, where, old, new), replaces)


def _leaves(path: Path, before: Any, after: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Down to where one of both is no mapping or list, or is empty."""
    if _same(before, after) and not isinstance(before, Missing):
        return
    for shape in (Mapping, list):
        held = [one for one in (before, after) if isinstance(one, shape) and one]
        rest = [one for one in (before, after) if not isinstance(one, shape)]
        if held and all(one is _ABSENT for one in rest):
            for step in _steps(*held):
                inner = (*path, step)
                yield from _leaves(inner, at(before, (step,)), at(after, (step,)))
            return
    yield path, before, after


def _steps(*held: Any) -> list[str | int]:
    if isinstance(held[0], list):
        return list(range(max(map(len, held))))
    return sorted({str(key) for one in held for key in one})


def _live(planned: Planned, path: Path, before: Any, after: Any) -> Any:
    """What is there now, written as it was declared where that means the same."""
    if Missing.HIDDEN in (before, after):
        return Missing.HIDDEN if isinstance(planned.live, Mapping) else planned.live
    found = at(planned.live, path, planned.after or planned.before)
    for declared in (after, before):
        if _alike(found, declared):
            return declared
    return found


def _drifted(planned: Planned) -> Iterator[Field]:
    if not isinstance(planned.live, Mapping):
        return
    for path, declared in _declared((), planned.after):
        if _is_noise(path) or isinstance(declared, Missing) or declared is None:
            continue
        if not _same(at(planned.before, path), declared):
            continue  # git changed it, or the state never had it
        found = at(planned.live, path, planned.after)
        if isinstance(found, Missing) and found is not _ABSENT:
            continue
        # The server leaves out what is empty; it may also write lists and mappings in full.
        if (found is _ABSENT and not declared) or _alike(found, declared):
            continue
        yield Field(written(path), declared, declared, found)


def _declared(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Every leaf of what is declared."""
    if isinstance(value, Mapping) and value:
        for key, held in value.items():
            yield from _declared((*path, key), held)
    elif isinstance(value, list) and value:
        for index, held in enumerate(value):
            yield from _declared((*path, index), held)
    elif not isinstance(value, (Mapping, list)):
        yield path, value


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: for Python ``true`` is 1."""
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _alike(found: Any, declared: Any) -> bool:
    """The same value, also where the server writes a quantity in its own way."""
    if _same(found, declared):
        return True
    number = amount(found)
    return number is not None and number == amount(declared)


def _is_noise(path: Path) -> bool:
    if not path or str(path[0]).startswith("__") or path[0] == "status" or path[:2] in _NOISE:
        return True
    return path[:2] == ("metadata", "annotations") and str(path[-1]).startswith(_OURS)
