"""The way back as a branch: one commit on top of what is there, with the files of an earlier revision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import git

from onestack.errors import GitFailed, NothingToRevert, PushRefused
from onestack.revision import Revision, opened, revision, said

REMOTE: Final = "origin"
PUSH_SECONDS: Final = 90.0
"""So long may a remote take; one that never answers would hold a deployment that failed for ever."""
_DATES: Final = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")
_NOBODY: Final = {"name": "onestack", "email": "onestack@localhost"}
"""Who commits where nobody is configured, as in CI."""


@dataclass(frozen=True)
class Revert:
    """``branch`` holds ``commit``, whose files are those of ``to`` and whose parent is ``head``."""

    branch: str
    commit: str
    to: Revision
    head: Revision


def prepare(root: Path, stack: str, to: Revision, head: Revision) -> Revert:
    """Makes the branch, or takes the one that is there; touches no file and no other branch.

    The files are all of the earlier revision's, so it never conflicts, and it takes back all that came
    after, for other stacks too. Raises: NothingToRevert, GitFailed.
    """
    if to.tree == head.tree:
        raise NothingToRevert(stack, to.short)
    repository = opened(root)
    branch = f"onestack/rollback-{stack}-{to.short}-from-{head.short}"
    try:
        if (held := _there(root, repository, branch, to, head)) is None:
            held = repository.git.commit_tree(
                to.tree,
                *("-p", head.commit),
                *("-m", f"Roll {stack} back to {to.short}"),
                *("-m", f"Its files are those of {to.commit} ({to.subject})."),
                *(["-S"] if _signs(repository) else []),
                # As old as what it is made of: whoever makes it, in whatever clone, makes the same commit.
                env=_identity(repository) | dict.fromkeys(_DATES, head.committed.isoformat()),
            )
            repository.git.update_ref(f"refs/heads/{branch}", held)
    except git.GitCommandError as error:
        raise GitFailed("preparing the revert", said(error)) from None
    return Revert(branch, held, to, head)


def push(root: Path, revert: Revert, remote: str = REMOTE, seconds: float = PUSH_SECONDS) -> None:
    """Pushes the branch; again is as good as once. Raises: PushRefused."""
    try:
        opened(root).git.push(
            "--quiet",
            "--end-of-options",
            remote,
            f"{revert.commit}:refs/heads/{revert.branch}",
            env={"GIT_TERMINAL_PROMPT": "0"},
            kill_after_timeout=seconds,
        )
    except git.GitCommandError as error:
        raise PushRefused(revert.branch, remote, said(error)) from None


def _there(root: Path, repository: git.Repo, branch: str, to: Revision, head: Revision) -> str | None:
    """The commit of the branch, if that is this very revert."""
    if branch not in {one.name for one in repository.heads}:
        return None
    commit = revision(root, f"refs/heads/{branch}")
    parents = [one.hexsha for one in repository.commit(commit.commit).parents]
    return commit.commit if (commit.tree, parents) == (to.tree, [head.commit]) else None


def _signs(repository: git.Repo) -> bool:
    return bool(repository.config_reader().get_value("commit", "gpgsign", default=False))


def _identity(repository: git.Repo) -> dict[str, str]:
    reader = repository.config_reader()
    given = {key: str(reader.get_value("user", key, default="")) for key in _NOBODY}
    chosen = given if all(given.values()) else _NOBODY
    return {
        f"GIT_{whose}_{key.upper()}": value
        for whose in ("AUTHOR", "COMMITTER")
        for key, value in chosen.items()
    }
