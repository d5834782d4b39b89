"""What is written into a box, as lines that any renderer can take: short, printable, without structure. Pure.

Names come from manifests, so they may be long, or hold anything.
"""

from __future__ import annotations

import re
from typing import Final

from onestack.graph.picture import Box, Count
from onestack.harmless import one_line

_LONGEST: Final = 40
_LINES: Final = 8
"""More kinds than these are summed up in a last line."""

_FIRST: Final = (
    "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod", "Service", "Ingress", "Gateway",
    "HTTPRoute", "PersistentVolumeClaim", "Cluster", "NodePool", "Network", "Account",
)  # fmt: skip
"""What people look for first; the rest follows, most first."""


def title(text: str) -> str:
    """A name as one printable line of at most 40 characters."""
    said = " ".join(one_line(text).split())
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def lines(box: Box) -> tuple[str, ...]:
    """What stands below a box's title: its kinds counted, workloads first, and its note.

    What is the title over again is left out: a box *Cluster* that is one Cluster.
    """
    counts = sorted(box.counts, key=_rank)
    shown, rest = counts, counts[:0]
    if len(counts) > _LINES:
        shown, rest = counts[: _LINES - 1], counts[_LINES - 1 :]
    said = [title(line) for one in shown if (line := _line(one, box))]
    if rest:
        said.append(f"{sum(one.count for one in rest)} more of {len(rest)} kinds")
    return (*said, *([box.note] if box.note else ()))


def counted(count: int, kind: str) -> str:
    """``1 Ingress``, ``2 Ingresses``."""
    return f"{count} {kind if count == 1 else plural(kind)}"


def plural(kind: str) -> str:
    """The plural of a kind; ``Endpoints`` is one already."""
    if re.search(r"(ss|x|ch|sh)$", kind):
        return f"{kind}es"
    if kind.endswith("s"):
        return kind
    return f"{kind[:-1]}ies" if re.search(r"[^aeiou]y$", kind) else f"{kind}s"


def _line(one: Count, box: Box) -> str:
    names = ", ".join(name for name in one.names if not _says_it(name, one, box))
    if one.count == 1 and one.names:
        said = f"{one.kind} {names}" if names else one.kind
        if len(box.counts) == 1 and [said] == box.title.split()[:1]:
            return "protected" if one.protected else ""
    else:
        said = counted(one.count, one.kind)
        if names and len(said) + len(names) <= _LONGEST - len(" ()"):
            said = f"{said} ({names})"
    if not one.protected:
        return said
    return f"{said}, protected" if one.protected == one.count else f"{said}, {one.protected} protected"


def _says_it(name: str, one: Count, box: Box) -> bool:
    """Whether the kind or the box's title says the name already."""
    return name.casefold() in {one.kind.casefold(), *box.title.casefold().split()}


def _rank(one: Count) -> tuple[int, int, str]:
    known = _FIRST.index(one.kind) if one.kind in _FIRST else len(_FIRST)
    return (known, -one.count, one.kind)
