"""An HTTP answer that is not a success, as an ApiError a person can act on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import orjson

from onestack.errors import ApiError

_VERBS: Final = {"GET": "read", "POST": "create", "PUT": "replace", "PATCH": "apply", "DELETE": "delete"}
_RESOURCE_PATH: Final = re.compile(
    r"^/(?:api/(?P<core>[^/]+)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/.))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?"
)
_REASONS: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}
_PLAIN_TEXT_LIMIT: Final = 300


@dataclass(frozen=True)
class Target:
    """What a request's path is about."""

    plural: str
    namespace: str | None
    name: str | None

    def __str__(self) -> str:
        text = self.plural
        if self.name:
            text += f' "{self.name}"'
        if self.namespace:
            text += f' in namespace "{self.namespace}"'
        return text


def target_of(path: str) -> Target | None:
    """The resource, namespace and name in an API path; None for others, such as ``/apis``."""
    found = _RESOURCE_PATH.match(path)
    if found is None:
        return None
    part = {key: unquote(value) for key, value in found.groupdict().items() if value}
    return Target(part["plural"], part.get("namespace"), part.get("name"))


def refusal(method: str, path: str, *, status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The error in an answer: its Status object where it sent one, else its text, shortened."""
    asked = seconds_of(headers.get("Retry-After"))
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        parsed = None
    if isinstance(parsed, dict) and parsed.get("kind") == "Status":
        return refusal_of_status(method, path, parsed, code=status, retry_after=asked)
    text = body[:_PLAIN_TEXT_LIMIT].decode(errors="replace").strip() or "no explanation was given"
    # Not Kubernetes' own form: a proxy in between, or a server that is something else.
    return refusal_of_status(method, path, {"message": text}, code=status, retry_after=asked)


def refusal_of_status(
    method: str, path: str, status: Mapping[str, Any], *, code: int = 500, retry_after: float | None = None
) -> ApiError:
    """The error in a Status object, such as a watch's ERROR event carries."""
    details = status.get("details")
    details = details if isinstance(details, dict) else {}
    code = status.get("code") or code
    reason = status.get("reason") or _REASONS.get(code, "")
    text = status.get("message") or ""
    verb, target = _VERBS.get(method, method), target_of(path)
    return ApiError(
        code,
        reason,
        text,
        details=details,
        method=method,
        path=path,
        retry_after=retry_after or seconds_of(details.get("retryAfterSeconds")),
        what=f"the API server refused to {verb} {target or path}",
        hint=_hint(code, reason, text, verb, target),
    )


def seconds_of(value: object) -> float | None:
    """Retry-After in seconds; the HTTP-date form isn't used by Kubernetes and counts as none."""
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None


def _hint(status: int, reason: str, text: str, verb: str, target: Target | None) -> str:
    if reason == "AlreadyExists":
        return "it exists already: import it, rename the manifest, or delete the object if nobody needs it"
    if target and target.namespace and f'namespaces "{target.namespace}" not found' in text:
        return f'declare the namespace "{target.namespace}" in a manifest, or correct metadata.namespace'
    if "being terminated" in text:
        return "its namespace is being deleted: wait until it is gone, or find the finalizer that holds it"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "look at the API server's log and at any admission webhook named above, then run it again"
    at = str(target) if target else "this path"
    hints = {
        400: "correct the manifest: the API server could not read it",
        401: "the credentials were not accepted: log in again, or check the kubeconfig's user",
        403: f"ask for the right to {verb} {at}, or see which quota or admission policy forbids it",
        404: f"check that {at} exists and that the cluster serves this kind",
        409: "others own or changed these fields: see which manager is named, and take over on purpose",
        422: "correct the fields named above in the manifest",
        429: "the API server is overloaded; try again in a minute",
    }
    return hints.get(status, "")
