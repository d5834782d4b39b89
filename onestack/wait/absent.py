"""What it means that an object is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from onestack.health import Verdict
from onestack.health.jobs import job
from onestack.health.live import conditions, text
from onestack.manifests.reference import ObjectRef

Live = Mapping[str, Any]

GONE: Final = Verdict("failed", "does not exist", final=True)
ENDED: Final = Verdict("ready", "gone: it was collected after it had run to its end")
VANISHED: Final = Verdict("ready", "gone: its ttlSecondsAfterFinished removed it after it finished")


def absent(ref: ObjectRef, last: Live | None, *, seen_to_the_end: bool) -> Verdict:
    """The verdict on an object that isn't there.

    ``last`` is the newest version that was seen, None when none was. ``seen_to_the_end``: it is the
    one that was deleted; otherwise there may have been newer ones that nobody saw.
    A wait begins after everything was applied, so a Job that vanishes and was never seen did run.
    """
    if ref.kind == "Pod" and ref.may_vanish:
        return ENDED if last is None or text(last, "status", "phase") == "Succeeded" else GONE
    if ref.kind != "Job":
        return GONE
    if last is None:
        return VANISHED if ref.may_vanish else GONE
    if complete(last):
        return VANISHED if ref.may_vanish else job(last)
    verdict = job(last)
    if verdict.state == "failed":
        return replace(verdict, final=True)  # the TTL removes failed Jobs as well
    ended_early = seen_to_the_end or "deletionTimestamp" in last["metadata"]
    return VANISHED if ref.may_vanish and not ended_early else GONE


def complete(live: Live) -> bool:
    """True for a Job that has done its work."""
    found = conditions(live).get("Complete")
    return found is not None and found.is_true
