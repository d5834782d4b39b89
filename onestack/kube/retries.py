"""Which failed requests are worth sending again, when, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from onestack.errors import ApiError, ClusterUnreachable

_BUSY = 429
_UNSURE = frozenset({500, 502, 503, 504})


@dataclass(frozen=True)
class Patience:
    """How long a client goes on trying; all times in seconds.

    A server that was never reached is given up early, for its address is probably wrong; one that
    was reached before is probably restarting.
    """

    attempts: int = 8
    first_wait: float = 0.2
    longest_wait: float = 5.0
    longest_retry_after: float = 30.0
    never_reached: float = 3.0
    restarting: float = 30.0


def worth_repeating(error: BaseException, repeatable: bool) -> bool:
    """Decides whether a request may be sent again after this failure.

    429 was not processed, whatever the method. A 5xx may have been: a request that isn't
    ``repeatable`` is sent again only when the server asks for it with Retry-After. A conflict never
    is: whoever meets it must look at the object again.
    """
    if isinstance(error, ApiError):
        if error.status == _BUSY:
            return True
        return error.status in _UNSURE and (repeatable or error.retry_after is not None)
    if isinstance(error, ClusterUnreachable):
        return not error.final and (repeatable or not error.sent)
    return False


def retrying(
    patience: Patience, repeatable: bool, *, reached: Callable[[], bool], seen: Callable[[Exception], None]
) -> AsyncRetrying:
    """The attempts at one request. ``seen`` is told each failure that is tried again."""
    backoff = wait_exponential_jitter(
        multiplier=patience.first_wait, max=patience.longest_wait, jitter=patience.first_wait
    )
    enough = stop_after_attempt(patience.attempts)

    def wait(state: RetryCallState) -> float:
        error = _failure(state)
        asked = error.retry_after if isinstance(error, ApiError) else None
        return min(asked, patience.longest_retry_after) if asked else backoff(state)

    def stop(state: RetryCallState) -> bool:
        error = _failure(state)
        if isinstance(error, ClusterUnreachable):
            limit = patience.restarting if reached() else patience.never_reached
            return (state.seconds_since_start or 0.0) >= limit
        return enough(state)

    def before_sleep(state: RetryCallState) -> None:
        error = _failure(state)
        if isinstance(error, Exception):
            seen(error)

    return AsyncRetrying(
        retry=retry_if_exception(lambda error: worth_repeating(error, repeatable)),
        wait=wait,
        stop=stop,
        before_sleep=before_sleep,
        reraise=True,
    )


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
