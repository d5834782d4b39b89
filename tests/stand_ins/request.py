"""A request to the stand-in of GitHub, and its refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.stand_ins.people import Document, People, User

REPO: Final = "/repos/{owner}/{repo}"
Given = tuple[int, Any]


class Refused(Exception):
    """GitHub says no."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.message, self.headers = status, message, headers or {}
        super().__init__(message)


@dataclass(frozen=True)
class Request:
    """A request that the description allows, of somebody who may."""

    people: People
    user: User
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    def page(self, found: Iterable[Any]) -> Given:
        """The page that is asked for."""
        size, page = int(self.query.get("per_page", 30)), int(self.query.get("page", 1))
        return 200, list(found)[(page - 1) * size : page * size]

    def pull(self) -> Document:
        """The pull request that the path names."""
        number = int(self.path.get("pull_number") or self.path["issue_number"])
        if number not in self.people.pulls:
            raise Refused(404, "Not Found")
        return self.people.pull(number)


def found(there: Mapping[int, Any], text: str) -> int:
    """An id that is there."""
    if int(text) not in there:
        raise Refused(404, "Not Found")
    return int(text)


def short(text: str, most: int) -> str:
    """A text that isn't too long."""
    if len(text) > most:
        raise Refused(422, f"Validation Failed: is too long (maximum is {most} characters)")
    return text
