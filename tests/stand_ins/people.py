"""What is at the stand-in's GitHub, and what people do there. Documents are in GitHub's form."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.stand_ins.description import filled
from tests.stand_ins.remote import Branches

Document = dict[str, Any]


@dataclass(frozen=True)
class User:
    """Who a token speaks as. ``rights`` are as in ``issues: write``; None are all. An ``app`` is no user."""

    login: str
    rights: frozenset[str] | None = None
    app: bool = False

    def document(self) -> Document:
        """As GitHub shows an account."""
        number = sum(self.login.encode())
        kind = "Bot" if self.login.endswith("[bot]") else "User"
        return filled("simple-user", login=self.login, id=number, type=kind)


@dataclass
class People:
    """The repository's pull requests and all that hangs on them; every method is what a person does."""

    repository: str = "acme/bookshop"
    branches: Branches = field(default_factory=Branches)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    url: str = "https://github.com"
    pulls: dict[int, Document] = field(default_factory=dict)
    comments: dict[int, tuple[int, Document]] = field(default_factory=dict)
    reviews: dict[int, tuple[int, Document]] = field(default_factory=dict)
    wrote: dict[int, list[Document]] = field(default_factory=dict)
    edited: set[int] = field(default_factory=set)
    statuses: list[tuple[str, Document]] = field(default_factory=list)
    deployments: dict[int, Document] = field(default_factory=dict)
    said: dict[int, list[Document]] = field(default_factory=dict)
    teams: dict[str, list[str]] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.RLock)
    _number: int = 0

    def number(self) -> int:
        """A new id."""
        with self.lock:
            self._number += 1
            return self._number

    def stamp(self) -> str:
        """The time, to the second, as GitHub writes it."""
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def open(self, head: str, base: str, *, by: str = "ada", title: str = "A change", fork: str = "") -> int:
        """Opens a pull request of a branch that is there; ``fork`` is the repository of a stranger's."""
        with self.lock:
            number = len(self.pulls) + 1
            home = fork or self.repository
            self.pulls[number] = filled(
                "pull-request",
                number=number,
                id=self.number(),
                title=title,
                body="",
                state="open",
                html_url=f"{self.url}/{self.repository}/pull/{number}",
                user=User(by).document(),
                created_at=self.stamp(),
                updated_at=self.stamp(),
                merged_at=None,
                head={
                    "ref": head,
                    "label": f"{home.partition('/')[0]}:{head}",
                    "sha": self.branches.at(head),
                },
                base={"ref": base, "label": f"{self.repository.partition('/')[0]}:{base}"},
            )
            self.pulls[number]["head"]["repo"] = self.home(home)
            self.pulls[number]["base"]["repo"] = self.home(self.repository)
            return number

    def home(self, name: str) -> Document:
        """A repository as GitHub shows it."""
        return filled("repository", full_name=name, name=name.partition("/")[2], url=f"{self.url}/{name}")

    def pull(self, number: int) -> Document:
        """A pull request as it is now: an open one's head is where its branch is."""
        data = self.pulls[number]
        if data["state"] == "open" and data["head"]["repo"]["full_name"] == self.repository:
            data["head"]["sha"] = self.branches.at(data["head"]["ref"]) or data["head"]["sha"]
        data["base"]["sha"] = self.branches.at(data["base"]["ref"]) or data["base"]["sha"]
        return data

    def close(self, number: int) -> None:
        """Closes a pull request without merging it."""
        self.pulls[number] |= {"state": "closed", "closed_at": self.stamp()}

    def merge(self, number: int, method: str = "squash") -> str:
        """Merges a pull request, and says as which commit."""
        with self.lock:
            data = self.pull(number)
            message = f"{data['title']} (#{number})"
            commit = self.branches.merge(data["base"]["ref"], data["head"]["sha"], message, method)
            self.close(number)
            data |= {"merged": True, "merged_at": self.stamp(), "merge_commit_sha": commit}
            return commit

    def commit(self, number: int, *logins: str, update: bool = False) -> None:
        """Adds a commit to a pull request; an ``update`` is that of the button which merges the base."""
        authors = {"nodes": [{"user": {"login": login} if login else None} for login in logins]}
        parents = {"totalCount": 2 if update else 1}
        made = {"committedViaWeb": update, "parents": parents, "authors": authors}
        self.wrote.setdefault(number, []).append(made)

    def say(self, number: int, who: str, text: str) -> int:
        """Comments a pull request."""
        with self.lock:
            mark = self.number()
            stamp = self.stamp()
            self.comments[mark] = (
                number,
                filled(
                    "issue-comment",
                    id=mark,
                    body=text,
                    user=User(who).document(),
                    html_url=f"{self.url}/{self.repository}/pull/{number}#issuecomment-{mark}",
                    created_at=stamp,
                    updated_at=stamp,
                    author_association="MEMBER",
                ),
            )
            return mark

    def edit(self, comment: int, text: str) -> None:
        """Rewrites a comment, whoever wrote it."""
        self.comments[comment][1].update(body=text, updated_at=self.stamp())
        self.edited.add(comment)

    def review(self, number: int, who: str, text: str, state: str = "APPROVED") -> int:
        """Reviews a pull request."""
        with self.lock:
            mark = self.number()
            self.reviews[mark] = (
                number,
                filled(
                    "pull-request-review",
                    id=mark,
                    body=text,
                    state=state,
                    user=User(who).document(),
                    commit_id=self.pull(number)["head"]["sha"],
                    submitted_at=self.stamp(),
                    author_association="MEMBER",
                    html_url=f"{self.url}/{self.repository}/pull/{number}#pullrequestreview-{mark}",
                ),
            )
            return mark

    def dismiss(self, review: int) -> None:
        """Takes back an approval."""
        self.reviews[review][1]["state"] = "DISMISSED"

    def rewrite(self, review: int, text: str) -> None:
        """Edits the text of a review."""
        self.reviews[review][1]["body"] = text
        self.edited.add(review)

    def bodies(self, number: int) -> list[str]:
        """The texts of the comments on a pull request, the oldest first."""
        return [data["body"] for _, (on, data) in sorted(self.comments.items()) if on == number]
