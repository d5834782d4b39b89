"""Pictures that were drawn once and have to be drawn again, as files; ONESTACK_REFRESH=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "goldens"


def held(name: str, drawn: str) -> str:
    """The file's text; ``drawn`` becomes that where goldens are to be refreshed."""
    if os.environ.get("ONESTACK_REFRESH"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(drawn, encoding="utf-8")
    return (FOLDER / name).read_text(encoding="utf-8")
