"""The verdicts on all objects of one wait, kept up to date by what the followers see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.health import Verdict, assess, awaited
from onestack.health.jobs import job
from onestack.manifests.reference import ObjectRef
from onestack.wait.absent import absent, complete
from onestack.wait.report import Outcome, WaitProgress, worst_first

Live = Mapping[str, Any]

NOT_SEEN: Final = Verdict("waiting", "not looked at yet")


@dataclass
class _Entry:
    verdict: Verdict = NOT_SEEN
    since: float = 0.0
    live: Live | None = None
    absent: bool = False
    detail: str = ""
    doomed: bool = False
    """Its pods can't come up: a final failure that its own status doesn't tell."""


@dataclass
class Tracker:
    """One verdict per object, recomputed only when that object changes."""

    refs: Sequence[ObjectRef]
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: dict[str, str] = field(default_factory=dict)
    """Why a follower hears nothing, by its path."""

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._last_ready = 0.0
        self._entries = {ref: _Entry() for ref in self.refs}
        self._storage_classes: dict[str, Live] = {}

    def use_storage_classes(self, classes: Iterable[Live]) -> None:
        """Must be told before claims are seen; see ``onestack.health.storage``."""
        self._storage_classes = {str(c["metadata"]["name"]): c for c in classes}

    def see(self, ref: ObjectRef, live: Live | None) -> None:
        """Takes in the newest version of an object, None when it doesn't exist."""
        if live is None:
            self._miss(ref, self._entries[ref].live, seen_to_the_end=False)
            return
        entry = self._entries[ref]
        entry.live, entry.absent = live, False
        self.decide(ref, self._verdict(ref, live))

    def lose(self, ref: ObjectRef, last: Live) -> None:
        """Takes in a deletion, and the object as it was at that moment."""
        self._miss(ref, last, seen_to_the_end=True)

    def decide(self, ref: ObjectRef, verdict: Verdict) -> None:
        """Sets a verdict that comes from elsewhere than the object."""
        entry = self._entries[ref]
        if (verdict.state, verdict.final) != (entry.verdict.state, entry.verdict.final):
            entry.since = self.elapsed
        if verdict != entry.verdict:
            if verdict.state == "ready":
                entry.detail, entry.doomed = "", False
                if entry.verdict.state != "ready":
                    self._last_ready = self.elapsed
            entry.verdict = verdict
            self.changed.set()

    def explain(self, ref: ObjectRef, detail: str, *, final: bool) -> None:
        """Adds what is wrong with an object's pods; ``final`` when they can't come up."""
        entry = self._entries[ref]
        if entry.verdict.state != "ready":
            head, _, rest = detail.partition(": ")
            repeats = head in entry.verdict.message or rest in entry.verdict.message
            entry.detail = "" if repeats else detail
            if final and not entry.doomed:
                entry.since = self.elapsed
            entry.doomed = final

    @property
    def elapsed(self) -> float:
        """Seconds since the wait began."""
        return time.monotonic() - self._began

    def done(self, unobserved_seconds: float) -> bool:
        """All ready; what nobody reports on is given ``unobserved_seconds`` to be reported on.

        They count from when the last object became ready: it may be the controller that reports.
        """
        states = {entry.verdict.state for entry in self._entries.values()}
        if states <= {"ready"}:
            return True
        return states <= {"ready", "unobservable"} and self.elapsed - self._last_ready >= unobserved_seconds

    def doomed(self, settle_seconds: float) -> bool:
        """Some object failed for good, and has for ``settle_seconds``.

        The delay is for verdicts on a status that lags behind: a Deployment rolled back to a good
        version still shows the bad one's exceeded deadline for a moment.
        """
        latest = self.elapsed - settle_seconds
        return any(
            (entry.doomed or entry.verdict.final) and entry.since <= latest and entry.verdict.state != "ready"
            for entry in self._entries.values()
        )

    def stuck(self, for_seconds: float) -> dict[ObjectRef, Live]:
        """The existing objects that have not been ready for that long."""
        latest = self.elapsed - for_seconds
        return {
            ref: entry.live
            for ref, entry in self._entries.items()
            if entry.verdict.state in {"waiting", "failed"}
            and entry.since <= latest
            and entry.live is not None
        }

    def outcomes(self) -> tuple[Outcome, ...]:
        """Every object's, in the order they were asked for."""
        return tuple(
            Outcome(ref, _sealed(entry), entry.since, entry.detail) for ref, entry in self._entries.items()
        )

    def progress(self, slowest: int = 3) -> WaitProgress:
        """Counts, and a few of those not ready."""
        outcomes = self.outcomes()
        counts = {"ready": 0, "waiting": 0, "failed": 0, "unobservable": 0}
        for outcome in outcomes:
            counts[outcome.verdict.state] += 1
        bad = [o for o in outcomes if o.verdict.state in {"waiting", "failed"}]
        trouble = next(iter(self.trouble.values()), "")
        return WaitProgress(self.elapsed, **counts, slowest=worst_first(bad)[:slowest], trouble=trouble)

    def _miss(self, ref: ObjectRef, last: Live | None, *, seen_to_the_end: bool) -> None:
        entry = self._entries[ref]
        if not entry.absent:  # else it is no news, and how it ended is known better already
            entry.live, entry.absent = None, True
            self.decide(ref, absent(ref, last, seen_to_the_end=seen_to_the_end))

    def _verdict(self, ref: ObjectRef, live: Live) -> Verdict:
        if ref.may_vanish and complete(live):
            # Its TTL deletes it in the foreground: for a while it shows as being deleted.
            return job(live)
        if not awaited(ref.api_version, ref.kind):
            # Only metadata was asked for, under a kind of its own.
            live = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": live["metadata"]}
        spec = live.get("spec")
        name = spec.get("storageClassName") if isinstance(spec, dict) else None
        return assess(live, storage_class=self._storage_classes.get(str(name)))


def _sealed(entry: _Entry) -> Verdict:
    if entry.doomed and not entry.verdict.final:
        return Verdict("failed", entry.verdict.message, final=True)
    return entry.verdict
