"""The branches of the stand-in's repository: in memory, or in a real bare one."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_WHO: Final = {
    "GIT_AUTHOR_NAME": "GitHub",
    "GIT_AUTHOR_EMAIL": "noreply@github.com",
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@github.com",
}


@dataclass
class Branches:
    """Commits by branch, in memory."""

    heads: dict[str, str] = field(default_factory=dict)

    def at(self, branch: str) -> str | None:
        """The commit that a branch is at."""
        return self.heads.get(branch)

    def put(self, branch: str, commit: str) -> None:
        """Makes or moves a branch."""
        self.heads[branch] = commit

    def has(self, commit: str) -> bool:
        """Whether the repository has the commit."""
        return len(commit) == 40

    def merge(self, base: str, head: str, message: str, method: str) -> str:
        """Merges a commit into a branch, and says as which one."""
        commit = f"{int(head[:30], 16) ^ len(message + method):040x}"
        self.put(base, commit)
        return commit


@dataclass
class Bare(Branches):
    """The same in a bare repository of git."""

    folder: Path = Path()

    def at(self, branch: str) -> str | None:
        return self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", ok=(0, 1)) or None

    def put(self, branch: str, commit: str) -> None:
        self._git("update-ref", f"refs/heads/{branch}", commit)

    def has(self, commit: str) -> bool:
        return self._git("cat-file", "-t", commit, ok=(0, 128)) == "commit"

    def merge(self, base: str, head: str, message: str, method: str) -> str:
        tip = self.at(base)
        assert tip is not None
        tree = self._git("merge-tree", "--write-tree", tip, head).splitlines()[0]
        parents = ["-p", tip] if method == "squash" else ["-p", tip, "-p", head]
        commit = self._git("commit-tree", tree, *parents, "-m", message)
        self.put(base, commit)
        return commit

    def _git(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            env=_WHO | {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in ok, done.stderr
        return done.stdout.strip()
