"""What happens to a request on its way to the API server, as values: no clock, no network, no chance."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_REASONS = {
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


@dataclass(frozen=True)
class Request:
    """A request that arrived. ``number`` counts all of them from 1, ``write`` only those that
    change something; it is 0 for the others."""

    number: int
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, hash=False)
    write: int = 0

    @property
    def changes(self) -> bool:
        """Whether it is to change something; a dry run isn't."""
        return self.method in WRITES and "dryRun" not in self.query

    @property
    def watches(self) -> bool:
        """Whether its answer is a stream that stays open."""
        return self.query.get("watch", "") in {"1", "true"}


@dataclass(frozen=True)
class Pass:
    """It goes through."""


@dataclass(frozen=True)
class Delay:
    """It goes through later."""

    seconds: float


@dataclass(frozen=True)
class Hold:
    """It goes through when the test says so (`Proxy.release`), which may be never."""


@dataclass(frozen=True)
class Cut:
    """The connection is cut and the server never sees the request."""


@dataclass(frozen=True)
class Lose:
    """The server carries it out, and then the connection is cut: nobody learns of it."""


@dataclass(frozen=True)
class Answer:
    """The server never sees it; it is refused in Kubernetes' form."""

    status: int
    retry_after: int | None = None
    message: str = "the weather is bad"

    def headers(self) -> dict[str, str]:
        """The answer's header lines."""
        asked = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
        return {"Content-Type": "application/json"} | asked

    def body(self) -> bytes:
        """A Status object."""
        reason = _REASONS.get(self.status) or HTTPStatus(self.status).phrase.replace(" ", "")
        details = {"retryAfterSeconds": self.retry_after} if self.retry_after is not None else {}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Status",
                "metadata": {},
                "status": "Failure",
                "message": self.message,
                "reason": reason,
                "details": details,
                "code": self.status,
            }
        ).encode()


Action = Pass | Delay | Hold | Cut | Lose | Answer


@dataclass(frozen=True)
class Rule:
    """Does ``action`` to the requests that fit everything else.

    ``methods`` are separated by blanks, empty is any; ``path`` is a pattern that occurs in the
    path. ``writes`` and ``watches`` pick those that do, or with False those that don't. A
    ``share`` of them is picked by ``seed`` and number, the same in every run; ``times`` is how
    often the rule is used at most.
    """

    action: Action
    methods: str = ""
    path: str = ""
    writes: bool | None = None
    watches: bool | None = None
    share: float = 1.0
    seed: int = 0
    times: int | None = None

    def fits(self, request: Request) -> bool:
        """Whether it is about this request, however often it was used."""
        return (
            (not self.methods or request.method in self.methods.split())
            and re.search(self.path, request.path) is not None
            and self.writes in {None, request.changes}
            and self.watches in {None, request.watches}
            and chosen(request.number, self.share, self.seed)
        )


def chosen(number: int, share: float, seed: int) -> bool:
    """Whether a number is among a ``share`` of all numbers: a fifth is ``share=0.2``."""
    drawn = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < share * 2**64


def decide(rules: Sequence[Rule], request: Request, used: Mapping[Rule, int]) -> Rule | None:
    """The first rule that fits and isn't used up; where there is none the request goes through."""
    for rule in rules:
        if rule.fits(request) and (rule.times is None or used.get(rule, 0) < rule.times):
            return rule
    return None
