"""A trial as a JSON document, and back from one that nobody vouches for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from onestack.acceptance.results import Results
from onestack.errors import InvalidTrial
from onestack.trial.model import Trial

SCHEMA: Final = 1
MOST_BYTES: Final = 16_000_000
_MOST_CASES: Final = 2_000
_MOST_SAID: Final = 500
_LISTS: Final = ("refused", "not_ready", "unseen")


def document(trial: Trial) -> dict[str, Any]:
    """The trial as a JSON document (schema: docs/json.md); of what is there by thousands, the first."""
    held = asdict(trial)
    for name in _LISTS:
        held[name] = list(held[name][:_MOST_SAID])
    held["way_back"]["reasons"] = list(held["way_back"]["reasons"][:_MOST_SAID])
    held["steps"] = list(held["steps"])
    # Those that went wrong are never among those left out: the verdict has to follow.
    cases = sorted(trial.acceptance.cases, key=lambda case: case.outcome not in {"failed", "error"})
    shown = trial.acceptance.cases if len(cases) <= _MOST_CASES else cases[:_MOST_CASES]
    held["acceptance"] = trial.acceptance.document() | {"cases": Results(tuple(shown)).document()["cases"]}
    named = {_CAMEL.get(name, name): value for name, value in held.items()}
    return {"schema": SCHEMA, "ok": trial.ok, "verdict": trial.verdict(), **named}


def from_document(given: Mapping[str, Any]) -> Trial:
    """The trial in a document.

    It comes from a job that ran code of a stranger's: it is taken for nothing but what the schema allows, no
    longer than any trial is, and its verdict is worked out anew.

    Raises: InvalidTrial.
    """
    try:
        text = orjson.dumps(given)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise InvalidTrial(str(error)) from None
    if len(text) > MOST_BYTES:
        raise InvalidTrial(f"it is longer than {MOST_BYTES} bytes")
    if given.get("schema") != SCHEMA:
        raise InvalidTrial(f"its schema is not {SCHEMA}")
    held = {_SNAKE.get(name, name): value for name, value in given.items() if name not in _SAID_ANEW}
    if isinstance(tests := held.get("acceptance"), Mapping):
        held["acceptance"] = {name: value for name, value in tests.items() if name not in _COUNTS}
    try:
        trial = TypeAdapter(Trial).validate_json(orjson.dumps(held))
    except ValidationError as error:
        # Its own words hold the input, which is the stranger's.
        where = (".".join(map(str, one["loc"])) + f": {one['type']}" for one in error.errors()[:5])
        raise InvalidTrial("\n".join(where)) from None
    if given.get("ok") is not trial.ok or given.get("verdict") != trial.verdict():
        raise InvalidTrial("its verdict isn't the one that follows from its steps")
    return trial


_CAMEL: Final = {"not_ready": "notReady", "way_back": "wayBack"}
_SNAKE: Final = {camel: snake for snake, camel in _CAMEL.items()}
_COUNTS: Final = frozenset({"passed", "failed", "errors", "skipped"})
_SAID_ANEW: Final = frozenset({"schema", "ok", "verdict"})
