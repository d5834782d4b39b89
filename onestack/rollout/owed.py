"""Who is still to hear how a run ended: a record beside the ledger, for whoever comes next.

Between a run's end and the telling of it a kill may come, or whoever listens may be down. So a run is noted
here before anything is said of it, and taken out once its end was told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

import orjson
from pydantic import TypeAdapter, ValidationError

from onestack.errors import RecordChanged
from onestack.records import Store

_TRIES: Final = 5
_MOST: Final = 20
"""So many runs of a listener are kept: one that is gone from the settings is never told again."""

Runs = Mapping[str, tuple[str, ...]]


class Owed:
    """The record of one stack: by listener, the ids of runs."""

    def __init__(self, store: Store, project: str, stack: str) -> None:
        self._store = store
        self._name = f"owed/{project}/{stack}.json"

    def of(self, listener: str) -> tuple[str, ...]:
        """The runs of which that listener hasn't heard the end. Raises: Unavailable."""
        there = self._store.read(self._name)
        return _parsed(there.content).get(listener, ()) if there else ()

    def add(self, listeners: Collection[str], run: str) -> None:
        """These are to hear of that run's end. Raises: Unavailable."""
        self._write(lambda before: {one: (*_without(before, one, (run,)), run)[-_MOST:] for one in listeners})

    def drop(self, listeners: Collection[str], runs: Collection[str]) -> None:
        """These have heard of the ends of those runs. Raises: Unavailable."""
        self._write(lambda before: {one: _without(before, one, runs) for one in listeners})

    def _write(self, change: Callable[[Runs], Runs]) -> None:
        for _ in range(_TRIES):
            there = self._store.read(self._name)
            before = _parsed(there.content) if there else {}
            now = {**before, **change(before)}
            if all(now[one] == before.get(one, ()) for one in now):
                return
            text = orjson.dumps(now, option=orjson.OPT_SORT_KEYS).decode()
            try:
                if there is None:
                    self._store.create(self._name, text)
                else:
                    self._store.replace(self._name, text, there.version)
            except RecordChanged:
                continue
            return


def _without(before: Runs, listener: str, runs: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in before.get(listener, ()) if one not in runs)


def _parsed(content: str) -> Runs:
    """What stands there; of something else nothing is owed."""
    try:
        return _RUNS.validate_json(content)
    except ValidationError:
        return {}


_RUNS: Final = TypeAdapter(dict[str, tuple[str, ...]])
