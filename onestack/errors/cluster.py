"""The cluster's API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onestack.errors.base import OnestackError, Unavailable, UsageError


class InvalidKubeconfig(UsageError):
    """A kubeconfig can't be used. ``field`` is its path in the file; values are never shown."""

    def __init__(self, source: str, field: str, why: str, hint: str = "") -> None:
        self.source = source
        self.field = field
        what = f"the kubeconfig can't be used: {field}" if field else "the kubeconfig can't be used"
        super().__init__(what, where=source, why=why, hint=hint)


class CredentialsUnavailable(Unavailable):
    """The credentials a kubeconfig points at (a plugin, a token file) can't be had now."""


class ClusterUnreachable(Unavailable):
    """No answer came from the API server: refused, reset, timed out, or not trusted.

    ``sent`` is true where the request may have reached the server and taken effect. ``final`` is
    true where asking again can't help, as with a certificate that isn't trusted.
    """

    def __init__(
        self, server: str, why: str, hint: str = "", *, sent: bool = True, final: bool = False
    ) -> None:
        self.server = server
        self.sent = sent
        self.final = final
        super().__init__(
            f"the cluster's API server at {server} can't be reached",
            why=why,
            hint=hint or "check that the cluster runs and that the kubeconfig names the right server",
        )


class ApiError(OnestackError):
    """The API server answered a request with a failure.

    ``status`` is the HTTP status, ``reason`` the API's own word for it (``NotFound``,
    ``AlreadyExists``, ``Conflict``, ``Invalid``, ``Expired``, ...), ``api_message`` its sentence,
    ``details`` the ``details`` of its Status, ``retry_after`` seconds it asked to wait.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        api_message: str,
        *,
        details: Mapping[str, Any] | None = None,
        method: str = "",
        path: str = "",
        retry_after: float | None = None,
        what: str = "",
        hint: str = "",
    ) -> None:
        self.status = status
        self.reason = reason
        self.api_message = api_message
        self.details: Mapping[str, Any] = details or {}
        self.method = method
        self.path = path
        self.retry_after = retry_after
        causes = self.causes()
        # The sentence repeats every cause; its start is enough where they follow.
        head, invalid, _ = api_message.partition(" is invalid: ")
        sentence = f"{head} is invalid" if causes and invalid else api_message
        why = "\n".join([f"{reason or 'HTTP'} ({status}): {sentence}", *causes])
        super().__init__(what or f"the API server refused {method} {path}", why=why, hint=hint)

    def causes(self) -> tuple[str, ...]:
        """One line per rejected field, as ``field: message``."""
        causes = self.details.get("causes") or ()
        return tuple(f"{c.get('field') or '?'}: {c.get('message') or c.get('reason')}" for c in causes)


class KindUnknown(OnestackError):
    """The cluster serves no such kind."""

    def __init__(
        self, api_version: str, kind: str, *, served: Sequence[str] = (), unavailable: str = ""
    ) -> None:
        self.api_version = api_version
        self.kind = kind
        hint = "apply the CustomResourceDefinition that defines it first, or correct apiVersion and kind"
        if served:
            hint = f"this cluster serves {kind} as {', '.join(served)}"
        super().__init__(f"the cluster serves no kind {kind} in {api_version}", why=unavailable, hint=hint)
