"""Ends a throwaway control plane when the process that wanted it is gone.

Run as ``python -m onestack.local.plane.watchdog FOLDER`` with a pipe as standard input.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from onestack.local.plane import stopping
from onestack.local.plane.layout import Layout


def main() -> None:
    """Waits for the end of standard input, then kills the plane and removes the folder."""
    folder = Path(sys.argv[1])
    while os.read(0, 1024):
        pass
    if folder.exists():
        stopping.kill(Layout(folder / "plane"))
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
