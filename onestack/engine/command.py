"""One command of the engine that is not a run: it ends by itself in a moment."""

from __future__ import annotations

import subprocess

from onestack.engine import failure
from onestack.engine.workspace import Workspace


def command(workspace: Workspace, *arguments: str) -> bytes:
    """What ``pulumi ARGUMENTS`` prints. Raises: EngineFailed."""
    done = subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=workspace.root,
        env=workspace.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = failure.spoken(done.stderr.decode(errors="replace"))
        raise failure.of(" ".join(arguments[:2]), workspace.stack, said)
    return done.stdout
