"""How often a request to GitHub is repeated, and for how long. Imports PyGithub."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Self

from github import GithubRetry
from urllib3.response import BaseHTTPResponse

from onestack.forge.session import Elsewhere, TooLong

_REPEATS: Final = 4
_LIMITS: Final = {403, 429}
_TRANSIENT: Final = (429, 500, 502, 503, 504)
_ELSEWHERE: Final = {301, 302, 303, 307, 308}
_LATER: Final = 202
"""The client would ask again for ever; nothing that is read here is still being made."""
_SECONDARY_SECONDS: Final = 60.0
"""How long GitHub wants to be left alone where it asks for it and doesn't say how long."""


def retries(left: Callable[[], float], pause: float) -> GithubRetry:
    """Repeats as GitHub asks for it, as long as there are seconds ``left``; ``pause`` is the first wait."""
    return _Bounded(left, pause, total=_REPEATS)


class _Bounded(GithubRetry):
    """What GitHub refused for its limits is repeated always, what failed only where nothing is made by it."""

    def __init__(self, left: Callable[[], float], pause: float, **kwargs: Any) -> None:
        self._left = left
        self._pause = pause
        kwargs.pop("secondary_rate_wait", None)
        kwargs.pop("max_rate_limit_wait", None)
        kwargs |= {
            "backoff_factor": pause,
            "status_forcelist": list(_TRANSIENT),
            # A POST or PATCH that got no answer may have been obeyed.
            "allowed_methods": {"GET", "HEAD", "PUT", "DELETE", "PATCH"},
        }
        super().__init__(secondary_rate_wait=_SECONDARY_SECONDS, **kwargs)

    def new(self, **kw: Any) -> Self:
        for fixed in ("backoff_factor", "status_forcelist", "allowed_methods"):
            kw.pop(fixed, None)
        # As urllib3 does it: what is counted goes on to the next one.
        counted = {name: getattr(self, name) for name in _COUNTED} | kw
        return type(self)(self._left, self._pause, **counted)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        if _leads_away(method, status_code):
            return True
        if method.upper() == "POST":
            return status_code in _LIMITS
        return super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *more: Any,
        **named: Any,
    ) -> Self:
        if response is not None and _leads_away(method or "", response.status):
            # The client would follow some without what was asked for, and take others for done.
            response.drain_conn()
            raise Elsewhere(f"it leads to another address ({response.status}): was the repository renamed?")
        return super().increment(method, url, response, *more, **named)  # type: ignore[arg-type,return-value]

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        asked = self.get_retry_after(response) if response is not None else None
        wait = asked or self.get_backoff_time()
        if wait > self._left():
            raise TooLong(wait)
        time.sleep(wait)


def _leads_away(method: str, status: int) -> bool:
    return status in _ELSEWHERE or (status == _LATER and method.upper() == "GET")


_COUNTED: Final = ("total", "connect", "read", "redirect", "status", "other", "history")
