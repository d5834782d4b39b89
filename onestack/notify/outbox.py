"""Messages that couldn't be sent, kept in a folder until the next run."""

from __future__ import annotations

from pathlib import Path


class Outbox:
    """A folder with one file per message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
