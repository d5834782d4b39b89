"""What was probably meant, where a name isn't there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from typing import Final

_CUTOFF: Final = 0.65  # three letters of which two are right
_SURE: Final = 2  # letters that differ
_COMPARED: Final = 60  # comparing is slow: of more names only those that begin or end alike are looked at
_LISTED: Final = 6
_MOST: Final = 2000  # of more names none is looked at


def nearest(name: str, names: Iterable[str], *, sure: bool = False) -> str:
    """The name that is likest, or an empty string; ``sure`` where only a slip is worth a word."""
    others = sorted({one for one in islice(names, _MOST) if one and one != name})
    if len(others) >= _MOST - 1:
        return ""
    if len(others) > _COMPARED:
        alike = [one for one in others if one[:2] == name[:2] or one[-2:] == name[-2:]]
        # Of too many still, those around it in the alphabet differ late, as most slips do.
        others = sorted(alike, key=lambda one: (_differs_at(name, one), one))[:_COMPARED]
    same = [one for one in others if one.casefold() == name.casefold()]
    found = next(iter(same or get_close_matches(name, others, n=1, cutoff=_CUTOFF)), "")
    allowed = _SURE if sure else max(_SURE, len(name) // 4)
    return found if same or _differing(name, found) <= allowed else ""


def _differing(name: str, other: str) -> int:
    """How many letters of the two are not in both: 2 for a wrong letter as for two that are swapped."""
    alike = sum(block.size for block in SequenceMatcher(None, name, other).get_matching_blocks())
    return len(name) + len(other) - 2 * alike


def _differs_at(name: str, other: str) -> int:
    """Less the later the first difference comes."""
    return -next(
        (at for at, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other))
    )


def meant(name: str, names: Iterable[str], *, sure: bool = False) -> str:
    """``did you mean 'x'?``, or an empty string; ``sure`` as for ``nearest``."""
    found = nearest(name, names, sure=sure)
    return f"did you mean '{found}'?" if found else ""


def listed(names: Iterable[object]) -> str:
    """``'a', 'b' and 3 others``."""
    shown: Sequence[str] = [f"'{name}'" if isinstance(name, str) else str(name) for name in names]
    if len(shown) > _LISTED:
        rest = len(shown) - _LISTED + 1
        return f"{', '.join(shown[: _LISTED - 1])} and {rest} others"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
