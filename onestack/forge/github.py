"""GitHub, as far as deployments need it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from onestack.forge.model import CommitState, Deployment, DeploymentState, Posted, Pull, Remark
from onestack.forge.place import Place


class Forge:
    """One repository at GitHub.

    Every method raises ForgeUnavailable (4), ForgeRefused (2: token or rights) and ForgeMissing (2).
    ``patience`` is how many seconds one call may take, its retries included.
    """

    def __init__(self, place: Place, *, patience: float = 60.0) -> None:
        self.place = place
        self._patience = patience

    def pull(self, number: int) -> Pull:
        """The pull request of that number."""
        raise NotImplementedError

    def pull_of_head(self, commit: str) -> Pull | None:
        """The open pull request whose head is the commit, the newest one."""
        raise NotImplementedError

    def pull_of_merge(self, commit: str) -> Pull | None:
        """The pull request that was merged as the commit."""
        raise NotImplementedError

    def comment(self, number: int, marker: str, body: str, *, commit: str | None = None) -> Posted:
        """Writes the comment of that marker, or rewrites it in place.

        ``commit`` is what the body is about. Raises: HeadMoved, where the pull request's head is another.
        """
        raise NotImplementedError

    def status(
        self, commit: str, context: str, state: CommitState, description: str, url: str | None = None
    ) -> None:
        """Sets a commit's status; the description is cut to what GitHub takes."""
        raise NotImplementedError

    def remarks(self, number: int) -> tuple[Remark, ...]:
        """Reviews and comments of a pull request, the oldest first."""
        raise NotImplementedError

    def team_members(self, team: str) -> frozenset[str] | None:
        """The members' logins of ``organisation/team``; None where the token may not see them."""
        raise NotImplementedError

    def deployment(self, commit: str, environment: str, run: str, *, description: str = "") -> Deployment:
        """The deployment of that commit, environment and run: the one that is there, else a new one."""
        raise NotImplementedError

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
        raise NotImplementedError

    def create_branch(self, name: str, commit: str) -> None:
        """Makes a branch at a commit that GitHub has. Raises: BranchElsewhere, where it is at another."""
        raise NotImplementedError

    def open_pull_request(self, head: str, base: str, title: str, body: str) -> Pull:
        """The open pull request from ``head`` to ``base``: the one that is there, else a new one."""
        raise NotImplementedError


def configured(environ: Mapping[str, str], root: Path | None = None) -> Forge | None:
    """The forge that the environment names and has a token for; None where there is none."""
    raise NotImplementedError
