"""The way back as a branch: one commit on top of what is there, with the files of an earlier revision."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import git

from onestack import child
from onestack.errors import BranchTaken, GitFailed, NothingToRevert, PushRefused
from onestack.revision import Revision, opened, said

REMOTE: Final = "origin"
SECONDS: Final = 120.0
"""So long may a remote take: its hooks are somebody's, and meanwhile the stack's lease is held."""
_DATES: Final = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")
_NOBODY: Final = {"name": "onestack", "email": "onestack@localhost"}
"""Who commits where nobody is configured, as in CI."""


@dataclass(frozen=True)
class Revert:
    """``branch`` holds ``commit``, whose files are those of ``to`` and whose parent is ``head``.

    ``tree`` is git's id of those files, and of what stays of ``head`` where the project isn't the whole of
    its repository.
    """

    branch: str
    commit: str
    to: Revision
    head: Revision
    tree: str


def prepare(root: Path, stack: str, to: Revision, head: Revision) -> Revert:
    """Makes the branch, or takes the one that is there; touches no file and no other branch.

    The files of the project's folder are all of the earlier revision's, so it never conflicts, and it takes
    back all that came after, for other stacks too; what a larger repository holds beside it stays.
    Raises: NothingToRevert, BranchTaken, GitFailed.
    """
    repository = opened(root)
    try:
        tree = _tree(root, repository, to, head)
    except git.GitCommandError as error:
        raise GitFailed("preparing the revert", said(error)) from None
    if tree == head.tree:
        raise NothingToRevert(stack, to.short)
    branch = f"onestack/rollback-{stack}-{to.short}-from-{head.short}"
    try:
        own = _own(repository, branch, head) if branch in {one.name for one in repository.heads} else ()
        held = _found(repository, own, tree, head)
        if held is None and own:
            raise BranchTaken(branch)
        if held is None:
            held = repository.git.commit_tree(
                tree,
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
    return Revert(branch, held, to, head, tree)


def push(root: Path, revert: Revert, remote: str = REMOTE, *, seconds: float = SECONDS) -> Revert:
    """Pushes the branch, and returns it as the remote has it: again is as good as once, from any clone.

    Raises: PushRefused, also of a remote that doesn't answer.
    """
    code, told = _git(root, seconds, "push", "--quiet", "--end-of-options", remote, _ref(revert))
    if code == 0:
        return revert
    there = _there(root, revert, remote, seconds)
    if there is None:
        raise PushRefused(revert.branch, remote, told)
    return replace(revert, commit=there)


def _ref(revert: Revert) -> str:
    return f"{revert.commit}:refs/heads/{revert.branch}"


def _own(repository: git.Repo, name: str, head: Revision) -> tuple[str, ...]:
    """The commits that a branch has and ``head`` hasn't, the newest first. Raises: git.GitCommandError."""
    found = repository.git.rev_list(f"refs/heads/{name}", f"^{head.commit}", "--")
    return tuple(found.split())


def files(root: Path, revision: Revision) -> str:
    """Git's id of the project's folder in a revision; empty where that hasn't got it. Raises: NotInGit."""
    repository = opened(root)
    folder = _folder(root, repository)
    try:
        return str(repository.git.rev_parse("--verify", "--quiet", f"{revision.commit}:{folder}"))
    except git.GitCommandError:
        return ""


def _folder(root: Path, repository: git.Repo) -> str:
    """The project's folder in its repository; empty where it is the whole of it."""
    inner = root.resolve().relative_to(Path(str(repository.working_tree_dir)).resolve()).as_posix()
    return "" if inner == "." else inner


def _tree(root: Path, repository: git.Repo, to: Revision, head: Revision) -> str:
    """Git's id of ``head`` with the project's folder of ``to``. Raises: git.GitCommandError."""
    folder = _folder(root, repository)
    if not folder:
        return to.tree
    with tempfile.TemporaryDirectory(prefix="onestack-index-") as apart:
        env = {"GIT_INDEX_FILE": str(Path(apart) / "index")}
        repository.git.read_tree(head.commit, env=env)
        repository.git.rm(
            "--cached", "-r", "--quiet", "--ignore-unmatch", "--", f":(top,literal){folder}", env=env
        )
        repository.git.read_tree(f"--prefix={folder}/", f"{to.commit}:{folder}", env=env)
        return str(repository.git.write_tree(env=env))


def _found(repository: git.Repo, own: tuple[str, ...], tree: str, head: Revision) -> str | None:
    """The commit among them that is this very revert, whatever somebody put on top of it."""
    for one in reversed(own):
        commit = repository.commit(one)
        if (commit.tree.hexsha, [parent.hexsha for parent in commit.parents]) == (tree, [head.commit]):
            return one
    return None


def _there(root: Path, revert: Revert, remote: str, seconds: float) -> str | None:
    """The revert in the remote's branch, which another clone has pushed before; None where it isn't."""
    aside = f"refs/onestack/{revert.branch}"
    fetched = f"+refs/heads/{revert.branch}:{aside}"
    code, _told = _git(root, seconds, "fetch", "--quiet", "--no-tags", "--end-of-options", remote, fetched)
    if code != 0:
        return None
    repository = opened(root)
    try:
        own = repository.git.rev_list(aside, f"^{revert.head.commit}", "--").split()
        repository.git.update_ref("-d", aside)
        return _found(repository, tuple(own), revert.tree, revert.head)
    except git.GitCommandError:
        return None


def _git(root: Path, seconds: float, *arguments: str) -> tuple[int, str]:
    """Runs git where it asks another machine: by itself, without a terminal to ask at, and not for ever.

    Returns its exit code and what it said.
    """
    environ = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    with child.started(
        ["git", *arguments],
        environ,
        folder=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        end=_end,
    ) as running:
        try:
            told, _ = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return 1, f"it didn't answer within {seconds:g} s"
        return running.returncode, told.decode(errors="replace").strip()


def _end(running: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


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
