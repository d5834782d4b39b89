"""What an answer of Google Cloud that refuses a request means: the one place that reads its texts. Pure.

The form: https://cloud.google.com/apis/design/errors, and for storage, which is older,
https://cloud.google.com/storage/docs/json_api/v1/status-codes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.errors import (
    ApiNotEnabled,
    BillingDisabled,
    CloudRefused,
    CredentialsExpired,
    OnestackError,
    PermissionRefused,
    ProjectMissing,
    QuotaProjectMissing,
)

_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_LONGEST: Final = 500

_NOT_ENABLED = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
_NO_BILLING = frozenset({"accountDisabled", "BILLING_DISABLED"})
_QUOTA_PROJECT = frozenset({"USER_PROJECT_DENIED", "userProjectMissing"})
_NO_PROJECT = frozenset({"CONSUMER_INVALID", "RESOURCE_PROJECT_INVALID"})
_BILLING_WORDS = re.compile(
    r"billing (?:account .*)?(?:is |has been )?disabled|requires billing", re.IGNORECASE
)
_PROJECT_WORDS = re.compile(
    r"unknown project|requested project was not found|project \S+ not found|invalid project", re.IGNORECASE
)
# The project of Google's own that requests without another count for.
_SHARED_CONSUMER: Final = "764086051850"


@dataclass(frozen=True)
class Ask:
    """A request in words, with what is needed for it.

    ``grant`` is the command that lets somebody do it, ``service`` what does it; ``project`` is empty where
    it isn't known.
    """

    doing: str
    project: str
    service: str
    grant: str


@dataclass(frozen=True)
class Answer:
    """What Google said of a request that it refused."""

    status: int
    said: str
    reasons: frozenset[str] = frozenset()
    about: Mapping[str, str] = field(default_factory=dict)


def answer(status: int, body: bytes) -> Answer:
    """Reads the body of a refusal; one that isn't Google's, such as a proxy's, is taken as text."""
    try:
        error = json.loads(body)["error"]
        details = [one for one in error.get("details") or () if isinstance(one, dict)]
        errors = [one for one in error.get("errors") or () if isinstance(one, dict)]
        reasons = (error.get("status"), *(one.get("reason") for one in (*details, *errors)))
        about: dict[str, str] = {}
        for one in details:
            about |= {key: str(value) for key, value in (one.get("metadata") or {}).items()}
        return Answer(
            status, _short(str(error.get("message") or "")), frozenset(filter(None, reasons)), about
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(status, _short(body.decode(errors="replace")))


def refusal(ask: Ask, found: Answer) -> OnestackError:
    """The typed failure of a request that was answered so."""
    reason = _reason(found.reasons)
    if found.status == _UNAUTHORIZED:
        return CredentialsExpired(found.said)
    if (lacking := _lacking(ask, found, reason)) is not None:
        return lacking
    if found.status == _FORBIDDEN:
        return PermissionRefused(ask.doing, reason, found.said, ask.grant)
    return CloudRefused(ask.doing, found.status, reason, found.said)


def _lacking(ask: Ask, found: Answer, reason: str) -> CloudRefused | None:
    """What the project lacks, whoever asks."""
    if found.reasons & _QUOTA_PROJECT or _counts_for_nobody(found):
        return QuotaProjectMissing(ask.doing, reason, found.said, ask.project)
    if found.reasons & _NOT_ENABLED:
        return ApiNotEnabled(ask.doing, found.said, found.about.get("service", ask.service), ask.project)
    if found.reasons & _NO_BILLING or _BILLING_WORDS.search(found.said):
        return BillingDisabled(ask.doing, reason, found.said, ask.project)
    if found.reasons & _NO_PROJECT or _PROJECT_WORDS.search(found.said):
        return ProjectMissing(ask.doing, found.status, reason, found.said, ask.project)
    return None


def _counts_for_nobody(found: Answer) -> bool:
    return bool(found.reasons & _NOT_ENABLED) and _SHARED_CONSUMER in (
        found.about.get("consumer", "") + found.said
    )


def _reason(reasons: Sequence[str] | frozenset[str]) -> str:
    """The most telling one: Google gives a class (``PERMISSION_DENIED``) and what it was exactly."""
    general = {"PERMISSION_DENIED", "FORBIDDEN", "forbidden", "INVALID_ARGUMENT"}
    return next(iter(sorted(reasons, key=lambda one: (one in general, one))), "")


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def fields(document: Mapping[str, Any], *path: str) -> Any:
    """What stands at a path of Google's JSON; None where any of it is missing."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
