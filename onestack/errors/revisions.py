"""Git, its revisions, and the way back."""

from __future__ import annotations

from onestack.errors.base import Unavailable, UsageError


class NotInGit(UsageError):
    """The repository's folder is not under git."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "this repository is not under git",
            where=folder,
            why="what is deployed is told by its revision, and there is none",
            hint="run 'git init', then commit what is there",
        )


class UnknownRevision(UsageError):
    """Git knows no such commit."""

    def __init__(self, name: str, folder: str) -> None:
        super().__init__(
            f"git knows no revision '{name}'",
            where=folder,
            hint="name a branch, a tag or a commit that this clone has; a shallow one has few: "
            "'git fetch --unshallow' brings them all",
        )


class GitFailed(Unavailable):
    """Git refused what it was asked for."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(f"git failed at {doing}", why=said, hint="mend what git says and run again")


class NothingToRevert(UsageError):
    """The files are those of the revision already."""

    def __init__(self, stack: str, to: str) -> None:
        super().__init__(
            f"there is nothing to roll back of stack '{stack}'",
            why=f"the files are those of {to} already",
            hint=f"name an earlier one: 'onestack history {stack}' lists what was deployed",
        )


class BranchTaken(UsageError):
    """A branch of that name is there, and holds somebody's commits."""

    def __init__(self, branch: str) -> None:
        super().__init__(
            f"the branch '{branch}' is there already, with commits of its own",
            why="it holds something else than this way back, and what somebody wrote is not overwritten",
            hint=f"rename it ('git branch -m {branch} NAME'), or delete it, and run again",
        )


class LiveUnknown(UsageError):
    """The commit that is live isn't in this clone."""

    def __init__(self, commit: str, root: str) -> None:
        super().__init__(
            f"the commit that is live is not in this clone: {commit[:12]}",
            where=root,
            why="the clone is shallow, the branch was rewritten, or the commit was never pushed",
            hint="fetch all of it ('git fetch --unshallow', in a workflow 'fetch-depth: 0'); where the "
            "commit is gone, deploy once with --override REASON",
        )


class PushRefused(Unavailable):
    """The remote didn't take a branch."""

    def __init__(self, branch: str, remote: str, said: str) -> None:
        super().__init__(
            f"'{remote}' didn't take the branch '{branch}'",
            why=said,
            hint=f"the branch is in this clone: mend what it says, then 'git push {remote} {branch}'",
        )
