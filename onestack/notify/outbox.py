"""Messages that couldn't be sent, kept in a folder until the next run.

A message is written down before it is sent and taken away after, so that a kill loses none. Between the
two nobody knows whether it was sent: then it is looked for, or sent again with a word about that.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from onestack.notify.messages import Message

MOST: Final = 100
"""So many messages are kept; the oldest are given up."""
DAYS: Final = 7
"""So long a message is worth telling."""
_BYTES: Final = 1 << 16
_LOCK_SECONDS: Final = 0.5
_THREADS: Final = "threads"


@dataclass(frozen=True)
class Kept:
    """A message that wasn't told yet. ``at`` is in seconds since 1970; ``unclear``: it may have been told."""

    message: Message
    at: float
    unclear: bool = False


@dataclass(frozen=True)
class Thread:
    """The first message of a deployment in Slack: where, and its time, which is its name there.

    ``channel`` is the channel's id, ``name`` what the settings call it.
    """

    channel: str
    ts: str
    name: str


@dataclass(frozen=True)
class Known:
    """What is known of a deployment: its thread, if there is one, and the ids of what was told."""

    thread: Thread | None = None
    told: tuple[str, ...] = ()


class Outbox:
    """A folder with one file per message; none holds a token or an address of a webhook."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._now = now

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether it is ours alone for the block: another run may be sending the same messages."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except (Timeout, OSError):
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def keep(self, message: Message, *, unclear: bool) -> None:
        """Writes a message down, or writes anew how it stands. Raises: OSError."""
        there = self._find(message.id)
        at = there[1].at if there else self._now()
        path = there[0] if there else self.folder / f"{int(at * 1e6):020d}-{message.id}.json"
        _write(path, asdict(Kept(message, at, unclear)))

    def drop(self, message: Message) -> None:
        """Takes a message away."""
        if there := self._find(message.id):
            there[0].unlink(missing_ok=True)

    def has(self, message: Message) -> bool:
        """Whether the message is kept."""
        return self._find(message.id) is not None

    def all(self) -> tuple[Kept, ...]:
        """What is kept, the oldest first."""
        return tuple(kept for _path, kept in self._read())

    def tidy(self) -> int:
        """Gives up what is too old or too much, and says how many messages that were."""
        there = list(self._read())
        old = [path for path, kept in there if kept.at < self._now() - DAYS * 86400]
        rest = [path for path, _kept in there if path not in old]
        gone = old + rest[: max(0, len(rest) - MOST)]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def known(self, deployment: str) -> Known:
        """What this and earlier runs told of a deployment."""
        return _known(self._place(deployment))

    def remember(self, message: Message, thread: Thread | None) -> None:
        """Keeps that a message was told, and where its deployment's thread is. Raises: OSError."""
        path = self._place(message.deployment)
        path.parent.mkdir(parents=True, exist_ok=True)
        others = sorted(
            (one for one in path.parent.glob("*.json") if one != path), key=lambda one: one.stat().st_mtime
        )
        for old in others[: max(0, len(others) - MOST + 1)]:
            old.unlink(missing_ok=True)
        _write(path, asdict(Known(thread, (*_known(path).told, message.id))))

    def channel(self, name: str) -> str | None:
        """The id of a channel, as far as something was told there."""
        for path in self.folder.glob(f"{_THREADS}/*.json"):
            if (thread := _known(path).thread) and thread.name == name:
                return thread.channel
        return None

    def _place(self, deployment: str) -> Path:
        return self.folder / _THREADS / f"{hashlib.sha256(deployment.encode()).hexdigest()[:32]}.json"

    def _find(self, name: str) -> tuple[Path, Kept] | None:
        return next(((path, kept) for path, kept in self._read() if kept.message.id == name), None)

    def _read(self) -> Iterator[tuple[Path, Kept]]:
        for path in sorted(self.folder.glob("*.json")):
            if kept := _kept(path):
                yield path, kept


def again(message: Message) -> Message:
    """The message, saying that it may have been told before."""
    note = "told again: it isn't known whether the first try arrived"
    element = {"type": "mrkdwn", "text": note, "verbatim": True}
    return replace(message, blocks=(*message.blocks, {"type": "context", "elements": [element]}))


def _known(path: Path) -> Known:
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        read = json.loads(path.read_bytes())
        thread = Thread(**read["thread"]) if read["thread"] else None
        return Known(thread, tuple(map(str, read["told"])))
    return Known()


def _kept(path: Path) -> Kept | None:
    """None of what isn't one of ours."""
    try:
        if path.stat().st_size > _BYTES:
            return None
        read: dict[str, Any] = json.loads(path.read_bytes())
        said = read.pop("message")
        blocks = tuple(dict(block) for block in said.pop("blocks"))
        return Kept(Message(**said, blocks=blocks), float(read["at"]), bool(read["unclear"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _write(path: Path, value: Any) -> None:
    """All of it or nothing, whenever a kill comes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
