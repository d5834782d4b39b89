"""Finds the file that says who owns which paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from onestack.errors import CodeownersMissing

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in its order."""
_LARGEST: Final = 3 * 1024 * 1024
"""GitHub ignores larger ones, in bytes."""


def codeowners(root: Path, named: bool | str) -> str:
    """The text of the file that ``onestack:gates.approvals.codeowners`` names, or True; empty where False.

    ``root`` is the repository at the revision whose owners count: that of the branch that is deployed,
    before the change, for else a change could choose its own owners.

    Raises: CodeownersMissing.
    """
    if named is False:
        return ""
    places = PLACES if named is True else (named,)
    for place in places:
        file = root / place
        if file.is_file() and file.resolve().is_relative_to(root.resolve()):
            content = file.read_bytes()
            if len(content) > _LARGEST:
                raise CodeownersMissing(places, f"{place} is larger than 3 MB, and ignored by GitHub")
            return content.decode(errors="replace")
    raise CodeownersMissing(places, "there is no such file")
