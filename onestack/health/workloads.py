"""Readiness of what keeps pods running.

The rules are those of ``kubectl rollout status`` and of the official Pulumi provider's awaiters
(``provider/pkg/await``); numbers are taken from the live spec, for an autoscaler may own them.
"""

from __future__ import annotations

from typing import Final

from onestack.health.live import Live, conditions, count, section, text, unseen
from onestack.health.verdict import Verdict, failed, failing, ready, waiting

_UNSEEN: Final = "its controller has not seen this version yet"


def deployment(obj: Live) -> Verdict:
    """Every replica updated and available, none of an older version left.

    An exceeded progress deadline is final: it is the Deployment's own definition of failure. A
    paused one is as its author wants it.
    """
    if unseen(obj):
        return waiting(_UNSEEN)
    if section(obj, "spec").get("paused") is True:
        return ready("paused (spec.paused), its rollout is held")
    found = conditions(obj)
    wanted, status = count(obj, "spec", "replicas", default=1), section(obj, "status")
    updated, available = count(status, "updatedReplicas"), count(status, "availableReplicas")
    old = count(status, "replicas") - updated
    progressing = found.get("Progressing")
    if updated >= wanted and old <= 0 and available >= wanted:
        return ready(_of(available, wanted, "replicas available") if wanted else "scaled to 0 replicas")
    progress = f"{available} of {wanted} replicas available"
    if updated < wanted:
        progress = f"{updated} of {wanted} replicas updated, {available} available"
    elif old > 0:
        progress += f", {old} of an older version still there"
    if progressing and progressing.is_false and progressing.reason == "ProgressDeadlineExceeded":
        return failed(f"{progress}; {progressing.explanation}")
    return _lacking(obj, progress)


def stateful_set(obj: Live) -> Verdict:
    """Every replica ready and, as far as its update strategy updates by itself, of the new revision."""
    if unseen(obj):
        return waiting(_UNSEEN)
    status, strategy = section(obj, "status"), section(obj, "spec", "updateStrategy")
    wanted, there = count(obj, "spec", "replicas", default=1), count(status, "readyReplicas")
    available = min(there, count(status, "availableReplicas", default=there))
    if available < wanted:
        return _lacking(obj, f"{available} of {wanted} replicas available")
    if count(status, "replicas") > wanted:
        return waiting(f"scaling down from {count(status, 'replicas')} to {wanted} replicas")
    if text(strategy, "type") == "OnDelete":
        return ready(_of(available, wanted, "replicas available; updated when deleted (OnDelete)"))
    behind = _behind(status, wanted, count(strategy, "rollingUpdate", "partition"))
    if behind:
        return waiting(behind)
    return ready(_of(available, wanted, "replicas available") if wanted else "scaled to 0 replicas")


def _behind(status: Live, wanted: int, partition: int) -> str:
    """How many replicas of a StatefulSet are still to be updated; empty when none."""
    updated = count(status, "updatedReplicas")
    if partition:
        to_update = max(wanted - partition, 0)
        return f"{updated} of {to_update} replicas updated (partition {partition})" * (updated < to_update)
    if text(status, "currentRevision") == text(status, "updateRevision"):
        return ""
    return f"{updated} of {wanted} replicas updated"


def daemon_set(obj: Live) -> Verdict:
    """A pod of the new version available on every node that it selects, which may be none."""
    if unseen(obj):
        return waiting(_UNSEEN)
    status = section(obj, "status")
    wanted, updated = count(status, "desiredNumberScheduled"), count(status, "updatedNumberScheduled")
    available = count(status, "numberAvailable")
    on_delete = text(obj, "spec", "updateStrategy", "type") == "OnDelete"
    if updated < wanted and not on_delete:
        return waiting(f"{updated} of {wanted} nodes updated, {available} available")
    if available < wanted:
        return waiting(f"{available} of {wanted} nodes available")
    return ready(_of(available, wanted, "nodes available") if wanted else "no node is selected")


def replica_set(obj: Live) -> Verdict:
    """Every replica available; also for a ReplicationController."""
    if unseen(obj):
        return waiting(_UNSEEN)
    wanted, available = count(obj, "spec", "replicas", default=1), count(obj, "status", "availableReplicas")
    if count(obj, "status", "replicas") > wanted:
        return waiting(f"scaling down from {count(obj, 'status', 'replicas')} to {wanted} replicas")
    if available < wanted:
        return _lacking(obj, f"{available} of {wanted} replicas available")
    return ready(_of(available, wanted, "replicas available") if wanted else "scaled to 0 replicas")


def _lacking(obj: Live, progress: str) -> Verdict:
    """Waiting, unless pods can't even be created.

    That is not final: a quota may be raised, and the service account or the webhook that is
    missing may be applied a moment later.
    """
    failure = conditions(obj).get("ReplicaFailure")
    if failure and failure.is_true:
        return failing(f"{progress}; {failure.explanation}")
    return waiting(progress)


def _of(there: int, wanted: int, what: str) -> str:
    return f"{there} of {wanted} {what}"
