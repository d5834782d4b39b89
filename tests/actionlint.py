"""Lints the workflows with actionlint, which is built from its pinned module: part of ``make check``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from onestack.local.toolchain import ensure
from onestack.terminal import Terminal

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Its exit code: 0 where it found nothing."""
    with Terminal() as terminal:
        program = ensure(ROOT, terminal, ("actionlint",)).path("actionlint")
        # What shell scripts say is not looked at: shellcheck is no Go module.
        found = subprocess.run([program, "-shellcheck=", "-pyflakes="], cwd=ROOT, check=False).returncode
        terminal.note("actionlint: the workflows have faults" if found else "actionlint: no faults")
    return found


if __name__ == "__main__":
    sys.exit(main())
