"""Every repository under tests/data/repositories ends in exactly the words beside it, within bounds.

A case is a folder with what matters, most often below ``manifests``; a project file and the settings of a
stack ``test`` with every application are added where it has none. ``special.json`` lists what git can't
keep. ``expected.txt`` holds exit code, stdout and stderr of ``onestack check --offline``, or of what
``arguments.txt`` says; after a change of wording
``ONESTACK_REFRESH=1 pytest <this file>`` writes it anew: review the difference.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import re
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from tests import reaching
from tests.bounded import Run, run_all

DATA = Path(__file__).parents[1] / "data"
REPOSITORIES = sorted(path for path in (DATA / "repositories").iterdir() if path.is_dir())
FILES = sorted((DATA / "manifests" / "malformed").glob("*.yaml"))
SECONDS = 2.0
MEBIBYTES = 512
CHARACTERS = 100_000


@functools.cache
def repositories() -> dict[str, Run]:
    """All cases, run at once, for a process needs longer to start than most cases take."""
    with tempfile.TemporaryDirectory() as folder:
        roots = [made(case, Path(folder) / case.name) for case in REPOSITORIES]
        runs = run_all((["--root", str(root), *_arguments(root)] for root in roots), reached=_reached())
        return {case.name: run for case, run in zip(REPOSITORIES, runs, strict=True)}


@functools.cache
def files() -> dict[str, Run]:
    """All files of one application, run at once."""
    runs = run_all((["check", "--manifests", str(file)] for file in FILES), reached=_reached())
    return {file.stem: run for file, run in zip(FILES, runs, strict=True)}


def made(case: Path, root: Path) -> Path:
    """The case as a repository."""
    shutil.copytree(case, root, symlinks=True)
    (root / "expected.txt").unlink(missing_ok=True)
    (root / "manifests").mkdir(exist_ok=True)
    special = root / "special.json"
    for entry in json.loads(special.read_text()) if special.exists() else ():
        path = root / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if "link" in entry:
            path.symlink_to(entry["link"])
        elif "text" in entry:
            middle = entry["text"] * entry.get("times", 1)
            text = entry.get("begin", "") + middle + entry.get("end", "")
            path.write_text(text, encoding="utf-8", newline="")
        elif "base64" in entry:
            path.write_bytes(base64.b64decode(entry["base64"]))
        elif entry.get("folder"):
            path.mkdir()
        elif entry.get("fifo"):
            os.mkfifo(path)
        elif entry.get("socket"):
            _socket(path)
        elif "deep" in entry:
            _deep(path, entry["deep"], entry["times"])
    special.unlink(missing_ok=True)
    if not (root / "Pulumi.yaml").exists():
        (root / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    if not (root / "stacks").exists():
        (root / "stacks").mkdir()
        applications = {path.name: {"namespace": "app"} for path in sorted((root / "manifests").iterdir())}
        settings = {"onestack:platform": "embedded", "onestack:manifests": {"applications": applications}}
        (root / "stacks" / "Pulumi.test.yaml").write_text(json.dumps({"config": settings}, indent=2))
    if not (root / "tools").exists():
        # By this the command finds the tools that are built, as in any clone.
        (root / "tools").symlink_to(reaching.ROOT / "tools")
    return root


def _arguments(root: Path) -> list[str]:
    said = root / "arguments.txt"
    return said.read_text(encoding="utf-8").split() if said.exists() else ["check", "--offline"]


def _socket(path: Path) -> None:
    """A file that can't be opened, not even by root."""
    with socket.socket(socket.AF_UNIX) as bound, contextlib.chdir(path.parent):
        bound.bind(path.name)


def _deep(path: Path, name: str, times: int) -> None:
    """Folders in each other whose path is longer than the system takes in one piece."""
    path.mkdir()
    at = os.open(path, os.O_RDONLY)
    for _ in range(times):
        os.mkdir(name, dir_fd=at)  # noqa: PTH102 - pathlib knows no descriptors
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


@pytest.mark.parametrize("case", REPOSITORIES, ids=lambda path: path.name)
def test_a_hostile_repository_is_refused_in_these_words(case: Path) -> None:
    run = repositories()[case.name]
    words = re.sub(r"\(\d{1,2}\.\d s\)", "(0.0 s)", f"exit code {run.exit_code}\n{run.output}{run.errors}")
    words = re.sub(r"\d{1,2}:\d\d\)", "0:00)", re.sub(r"/tmp/\w+/", "/tmp/", words))  # noqa: S108 - words
    expected = case / "expected.txt"
    if os.environ.get("ONESTACK_REFRESH"):
        expected.write_text(words, encoding="utf-8")
    assert words == expected.read_text(encoding="utf-8")
    assert run.exit_code in {1, 2, 4}
    assert_bounded(run)


@pytest.mark.parametrize("case", FILES, ids=lambda path: path.stem)
def test_a_hostile_file_costs_little(case: Path) -> None:
    run = files()[case.stem]
    # Without a stack nothing is applied, so that it doesn't matter where the unknown kind would live.
    assert run.exit_code == (0 if case.stem == "kind-custom-unknown" else 1), run.errors
    assert_bounded(run)


def assert_bounded(run: Run) -> None:
    assert "Traceback" not in run.errors
    assert run.seconds < SECONDS
    assert run.mebibytes < MEBIBYTES
    assert len(run.output) + len(run.errors) < CHARACTERS


def test_no_two_repositories_are_there_for_the_same_reason() -> None:
    said = [(case / "expected.txt").read_text(encoding="utf-8") for case in REPOSITORIES]
    assert len(said) == len(set(said))


def _reached() -> Path | None:
    return Path(os.environ[reaching.VARIABLE]) if reaching.VARIABLE in os.environ else None
