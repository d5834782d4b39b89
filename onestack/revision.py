"""Revisions of the repository: a commit, the tree of its files, and a folder with those files."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import git

from onestack.errors import GitFailed, LiveUnknown, NoBase, NotInGit, UnknownRevision

Signature = Literal["good", "bad", "unknown", "none"]

_SIGNATURES: Final[Mapping[str, Signature]] = {"G": "good", "B": "bad", "R": "bad", "N": "none"}
"""What ``git log --format=%G?`` says; all else, such as a missing or expired key, is unknown. So is ``U``: a
key that nobody here vouches for, and of SSH's that is anybody's."""
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FORMAT: Final = "%H%x00%T%x00%an <%ae>%x00%cI%x00%G?%x00%GS%x00%s"


@dataclass(frozen=True)
class Revision:
    """A commit. ``author`` is ``name <address>``, ``signer`` who signed it, as git names them."""

    commit: str
    tree: str
    author: str
    committed: datetime
    subject: str
    signature: Signature = "none"
    signer: str = ""

    @property
    def short(self) -> str:
        """The first 12 digits, for people."""
        return self.commit[:12]


def revision(root: Path, name: str = "HEAD") -> Revision:
    """The commit that ``name`` names: a branch, a tag, a (shortened) id.

    Raises: NotInGit, UnknownRevision; GitFailed where git can't look, as into somebody else's folder.
    """
    repository = opened(root)
    try:
        commit = repository.git.rev_parse("--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except git.GitCommandError as error:
        # Of a name that it doesn't know it says nothing; it does where it refuses to look at all.
        if error.stderr:
            raise GitFailed(f"looking for '{name}'", said(error)) from None
        raise UnknownRevision(name, str(root)) from None
    if not _COMMIT.fullmatch(commit):
        raise UnknownRevision(name, str(root))
    return _described(repository, commit)


def fork_point(root: Path, names: Sequence[str] = ("origin/main", "main")) -> Revision:
    """The commit in which HEAD has left the first of these branches that it has one in common with.

    Raises: NotInGit, UnknownRevision where HEAD is none, NoBase.
    """
    repository, head = opened(root), revision(root).commit
    for name in names:
        try:
            found = repository.git.merge_base("--end-of-options", name, head)
        except git.GitCommandError:
            continue
        if _COMMIT.fullmatch(found):
            return _described(repository, found)
    raise NoBase(str(root), names)


def tree(root: Path) -> str:
    """Git's id of the files as they lie there, what isn't committed included and what is ignored not.

    Equal to `Revision.tree` of HEAD exactly when nothing differs from it. Raises: NotInGit, GitFailed.
    """
    repository = opened(root)
    with tempfile.TemporaryDirectory(prefix="onestack-index-") as folder:
        # An index of its own: what somebody has staged stays as it is.
        index = str(Path(folder) / "index")
        try:
            if repository.head.is_valid():
                repository.git.read_tree("HEAD", env={"GIT_INDEX_FILE": index})
            repository.git.add("--all", "--", ":/", env={"GIT_INDEX_FILE": index})
            return str(repository.git.write_tree(env={"GIT_INDEX_FILE": index}))
        except git.GitCommandError as error:
            raise GitFailed("reading the files of the repository", said(error)) from None


@contextmanager
def checked_out(root: Path, commit: Revision, *, within: Path | None = None) -> Iterator[Path]:
    """The project's folder as it is in a commit, apart from the repository's own; gone afterwards.

    Nothing is registered with the repository, so that a kill leaves a temporary folder, in ``within``, and
    no more.
    Raises: NotInGit, GitFailed.
    """
    repository = opened(root)
    top = Path(str(repository.working_tree_dir)).resolve()
    with tempfile.TemporaryDirectory(prefix="onestack-revision-", dir=within) as folder:
        there = Path(folder).resolve() / "files"
        there.mkdir()
        apart = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_WORK_TREE": str(there)}
        try:
            repository.git.read_tree(commit.commit, env=apart)
            repository.git.checkout_index("--all", "--force", f"--prefix={there}{os.sep}", env=apart)
        except git.GitCommandError as error:
            raise GitFailed(f"checking out {commit.short}", said(error)) from None
        yield there / root.resolve().relative_to(top)


def differing(root: Path, before: Revision, after: Revision) -> tuple[str, ...]:
    """The files in which two revisions differ, relative to ``root``; those outside begin with ``..``.

    Raises: NotInGit, GitFailed.
    """
    repository = opened(root)
    top = Path(str(repository.working_tree_dir)).resolve()
    try:
        names = repository.git.diff_tree("-r", "-z", "--no-renames", "--name-only", before.tree, after.tree)
    except git.GitCommandError as error:
        raise GitFailed(f"comparing {before.short} and {after.short}", said(error)) from None
    return tuple(os.path.relpath(top / name, root.resolve()) for name in names.split("\0") if name)


def between(root: Path, before: str | None, after: str, most: int = 100) -> tuple[str, ...]:
    """The commits of a branch that came after ``before``, the last first; without that, the last alone.

    What was merged is the commit that merged it. Of many, the last ``most``. Raises: NotInGit, LiveUnknown.
    """
    if before is None:
        return (after,)
    try:
        listed = opened(root).git.rev_list("--first-parent", f"--max-count={most}", after, f"^{before}")
    except git.GitCommandError:
        raise LiveUnknown(before, str(root)) from None
    return tuple(listed.split())


def precedes(root: Path, earlier: str, later: str) -> bool:
    """Whether one commit is among what the other came from; no where git doesn't know one of them."""
    try:
        opened(root).git.merge_base("--is-ancestor", earlier, later)
    except git.GitCommandError:
        return False
    return earlier != later


def branch(root: Path) -> str | None:
    """The branch that is checked out; None where none is, or nothing is under git."""
    try:
        return opened(root).active_branch.name
    except (TypeError, NotInGit, GitFailed):
        return None


def opened(root: Path) -> git.Repo:
    """The repository that a folder lies in. Raises: NotInGit, GitFailed without git's program."""
    if shutil.which("git") is None:
        raise GitFailed("looking at the repository", "there is no program 'git' on PATH")
    try:
        return git.Repo(root, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        raise NotInGit(str(root)) from None


def _described(repository: git.Repo, commit: str) -> Revision:
    shown = repository.git.log("-1", "--encoding=UTF-8", f"--format={_FORMAT}", commit, "--")
    commit, tree_id, author, committed, signature, signer, subject = shown.split("\0")
    return Revision(
        commit,
        tree_id,
        author,
        datetime.fromisoformat(committed),
        subject,
        _SIGNATURES.get(signature, "unknown"),
        signer,
    )


def said(error: git.GitCommandError) -> str:
    """What git said of a failure."""
    return str(error.stderr or error).strip().removeprefix("stderr: ").strip("'")
