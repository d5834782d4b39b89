"""One comment per stack on a pull request, rewritten in place."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from onestack.errors import CommentTooLong, ForgeMissing, HeadMoved
from onestack.forge.model import Posted
from onestack.forge.reading import login_of, pull_of
from onestack.forge.session import Session

LIMIT: Final = 65_536
"""How many characters GitHub takes."""
_NEEDS: Final = "pull-requests: write"


class Comment:
    """The comment of one marker on one pull request, as far as ``login`` wrote it.

    Another's comment with the same marker isn't ours: anybody may write one.
    """

    def __init__(self, session: Session, number: int, marker: str, login: str) -> None:
        self._session = session
        self._number = number
        self._marker = marker
        self._login = login
        self._doing = f"commenting pull request #{number}"

    def put(self, body: str, commit: str | None) -> Posted:
        """Writes it, or rewrites it, and takes away doubles of a race: the oldest stays.

        Raises: HeadMoved, CommentTooLong, OnestackError.
        """
        text = body.removeprefix(f"{self._marker}\n")
        text = f"{self._marker}\n{text}".rstrip()
        if (long := length(text)) > LIMIT:
            raise CommentTooLong(long, LIMIT)
        notes = self._look(commit)
        before = self._own()
        made = None if before else self._session.made(self._first, lambda: self._create(text))
        # A list may not show yet what was just written.
        there = before if made is None else self._own() or [made]
        kept, *doubles = there
        for double in doubles:
            with suppress(ForgeMissing):  # The other side of the race took it away.
                self._send("DELETE", f"issues/comments/{double['id']}", None)
        if made is not None and made["id"] == kept["id"]:
            return Posted(kept["html_url"], "created", len(doubles), notes)
        if _text(kept) == text:
            return Posted(kept["html_url"], "unchanged", len(doubles), notes)
        self._send("PATCH", f"issues/comments/{kept['id']}", {"body": text})
        return Posted(kept["html_url"], "updated", len(doubles), notes)

    def _look(self, commit: str | None) -> tuple[str, ...]:
        """Whether the pull request is still what the comment is about."""
        pull = pull_of(self._session.get(f"pulls/{self._number}", self._doing, "pull-requests: read"))
        if commit and commit not in {pull.commit, pull.merge}:
            raise HeadMoved(self._number, commit, pull.commit)
        if pull.open:
            return ()
        return (f"pull request #{self._number} is {'merged' if pull.merge else 'closed'}",)

    def _own(self) -> list[Mapping[str, Any]]:
        path = f"issues/{self._number}/comments"
        found = self._session.all(path, self._doing, "pull-requests: read")
        mine = (one for one in found if self._ours(one) and _first_line(one) == self._marker)
        return sorted(mine, key=lambda one: int(one["id"]))

    def _ours(self, comment: Mapping[str, Any]) -> bool:
        # ONESTACK_GITHUB_LOGIN may be written in any case; to GitHub that tells nothing.
        return login_of(comment).casefold() == self._login.casefold()

    def _first(self) -> Mapping[str, Any] | None:
        return next(iter(self._own()), None)

    def _create(self, text: str) -> Mapping[str, Any]:
        return dict(self._send("POST", f"issues/{self._number}/comments", {"body": text}))

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        return self._session.send(method, path, self._doing, _NEEDS, body)


def length(text: str) -> int:
    """How many characters GitHub counts: some, such as emoji, as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(comment: Mapping[str, Any]) -> str:
    return str(comment.get("body") or "").replace("\r\n", "\n").rstrip()


def _first_line(comment: Mapping[str, Any]) -> str:
    return _text(comment).partition("\n")[0].strip()
