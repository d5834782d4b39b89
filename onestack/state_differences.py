"""What of an existing home of a state is not as it is wanted, and what may be done about it. Pure.

Only what takes nothing from anybody is mended: versions are kept from now on, a key is rotated from now on.
Closing a bucket may cut off somebody who uses it, and rules of a life cycle delete: those are for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.state_home import (
    DAY,
    DESTROY_DAYS,
    ENABLED,
    ENFORCED,
    KEPT_DAYS,
    KEPT_VERSIONS,
    LABELS,
    PURPOSE,
    ROTATION_DAYS,
    SOFT_DELETE_DAYS,
    Bucket,
    Difference,
    Key,
    StateHome,
)


def of_bucket(home: StateHome, found: Bucket) -> tuple[Difference, ...]:
    """What differs of an existing bucket."""
    command = f"gcloud storage buckets update gs://{found.name}"
    looked = (
        _versioning(found),
        _uniform_access(found, command),
        _public_access(found, command),
        _retention(found, command),
        _life_cycle(found, command),
        _soft_delete(found, command),
        _location(home, found),
        _labels(found.labels, command),
    )
    return tuple(one for one in looked if one)


def of_key(found: Key) -> tuple[Difference, ...]:
    """What differs of an existing key."""
    command = f"gcloud kms keys update {found.name}"
    looked = (
        _purpose(found),
        _primary(found),
        _rotation(found, command),
        _destruction(found),
        _labels(found.labels, command),
    )
    return tuple(one for one in looked if one)


def _versioning(found: Bucket) -> Difference | None:
    if found.versioned:
        return None
    return Difference("versioning", "on", "off", {"versioning": {"enabled": True}}, grave=True)


def _uniform_access(found: Bucket, command: str) -> Difference | None:
    if found.uniform_access:
        return None
    hint = f"{command} --uniform-bucket-level-access"
    return Difference("uniform bucket-level access", "on", "off", hint=hint, grave=True)


def _public_access(found: Bucket, command: str) -> Difference | None:
    if found.public_access_prevention == ENFORCED:
        return None
    hint = f"{command} --public-access-prevention"
    return Difference(
        "public access prevention",
        ENFORCED,
        found.public_access_prevention or "not said",
        hint=hint,
        grave=True,
    )


def _purpose(found: Key) -> Difference | None:
    if found.purpose == PURPOSE:
        return None
    hint = "name another key: a key's purpose never changes"
    return Difference("purpose", PURPOSE, found.purpose or "not said", hint=hint, grave=True)


def _primary(found: Key) -> Difference | None:
    if found.purpose != PURPOSE or found.state == ENABLED:
        return None
    hint = (
        "enable it, or restore it while it is only scheduled to be destroyed: without it nothing that it "
        "encrypted can be read"
    )
    return Difference("primary version", ENABLED, found.state or "none", hint=hint, grave=True)


def _destruction(found: Key) -> Difference | None:
    wanted = DESTROY_DAYS * DAY
    if found.destroy >= wanted:
        return None
    hint = "it never changes; another key would have it"
    return Difference("time before a version is destroyed", _days(wanted), _days(found.destroy), hint=hint)


def _labels(found: Mapping[str, str], command: str) -> Difference | None:
    """Labels that are missing; another value is somebody's own."""
    missing = [f"{name}={value}" for name, value in LABELS.items() if name not in found]
    if not missing:
        return None
    listed = ",".join(missing)
    return Difference("labels", listed, "missing", hint=f"{command} --update-labels={listed}")


def _location(home: StateHome, found: Bucket) -> Difference | None:
    if found.location.lower() == home.region.lower():
        return None
    return Difference(
        "location",
        home.region.upper(),
        found.location.upper() or "unknown",
        hint="it never changes; it may be what you want, such as a bucket of two regions",
    )


def _soft_delete(found: Bucket, command: str) -> Difference | None:
    if found.soft_delete >= SOFT_DELETE_DAYS * DAY:
        return None
    return Difference(
        "soft delete",
        _days(SOFT_DELETE_DAYS * DAY),
        _days(found.soft_delete),
        hint=f"{command} --soft-delete-duration={SOFT_DELETE_DAYS}d",
    )


def _retention(found: Bucket, command: str) -> Difference | None:
    if not found.retention:
        return None
    return Difference(
        "retention policy",
        "none",
        _days(found.retention),
        hint="it keeps the engine from overwriting its state and from giving back its lock: "
        f"{command} --clear-retention-period",
        grave=True,
    )


def _life_cycle(found: Bucket, command: str) -> Difference | None:
    """Every rule that deletes has to spare what is current and enough of what was."""
    deleting = [rule for rule in found.rules if (rule.get("action") or {}).get("type") == "Delete"]
    if any(_deletes_current(rule.get("condition") or {}) for rule in deleting):
        return Difference(
            "life cycle",
            "nothing current is deleted",
            "a rule deletes current objects",
            hint=f"{command} --lifecycle-file=FILE, with a rule for versions that are not current",
            grave=True,
        )
    if not deleting:
        return Difference(
            "life cycle",
            f"versions go after {KEPT_DAYS} days, but the last {KEPT_VERSIONS}",
            "none: every version is kept, and paid for",
            hint=f"{command} --lifecycle-file=FILE",
        )
    return None


def _deletes_current(condition: Mapping[str, Any]) -> bool:
    """Whether a rule may delete the current version: nothing in its condition asks for an older one.

    https://cloud.google.com/storage/docs/lifecycle#conditions
    """
    older = ("numNewerVersions", "daysSinceNoncurrentTime", "noncurrentTimeBefore")
    return condition.get("isLive") is not False and not any(condition.get(name) for name in older)


def _rotation(found: Key, command: str) -> Difference | None:
    if found.purpose != PURPOSE or 0 < found.rotation <= ROTATION_DAYS * DAY:
        return None
    wanted = _days(ROTATION_DAYS * DAY)
    if not found.rotation:
        return Difference("rotation", wanted, "none", {"rotationPeriod": f"{ROTATION_DAYS * DAY}s"})
    hint = f"{command} --rotation-period={ROTATION_DAYS}d --next-rotation-time=TIME"
    return Difference("rotation", wanted, _days(found.rotation), hint=hint)


def _days(seconds: int) -> str:
    if not seconds:
        return "none"
    days = seconds / DAY
    return f"{days:g} days" if days != 1 else "1 day"
