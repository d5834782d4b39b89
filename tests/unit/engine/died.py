"""A stack whose state is shared, and what a run on it that died has left in the clone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from onestack.engine.workspace import Workspace


def workspace(root: Path) -> Workspace:
    """A workspace of a stack whose state is shared."""
    return Workspace(
        root=root,
        project="shop",
        stack="dev",
        bin_dirs=(),
        kubeconfig=root / "kubeconfig",
        pulumi_home=root / "home",
        shared_state=True,
    )


def dead_pid() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left(made: Workspace, **changes: Any) -> None:
    """A marker of a run, whose command is dead if nothing else is said."""
    made.marker.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": dead_pid(), "started": 1.0, "recovers": False} | changes
    made.marker.write_text(json.dumps(content))
