"""Readiness of a pod, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from onestack.health.live import Condition, Live, conditions, count, items, section, text
from onestack.health.verdict import Verdict, failed, failing, ready, waiting

FINAL_REASONS: Final = frozenset({"InvalidImageName", "ErrImageNeverPull"})
"""The pod's spec itself is wrong: an image name that can't be parsed, an image that must not be pulled."""

RECOVERABLE_REASONS: Final = frozenset(
    {
        "CrashLoopBackOff",  # it may wait for its database
        "ImagePullBackOff",  # a registry may come back, an image may be pushed a minute later
        "ErrImagePull",
        "RegistryUnavailable",
        "CreateContainerConfigError",  # the ConfigMap or Secret may be applied later
        "CreateContainerError",
        "RunContainerError",
        "PostStartHookError",
    }
)


def pod(obj: Live) -> Verdict:
    """Ready, or run to its successful end."""
    phase = text(obj, "status", "phase")
    if phase == "Succeeded":
        return ready("ran to its end")
    if phase == "Failed":
        why = ": ".join(filter(None, (text(obj, "status", "reason"), text(obj, "status", "message"))))
        return failed(f"failed: {why or '; '.join(_ends(obj)) or 'no reason given'}")
    found = conditions(obj)
    ready_condition = found.get("Ready")
    if ready_condition and ready_condition.is_true:
        return ready("ready")
    return next(_problems(obj), None) or waiting(_delay(found) or f"phase {phase or 'unknown'}")


def _delay(found: Mapping[str, Condition]) -> str:
    """Not placed on a node yet, or placed and not ready."""
    for name in ("PodScheduled", "Ready"):
        condition = found.get(name)
        if condition and not condition.is_true and condition.message:
            return condition.explanation
    return ""


def _problems(obj: Live) -> Iterator[Verdict]:
    """What its containers wait for that isn't the ordinary course of things; final ones first."""
    found = []
    for status in _container_statuses(obj):
        reason = text(status, "state", "waiting", "reason")
        if reason in FINAL_REASONS or reason in RECOVERABLE_REASONS:
            message = _first_line(text(status, "state", "waiting", "message"))
            last = _end(section(status, "lastState", "terminated"))
            said = ": ".join(filter(None, (reason, message)))
            phrase = f"container {text(status, 'name')}: {said}{f' (last run: {last})' if last else ''}"
            found.append((reason not in FINAL_REASONS, phrase))
    for recoverable, phrase in sorted(found):
        yield failing(phrase) if recoverable else failed(phrase)


def _ends(obj: Live) -> Iterator[str]:
    for status in _container_statuses(obj):
        end = _end(section(status, "state", "terminated"))
        if end and count(status, "state", "terminated", "exitCode"):
            yield f"container {text(status, 'name')}: {end}"


def _end(terminated: Live) -> str:
    if not terminated:
        return ""
    return f"{text(terminated, 'reason') or 'ended'}, exit code {count(terminated, 'exitCode')}"


def _container_statuses(obj: Live) -> list[Live]:
    return [*items(obj, "status", "initContainerStatuses"), *items(obj, "status", "containerStatuses")]


def _first_line(message: str) -> str:
    return message.partition("\n")[0]
