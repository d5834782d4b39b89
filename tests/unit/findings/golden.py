"""What was said once and has to be said again, as files; ONESTACK_REFRESH=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "goldens"


def held(name: str, said: str) -> str:
    """The file's text; ``said`` becomes that where goldens are to be refreshed."""
    if os.environ.get("ONESTACK_REFRESH"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(said, encoding="utf-8")
    return (FOLDER / name).read_text(encoding="utf-8")
