"""An entry of the ledger as a value, and as the text that is kept. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

import orjson
from pydantic import TypeAdapter, ValidationError

from onestack.records.bounds import Count, Moment, Seconds
from onestack.revision import Signature

Verb = Literal["deploy", "destroy"]
Outcome = Literal["succeeded", "failed", "stopped", "interrupted"]
"""``stopped``: by a gate, or because the plan differed from the sealed one; ``interrupted``: by a person."""
Kind = Literal["begin", "end", "abandoned"]

_LONGEST: Final = 4000
"""Characters of an error's text."""
NOTHING: Final = "sha256:" + "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True)
class Approval:
    """Who approved the plan, when (ISO 8601) and where (a link)."""

    by: str
    at: str = ""
    where: str = ""


@dataclass(frozen=True)
class Results:
    """How many acceptance tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Begin:
    """What is known when a deployment begins.

    ``who`` says that they did it, nobody proved it; ``machine`` is the host's name. ``commit`` is None where
    nothing is committed; ``tree`` is git's id of the files as they lay there. ``signature`` is git's verdict
    on the commit's. ``plan`` is the plan's digest, ``counts`` what it would do. ``overridden`` names gates
    that were passed by an override, ``gates`` those that stop it, so that nothing is done.
    """

    verb: Verb
    who: str
    machine: str
    commit: str | None = None
    tree: str = ""
    signature: Signature = "none"
    signer: str = ""
    plan: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    overridden: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class End:
    """What came of it: ``counts`` is what was done; ``seconds`` how long it took; ``error`` is a message."""

    outcome: Outcome
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    tests: Results | None = None
    seconds: Seconds | None = None
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One entry. ``number`` counts from 1; ``previous`` is the hash of the one before.

    ``run`` is the deployment's id: its begin and its end share it, and one of the two is None. ``abandoned``
    was written by a later run for one that was killed; ``began`` is the number of the begin that an end or
    ``abandoned`` belongs to. ``lease`` is the fencing number under which it was written, ``time`` that of
    the writer's clock, in UTC.

    ``hash`` is what the entry says of itself, ``content`` what its content comes to: they are equal unless
    somebody changed it.
    """

    number: Count
    previous: str
    project: str
    stack: str
    kind: Kind
    run: str
    time: Moment
    lease: Count
    begin: Begin | None = None
    end: End | None = None
    began: Count | None = None
    version: int = 1
    hash: str = ""
    content: str = field(default="", repr=False)


def sealed(entry: Entry) -> Entry:
    """The entry with the hash of its content."""
    own = _hash(_document(entry))
    return replace(entry, hash=own, content=own)


def text(entry: Entry) -> str:
    """The entry as one line of JSON."""
    return orjson.dumps({**_document(entry), "hash": entry.hash}).decode()


def parsed(line: str) -> Entry:
    """An entry as it was written, fields that a later onestack added left out but hashed.

    Raises: ValueError for what is no entry, in words.
    """
    try:
        document = orjson.loads(line)
        entry = _ENTRY.validate_python(document, strict=False)
    except orjson.JSONDecodeError:
        raise ValueError("it is cut off, or no JSON") from None
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, wrong["loc"]))
        raise ValueError(f"it is no entry: {where}: {wrong['msg']}") from None
    return replace(entry, content=_hash({k: v for k, v in document.items() if k != "hash"}))


def shortened(message: str) -> str:
    """A message of bounded length: the ledger says what failed first, a log all of it."""
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."


def _document(entry: Entry) -> dict[str, Any]:
    whole = asdict(entry)
    del whole["hash"], whole["content"]
    document: dict[str, Any] = orjson.loads(orjson.dumps(whole))
    return document


def _hash(document: Mapping[str, Any]) -> str:
    canonical = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


_ENTRY: Final = TypeAdapter(Entry)
