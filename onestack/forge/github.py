"""GitHub, as far as deployments need it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import quote

from onestack.errors import (
    ForgeDisagrees,
    ForgeForbidden,
    ForgeMissing,
    ForgeUnavailable,
)
from onestack.forge import deployments, statuses
from onestack.forge.comments import Comment
from onestack.forge.identity import identity
from onestack.forge.model import CommitState, Deployment, DeploymentState, Posted, Pull, Remark
from onestack.forge.place import Place
from onestack.forge.reading import pull_of
from onestack.forge.remarks import remarks
from onestack.forge.session import NO_GITHUB, Session
from onestack.forge.writers import writers

_P = ParamSpec("_P")
_T = TypeVar("_T")
_READ: Final = "pull-requests: read"


def _asking(method: Callable[Concatenate[Forge, _P], _T]) -> Callable[Concatenate[Forge, _P], _T]:
    """Gives a method its patience; what it can't make sense of wasn't GitHub's answer."""

    @wraps(method)
    def ask(forge: Forge, /, *given: _P.args, **named: _P.kwargs) -> _T:
        forge._session.begin()  # noqa: SLF001 - of its own class
        try:
            return method(forge, *given, **named)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ForgeUnavailable("reading what it answered", NO_GITHUB) from error

    return ask


class Forge:
    """One repository at GitHub.

    Every method raises ForgeUnavailable (4), ForgeTokenRefused, ForgeForbidden and ForgeMissing (2) and
    ForgeDisagrees (1), and takes ``patience`` seconds at most with its repetitions, and one more answer.
    ``pause`` is how many seconds the first of them waits.
    """

    def __init__(self, place: Place, *, patience: float = 60.0, pause: float = 0.5) -> None:
        self.place = place
        self._session = Session(place, patience, pause)
        self._login: str | None = None

    @_asking
    def login(self) -> str:
        """Who the token speaks as."""
        return self._identity()

    @property
    def date(self) -> str | None:
        """The Date header of GitHub's last answer: what time it is there."""
        return self._session.date

    @_asking
    def pull(self, number: int) -> Pull:
        """The pull request of that number."""
        return pull_of(self._session.get(f"pulls/{number}", f"looking at pull request #{number}", _READ))

    @_asking
    def pull_of_head(self, commit: str) -> Pull | None:
        """The open pull request whose head is the commit; the first, for anybody may open another of it."""
        doing = f"looking for the pull request of {commit[:12]}"
        heads = [one for one in self._pulls(commit, doing) if one.open and one.commit == commit]
        if not heads:
            # GitHub doesn't count a fork's commits as the repository's.
            found = map(pull_of, self._session.all("pulls", doing, _READ, state="open"))
            heads = [one for one in found if one.commit == commit]
        return min(heads, key=lambda one: one.number, default=None)

    @_asking
    def pull_of_merge(self, commit: str) -> Pull | None:
        """The pull request that was merged as the commit."""
        found = self._pulls(commit, f"looking for the pull request that was merged as {commit[:12]}")
        return next((one for one in found if one.merge == commit), None)

    @_asking
    def pulls_of(self, commit: str) -> tuple[Pull, ...]:
        """The merged pull requests that the commit came from."""
        found = self._pulls(commit, f"looking for the pull requests of {commit[:12]}")
        return tuple(one for one in found if one.merge is not None)

    @_asking
    def wrote(self, number: int) -> frozenset[str]:
        """The logins of who wrote a pull request's commits; nobody where the token may not ask."""
        return writers(self._session, number)

    @_asking
    def comment(self, number: int, marker: str, body: str, *, commit: str | None = None) -> Posted:
        """Writes the comment of that marker, or rewrites it in place; see `onestack.comment_marker`.

        The marker is the comment's first line, whether ``body`` begins with it or not. ``commit`` is what
        the body is about. Raises: HeadMoved, where the pull request's head is another,
        and CommentTooLong.
        """
        return Comment(self._session, number, marker, self._identity()).put(body, commit)

    @_asking
    def status(
        self,
        commit: str,
        context: str,
        state: CommitState,
        description: str,
        url: str | None = None,
        *,
        reworded: bool = True,
    ) -> None:
        """Sets a commit's status, unless it is the last of its context; the description is cut.

        Not ``reworded``: one of that state stays, whatever it says.
        """
        statuses.put(self._session, commit, context, state, description, url, reworded=reworded)

    @_asking
    def remarks(self, number: int) -> tuple[Remark, ...]:
        """Reviews and comments of a pull request, the oldest first."""
        return remarks(self._session, number)

    @_asking
    def team_members(self, team: str) -> frozenset[str] | None:
        """The members' logins of ``organisation/team``; None where the token may not see them."""
        organisation, _, name = team.removeprefix("@").partition("/")
        path = f"/orgs/{quote(organisation, safe='')}/teams/{quote(name, safe='')}/members"
        try:
            found = self._session.all(path, f"looking at the team {team}", "members: read")
            return frozenset(str(one["login"]) for one in found)
        except (ForgeForbidden, ForgeMissing):
            return None

    @_asking
    def deployment(self, commit: str, environment: str, run: str, *, description: str = "") -> Deployment:
        """The deployment of that commit, environment and run: the one that is there, else a new one."""
        return deployments.deployment(self._session, commit, environment, run, description)

    @_asking
    def deployment_status(
        self,
        deployment: Deployment,
        state: DeploymentState,
        *,
        description: str = "",
        log_url: str | None = None,
        environment_url: str | None = None,
    ) -> Deployment:
        """Says how a deployment goes; says nothing where it says so already."""
        said = {"description": description, "log_url": log_url, "environment_url": environment_url}
        given = {name: text for name, text in said.items() if text}
        return deployments.say(self._session, deployment, state, given)

    @_asking
    def open_pull_request(self, head: str, base: str, title: str, body: str) -> Pull:
        """The open pull request from ``head`` to ``base``: the one that is there, else a new one.

        ``head`` is a branch of this repository, or ``owner:branch`` of a fork.
        """
        doing = f"opening a pull request of '{head}'"
        owned = head if ":" in head else f"{self.place.repository.partition('/')[0]}:{head}"

        def look() -> Pull | None:
            found = self._session.all("pulls", doing, _READ, state="open", head=owned, base=base)
            return next(map(pull_of, found), None)

        def make() -> Pull:
            sent = {"head": head, "base": base, "title": title, "body": body}
            try:
                return pull_of(self._session.send("POST", "pulls", doing, "pull-requests: write", sent))
            except ForgeDisagrees:
                # A list may not show yet what was just opened.
                if (there := look()) is None:
                    raise
                return there

        return self._session.made(look, make)

    def _pulls(self, commit: str, doing: str) -> list[Pull]:
        try:
            return [pull_of(one) for one in self._session.all(f"commits/{commit}/pulls", doing, _READ)]
        except ForgeDisagrees as error:
            # "No commit found for SHA": it was never pushed.
            if "No commit found" not in error.why:
                raise
            return []

    def _identity(self) -> str:
        if self._login is None:
            self._login = identity(self._session)
        return self._login
