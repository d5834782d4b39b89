"""A table of the report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """``about`` explains the figures; every row has as many cells as ``head``."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """A chapter with the table."""
        rows = (self.head, ("---",) * len(self.head), *self.rows)
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        about = f"{self.about}\n\n" if self.about else ""
        return f"## {self.title}\n{about}" + "\n".join(lines) + "\n"
