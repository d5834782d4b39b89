"""The pull request's comment of a stack, of documents that another job made.

Where a stranger's branch was looked at, that job ran a stranger's code, and what it left is data of a
stranger's: it is read as a document of a fixed form or not at all, is rendered here, and decides neither
which pull request is written on nor for which commit.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import orjson

from onestack import plan as plans
from onestack import trial as trials
from onestack.comment_marker import marker
from onestack.errors import NoPullRequest, NothingToComment, UntrustedDocument
from onestack.forge import CommitState, Forge, Posted
from onestack.harmless import harmless

MOST_BYTES: Final = 64_000_000
_LIMIT: Final = 60_000
"""Characters of a comment, of the 65,536 that GitHub takes."""
_NAMES: Final = {"plan": "preview", "trial": "trial", "text": "preview"}
_FENCE: Final = re.compile("`+")


@dataclass(frozen=True)
class Said:
    """What a document says, as Markdown in which nothing of its content is markup.

    ``stack`` is what it says it is of. ``line`` is for the commit's status, as is ``state``.
    """

    stack: str
    body: str
    state: CommitState
    line: str


class Reader(Protocol):
    """Reads one kind of document and renders it."""

    def __call__(self, written: bytes, where: str, limit: int) -> Said:
        """What it says in at most ``limit`` characters. Raises: OnestackError for what isn't one."""


@dataclass(frozen=True)
class Status:
    """A commit's status as it was set."""

    commit: str
    context: str
    state: CommitState
    description: str


@dataclass(frozen=True)
class Commented:
    """What was written: the comment, and statuses of the commit that it is about."""

    pull: int
    posted: Posted
    statuses: tuple[Status, ...]


@dataclass(frozen=True)
class Target:
    """Where to comment: what isn't given is taken from the job at hand, then from the forge.

    ``link`` is where the commit's status leads.
    """

    pull: int | None = None
    commit: str | None = None
    link: str | None = None


def comment(forge: Forge, stack: str, documents: Mapping[str, Path], target: Target) -> Commented:
    """Writes the stack's comment of documents by kind, or rewrites it, and sets the commit's statuses.

    A document that isn't there is told as a step that failed. Raises: NothingToComment, UntrustedDocument,
    NoPullRequest, HeadMoved, OnestackError of the forge.
    """
    said = {kind: _said(stack, kind, path, _LIMIT // len(documents)) for kind, path in documents.items()}
    if not said:
        raise NothingToComment("no document is named")
    link = target.link or forge.place.run_url
    commit = target.commit or forge.place.commit
    number = target.pull or forge.place.pull or _of_head(forge, commit)
    commit = commit or forge.pull(number).commit
    mark = marker(stack, "trial" if set(said) == {"trial"} else "preview")
    body = "\n\n".join(one.body for one in said.values())
    # One that a later run couldn't rewrite is seen to be of an earlier head.
    head = _code(commit[:12])
    foot = f"[The run]({link}) of {head}" if _plain(link) else f"Of {head}"
    posted = forge.comment(number, mark, f"{body}\n\n{foot}\n", commit=commit)
    statuses = tuple(_status(commit, stack, kind, one) for kind, one in said.items())
    for status in statuses:
        forge.status(commit, status.context, status.state, status.description, link)
    return Commented(number, posted, statuses)


def _of_head(forge: Forge, commit: str | None) -> int:
    found = forge.pull_of_head(commit) if commit else None
    if found is None:
        raise NoPullRequest(commit)
    return found.number


def _status(commit: str, stack: str, kind: str, said: Said) -> Status:
    return Status(commit, f"onestack/{_NAMES[kind]}/{stack}", said.state, said.line)


def _said(stack: str, kind: str, path: Path, limit: int) -> Said:
    written = _handed(path)
    name = _NAMES[kind]
    if written is None:
        line = f"the {name} failed: it left no document"
        return Said(stack, f"**The {name} of {_code(stack)} failed.** The run says why.", "failure", line)
    if kind == "text":
        return _text(stack, written, str(path), limit)
    if kind not in READERS:
        raise NothingToComment(f"a {kind} can't be read")
    try:
        said = READERS[kind](written, str(path), limit)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        # A reader should say better what is wrong; none may end in a traceback for what a stranger wrote.
        raise UntrustedDocument(str(path), f"it can't be read as a {kind}: {type(error).__name__}") from None
    if said.stack != stack:
        raise UntrustedDocument(str(path), f"it is of stack {said.stack[:80]!r}, not of '{stack}'")
    return said


def _text(stack: str, written: bytes, where: str, limit: int) -> Said:
    """A text as it stands, in a block of code: nothing in it is markup."""
    try:
        text = harmless(written.decode()).strip()
    except UnicodeDecodeError:
        raise UntrustedDocument(where, "it isn't text in UTF-8") from None
    fence = "`" * (max((len(found) for found in _FENCE.findall(text)), default=0) + 3)
    # Some characters count as two, and cutting may not take the fence away.
    room = (limit - 2 * len(fence) - 100) // 2
    if len(text) > room:
        text = f"{text[:room]}\n(cut here: {len(text) - room} characters more)"
    body = f"**Preview of {_code(stack)}**\n\n{fence}text\n{text}\n{fence}"
    return Said(stack, body, "success", "previewed")


def _handed(path: Path) -> bytes | None:
    """A file that another job left; None of one that isn't there, or is empty, as a verb leaves that failed.

    A link may lead to what only this job can read, such as its environment. Raises: UntrustedDocument.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UntrustedDocument(str(path), f"it can't be opened: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UntrustedDocument(str(path), "it is no regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            written = opened.read(MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(written) > MOST_BYTES:
        raise UntrustedDocument(str(path), f"it is bigger than {MOST_BYTES // 1_000_000} MB")
    return written or None


def _code(text: str) -> str:
    return f"`{harmless(text)[:80].replace('`', '')}`"


def _plain(link: str | None) -> bool:
    return link is not None and re.fullmatch(r"https?://[A-Za-z0-9._:/?&=#%~+-]+", link) is not None


def _plan(written: bytes, where: str, limit: int) -> Said:
    plan = plans.from_document(_of_preview(written, where), where)
    return Said(plan.stack, plans.markdown(plan, limit), "success", plans.verdict(plan))


def _of_preview(written: bytes, where: str) -> object:
    """The plan's document: the file's content, or that part of what ``onestack preview --json`` prints."""
    try:
        found = orjson.loads(written)
    except ValueError:
        raise UntrustedDocument(where, "it is no JSON") from None
    within = found.get("plan") if isinstance(found, dict) else None
    return within if isinstance(within, dict) else found


def _trial(written: bytes, where: str, limit: int) -> Said:
    try:
        found = trials.from_document(orjson.loads(written))
    except ValueError:
        raise UntrustedDocument(where, "it is no JSON") from None
    state: CommitState = "success" if found.ok else "failure"
    return Said(found.stack, trials.markdown(found, limit), state, found.verdict())


READERS: Final[Mapping[str, Reader]] = {"plan": _plan, "trial": _trial}
"""By kind."""
