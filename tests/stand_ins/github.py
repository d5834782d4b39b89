"""A stand-in for GitHub, as far as deployments need it.

It is not GitHub: it keeps what it is sent in memory, with the branches in a real bare repository if one
is given; it refuses what GitHub's published description doesn't allow, and remembers that in ``wrong``;
its own answers are held to the same description. GraphQL has none here, and knows two queries.

Use: ``with github() as hub: …`` and ``hub.environ(commit=…, pull=…)`` for a command's environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tests.stand_ins import answers
from tests.stand_ins.description import Operation, find
from tests.stand_ins.people import People, User
from tests.stand_ins.remote import Bare, Branches
from tests.stand_ins.request import Refused, Request
from tests.stand_ins.server import Answer, Asked, Fault, Troubles, served

TOKEN: Final = "ghs_standin0000000000000000000000000000"
BOT: Final = "github-actions[bot]"
DOWN: Final = Answer(503, "<html>no server is currently available</html>")
NO_RIGHTS: Final = Answer(403, {"message": "Resource not accessible by integration", "status": "403"})
EXPIRED: Final = Answer(401, {"message": "Bad credentials", "status": "401"})
SECONDARY: Final = Answer(
    403,
    {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."},
)


@dataclass
class GitHub:
    """``people`` is what is there; ``troubles`` is what goes wrong; ``asked`` all that was asked.

    ``users`` are by token. ``wrong`` is what requests, or the stand-in itself, said against the description.
    """

    people: People
    users: dict[str, User]
    troubles: Troubles = field(default_factory=Troubles)
    asked: list[Asked] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    url: str = ""

    def fail(self, pattern: str, answer: Answer | None = None, **more: Any) -> None:
        """Has requests fail whose ``METHOD path`` the pattern is found in; see `Fault`."""
        self.troubles.add(Fault(pattern, answer, **more))

    def writes(self) -> list[str]:
        """The requests that change something, as ``METHOD path`` below the repository."""
        root = f"/repos/{self.people.repository}/"
        return [f"{one.method} {one.path.removeprefix(root)}" for one in self.asked if _writes(one)]

    def environ(self, *, commit: str = "", pull: int | None = None, token: str = TOKEN) -> dict[str, str]:
        """The environment of a job of Actions."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": self.people.repository,
            "GITHUB_RUN_ID": "4711",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": commit,
            "GITHUB_TOKEN": token,
        } | ({"GITHUB_REF": f"refs/pull/{pull}/merge"} if pull else {})

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request, both held to the description."""
        with self.people.lock:
            self.asked.append(asked)
            user = self.users.get(asked.token)
            if user is None:
                return EXPIRED
            if asked.path == "/graphql":
                return answers.graphql(self.people, user, asked.body)
            operation = find(asked.method, asked.path)
            if operation is None:
                self.wrong.append(f"{asked.method} {asked.path}: not among the operations of the cut")
                return Answer(404, {"message": "Not Found", "status": "404"})
            faults = list(operation.faults(asked.query, asked.body))
            self.wrong.extend(faults)
            if faults:
                return Answer(422, {"message": "Validation Failed", "errors": [], "status": "422"})
            return self._held(operation, self._answered(operation, user, asked))

    def _answered(self, operation: Operation, user: User, asked: Asked) -> Answer:
        try:
            self._allowed(operation, user)
            status, body = answers.TABLE[operation.key](
                Request(self.people, user, operation.path, asked.query, asked.body)
            )
        except Refused as error:
            return Answer(
                error.status, {"message": error.message, "status": str(error.status)}, error.headers
            )
        return Answer(status, body)

    def _allowed(self, operation: Operation, user: User) -> None:
        owner, name = operation.path.get("owner"), operation.path.get("repo")
        if owner and f"{owner}/{name}" != self.people.repository:
            raise Refused(404, "Not Found")
        needs = answers.needs(operation.key)
        if user.rights is not None and needs and not user.rights & needs:
            named = "; ".join(sorted(needs)).replace("-", "_").replace(": ", "=")
            message = "Resource not accessible by integration"
            raise Refused(403, message, {"X-Accepted-GitHub-Permissions": named})

    def _held(self, operation: Operation, answer: Answer) -> Answer:
        if answer.status < 400:
            self.wrong.extend(operation.misanswers(answer.status, answer.body))
        return answer


def _writes(asked: Asked) -> bool:
    return asked.method != "GET" and asked.path != "/graphql"


@contextmanager
def github(
    remote: Path | None = None,
    *,
    users: Mapping[str, User] | None = None,
    repository: str = "acme/bookshop",
    now: Any = None,
) -> Iterator[GitHub]:
    """A GitHub with one repository; ``remote`` is its bare one. Fails at the end where anything was wrong."""
    people = People(repository, Bare(folder=remote) if remote else Branches())
    if now is not None:
        people.now = now
    assert isinstance(people.now(), datetime)
    hub = GitHub(people, dict(users or {TOKEN: User(BOT, app=True)}))
    with served(hub.answer, hub.troubles) as hub.url:
        yield hub
    assert not hub.wrong, hub.wrong
