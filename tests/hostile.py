"""Hostile repositories, kept as data, and how ``onestack`` ends in each.

A case is a folder with what matters, most often below ``manifests``; a project file and the settings of a
stack ``test`` with every application are added where it has none. ``special.json`` lists what git can't
keep, ``arguments.txt`` what is run instead of ``onestack check --offline``.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import reaching
from tests.bounded import Run, run_all

REPOSITORIES = sorted(path for path in (reaching.ROOT / "tests/data/repositories").iterdir() if path.is_dir())


@dataclass(frozen=True)
class Ran:
    """How the cases ended, by name, and which places of the code refused something (`tests.reaching`)."""

    runs: Mapping[str, Run]
    reached: frozenset[str]


@functools.cache
def ran() -> Ran:
    """All cases, run at once, for a process needs longer to start than most cases take."""
    with tempfile.TemporaryDirectory() as folder:
        roots = [made(case, Path(folder) / case.name) for case in REPOSITORIES]
        reached = Path(folder) / "reached"
        runs = run_all((["--root", str(root), *_arguments(root)] for root in roots), reached=reached)
        places = frozenset(reached.read_text(encoding="utf-8").splitlines())
        return Ran({case.name: run for case, run in zip(REPOSITORIES, runs, strict=True)}, places)


def made(case: Path, root: Path) -> Path:
    """The case as a repository."""
    shutil.copytree(case, root, symlinks=True)
    (root / "expected.txt").unlink(missing_ok=True)
    (root / "manifests").mkdir(exist_ok=True)
    special = root / "special.json"
    for entry in json.loads(special.read_text()) if special.exists() else ():
        path = root / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path, entry)
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


def _make(path: Path, entry: dict[str, Any]) -> None:
    match entry:
        case {"link": target}:
            path.symlink_to(target)
        case {"text": text}:
            text = entry.get("begin", "") + text * entry.get("times", 1) + entry.get("end", "")
            path.write_text(text, encoding="utf-8", newline="")
        case {"base64": content}:
            path.write_bytes(base64.b64decode(content))
        case {"folder": True}:
            path.mkdir()
        case {"fifo": True}:
            os.mkfifo(path)
        case {"socket": True}:
            _socket(path)
        case {"deep": name, "times": times}:
            _deep(path, name, times)


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
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
