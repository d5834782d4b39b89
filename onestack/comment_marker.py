"""By what a stack's comment on a pull request is found again. Pure."""

from __future__ import annotations


def marker(stack: str, what: str = "preview") -> str:
    """The first line of a stack's comment, which is not seen: of its ``preview``, or of its ``trial``."""
    # No hyphens in a row: they would end the comment.
    name = "".join(char if char.isalnum() or char in "._" else f"%{ord(char):x}" for char in stack)
    return f"<!-- onestack:{what} {name} -->"
