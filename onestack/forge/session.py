"""Requests to GitHub by PyGithub: bounded in time, repeated where that is safe, failures as our types."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, TypeVar

import requests

from onestack.deadline import within
from onestack.errors import (
    ForgeDisagrees,
    ForgeForbidden,
    ForgeMissing,
    ForgeTokenRefused,
    ForgeUnavailable,
    OnestackError,
)
from onestack.forge.place import Place
from onestack.harmless import one_line

_T = TypeVar("_T")
NO_GITHUB: Final = "what answers is not GitHub, or not all of it: is a proxy in between?"
"""Why an answer can't be used that has another form than GitHub's."""
_PAGE: Final = 100
_PAGES: Final = 50
_TRIES: Final = 3
_MOST_SAID: Final = 500
_SERVER_ERROR: Final = 500
_ANSWER_SECONDS: Final = 15.0


class Session:
    """A connection to one repository. ``patience`` is in seconds, for one `begin` and what follows it.

    What only reads is repeated by itself. What makes something isn't, since nobody knows whether a
    request that got no answer was obeyed: `made` looks first.
    """

    def __init__(self, place: Place, patience: float, pause: float) -> None:
        self.place = place
        self.pause = pause
        self._patience = patience
        self._answer_seconds = min(_ANSWER_SECONDS, patience)
        self._until = 0.0
        self.date: str | None = None
        """The Date header of the last answer."""

    def begin(self) -> None:
        """From now on there is patience again."""
        self._until = time.monotonic() + self._patience

    def left(self) -> float:
        """How many seconds are left."""
        return self._until - time.monotonic()

    def get(self, path: str, doing: str, needs: str, **query: str | int) -> Any:
        """What GitHub has at a path of the repository. Raises: OnestackError."""
        return _document(self._ask("GET", path, doing, needs, query=query), doing)

    def all(self, path: str, doing: str, needs: str, **query: str | int) -> Iterator[Mapping[str, Any]]:
        """All entries of a list, page by page. Raises: OnestackError."""
        for page in range(1, _PAGES + 1):
            asked = {**query, "per_page": _PAGE, "page": page}
            found = self._ask("GET", path, doing, needs, query=asked)
            if not isinstance(found, list):
                raise ForgeUnavailable(doing, NO_GITHUB)
            yield from (_document(one, doing) for one in found)
            if len(found) < _PAGE:
                return

    def send(self, method: str, path: str, doing: str, needs: str, body: Mapping[str, Any] | None) -> Any:
        """Has GitHub do something, once. Raises: OnestackError."""
        answer = self._ask(method, path, doing, needs, body=body)
        return answer if method == "DELETE" else _document(answer, doing)

    def query(self, text: str, variables: Mapping[str, Any], doing: str, needs: str) -> Mapping[str, Any]:
        """The data of a GraphQL query. Raises: OnestackError."""
        address = self._requester.graphql_url
        body = {"query": text, "variables": variables}
        # It only reads, though it is a POST.
        answer = self.made(lambda: None, lambda: self._ask("POST", address, doing, needs, body=body))
        if not isinstance(answer, dict) or answer.get("errors") or not isinstance(answer.get("data"), dict):
            raise ForgeForbidden(doing, self._said(answer), needs)
        return dict(answer["data"])

    def made(self, look: Callable[[], _T | None], make: Callable[[], _T]) -> _T:
        """What ``look`` finds, else what ``make`` makes; after an unclear end it is looked for again."""
        for attempt in range(1, _TRIES + 1):
            found = look()
            if found is not None:
                return found
            try:
                return make()
            except ForgeUnavailable:
                wait = self.pause * 2**attempt
                if attempt == _TRIES or wait > self.left():
                    found = look()
                    if found is not None:
                        return found
                    raise
                time.sleep(wait)
        raise AssertionError

    def _ask(
        self,
        method: str,
        path: str,
        doing: str,
        needs: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        from github import GithubException  # noqa: PLC0415

        address = path if path.startswith(("/", "http")) else f"/repos/{self.place.repository}/{path}"
        try:
            headers, answer = within(
                max(self.left(), 0.0) + self._answer_seconds,
                lambda: self._requester.requestJsonAndCheck(
                    method, address.rstrip("/"), parameters=dict(query) if query else None, input=body
                ),
            )
        except TooLong as error:
            raise ForgeUnavailable(doing, f"it asks to wait {error.wait:.0f} s", wait=error.wait) from None
        except Elsewhere as error:
            raise ForgeMissing(doing, self.place.repository, needs, why=str(error)) from None
        except GithubException as error:
            raise self._failure(error.status, error.data, error.headers, doing, needs) from None
        except requests.RequestException as error:
            raise ForgeUnavailable(doing, self._said(_cause(error))) from None
        except (TimeoutError, ValueError, RuntimeError) as error:
            raise ForgeUnavailable(doing, self._said(_unreadable(error))) from None
        self.date = headers.get("date")
        return answer

    def _failure(
        self, status: int, data: Any, headers: Mapping[str, str] | None, doing: str, needs: str
    ) -> OnestackError:
        said = self._said(data)
        if status == requests.codes.unauthorized:
            return ForgeTokenRefused(doing, said)
        if status == requests.codes.too_many_requests or _limited(said):
            return ForgeUnavailable(doing, said)
        if status == requests.codes.forbidden:
            accepted = (headers or {}).get("x-accepted-github-permissions", "")
            return ForgeForbidden(doing, said, _needed(accepted, needs))
        if status in {requests.codes.not_found, requests.codes.gone}:
            return ForgeMissing(doing, self.place.repository, needs)
        if status >= _SERVER_ERROR:
            return ForgeUnavailable(doing, f"{status} {said}")
        return ForgeDisagrees(doing, said)

    def _said(self, data: Any) -> str:
        """What GitHub said, as one line that holds no token."""
        if isinstance(data, dict):
            errors = data.get("errors") or []
            more = [one.get("message") or one.get("code") if isinstance(one, dict) else one for one in errors]
            data = ": ".join(str(one) for one in (data.get("message"), *more) if one)
        said = self.place.mask(one_line(str(data or "it doesn't say why")))
        return said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]}…"

    @cached_property
    def _requester(self) -> Any:
        # It takes a third of a second to import, which a run that says nothing to GitHub can do without.
        from github import Auth, Github  # noqa: PLC0415

        from onestack.forge.patience import retries  # noqa: PLC0415

        # It writes on stderr what our failures say.
        logging.getLogger("github").setLevel(logging.CRITICAL)
        return Github(
            auth=Auth.Token(self.place.token),
            base_url=self.place.api,
            timeout=max(1, round(self._answer_seconds)),
            user_agent="onestack",
            retry=retries(self.left, self.pause),
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        ).requester


class TooLong(Exception):
    """GitHub asks to wait longer than there is patience for. ``wait`` is in seconds."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        super().__init__(f"{wait:.0f} s")


class Elsewhere(Exception):
    """GitHub leads to another address: what it is asked of there may be another thing."""


def _document(answer: Any, doing: str) -> dict[str, Any]:
    """The answer, if it is a document of GitHub's. Raises: ForgeUnavailable."""
    # The client makes what is no JSON the only value of a mapping.
    if isinstance(answer, dict) and (set(answer) - {"data"} or isinstance(answer.get("data"), dict)):
        return answer
    raise ForgeUnavailable(doing, NO_GITHUB)


def _unreadable(error: Exception) -> str:
    return str(error) if isinstance(error, TimeoutError) else NO_GITHUB


def _limited(said: str) -> bool:
    """Whether a refusal is for how much was asked, not for what."""
    return "rate limit" in said.lower() or "please wait a few minutes" in said.lower()


def _needed(accepted: str, expected: str) -> str:
    """The permission to name: what is expected, unless GitHub names others in its header."""
    written = re.split("[;,]", accepted)
    named = [one.strip().replace("_", "-").replace("=", ": ") for one in written if one.strip()]
    return expected if not named or expected in named else named[0]


def _cause(error: requests.RequestException) -> str:
    """What went wrong at the bottom, without the address, which says nothing more."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", None) or inner)
