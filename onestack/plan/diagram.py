"""What the changes reach, as a Mermaid flowchart: from what changes down to what stands on it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from onestack.graph import Resource, words
from onestack.graph.edges import reduced
from onestack.graph.mermaid import escaped
from onestack.graph.places import is_drawn, places
from onestack.plan.model import Change, Plan

_MOST: Final = 24
"""So many boxes can be taken in at once."""
_ARROWS: Final = 80
_KNOWN: Final = 5_000
"""Of more resources than these no picture is made: a document could be made so that it takes minutes."""
_STYLES: Final = (
    "  classDef create stroke:#1a7f37,stroke-width:3px",
    "  classDef update stroke:#9a6700,stroke-width:3px",
    "  classDef replace stroke:#bc4c00,stroke-width:3px",
    "  classDef delete stroke:#cf222e,stroke-width:3px",
)
_Key = tuple[str, ...]


@dataclass(frozen=True)
class _Drawn:
    """The boxes by what stands in them, and the arrows between them."""

    boxes: Mapping[_Key, tuple[Resource, ...]]
    arrows: frozenset[tuple[_Key, _Key]]


def diagram(plan: Plan) -> str:
    """The flowchart's text; empty where nothing is reached. What is too much for one picture is folded."""
    if not plan.reach.reached or len(plan.reach.graph.resources) > _KNOWN:
        return ""
    where = places(plan.reach.graph.resources, plan.reach.graph.applications)
    folds: tuple[Callable[[Resource], _Key], ...] = (
        lambda one: (one.id,),
        lambda one: (where[one.id].title, one.kind),
        lambda one: (where[one.id].title,),
        lambda one: (where[one.id].group, one.kind),
        lambda one: (where[one.id].group,),
    )
    every = {one.id: one for one in plan.reach.graph.resources}
    shown = {
        urn: one
        for urn, one in every.items()
        if urn in plan.reach.reached | plan.reach.changed and is_drawn(one)
    }
    arrows = [(shown[on], one) for one in shown.values() for on in _drawn_below(one, every) if on in shown]
    for fold in folds:
        drawn = _drawn(shown.values(), arrows, fold, plan.reach.reached)
        if drawn is not None and len(drawn.arrows) <= _ARROWS:
            return "\n".join(_lines(plan, drawn)) + "\n"
    return ""


def _lines(plan: Plan, drawn: _Drawn) -> list[str]:
    ops = {change.urn: change for change in plan.changes}
    ids = {key: f"n{number}" for number, key in enumerate(sorted(drawn.boxes), start=1)}
    lines = ["flowchart LR", "  accDescr: An arrow points at what stands on it."]
    for key, held in sorted(drawn.boxes.items()):
        style = _style([ops[one.id] for one in held if one.id in ops])
        lines.append(f'  {ids[key]}["{_label(key, held)}"]{f":::{style}" if style else ""}')
    lines += [f"  {ids[source]} --> {ids[target]}" for source, target in sorted(drawn.arrows)]
    return [*lines, *_STYLES]


def _drawn(
    shown: Iterable[Resource],
    stands: Iterable[tuple[Resource, Resource]],
    fold: Callable[[Resource], _Key],
    reached: Collection[str],
) -> _Drawn | None:
    """What is drawn at a fold; None where that is too much, which is found out before it costs time."""
    boxes: dict[_Key, list[Resource]] = {}
    for one in shown:
        boxes.setdefault(fold(one), []).append(one)
    arrows = {(fold(source), fold(target)) for source, target in stands}
    arrows = {(source, target) for source, target in arrows if source != target}
    touched = {key for arrow in arrows for key in arrow}
    kept = {
        key: tuple(held)
        for key, held in boxes.items()
        if key in touched or any(one.id in reached for one in held)
    }
    return _Drawn(kept, frozenset(reduced(arrows))) if len(kept) <= _MOST else None


def _drawn_below(resource: Resource, known: Mapping[str, Resource]) -> set[str]:
    """What it stands on that is drawn, through providers and components in between."""
    found: set[str] = set()
    seen: set[str] = set()
    left = list(resource.depends_on)
    while left:
        urn = left.pop()
        one = known.get(urn)
        if one is None or urn in seen:
            continue
        seen.add(urn)
        if is_drawn(one):
            found.add(urn)
        else:
            left.extend(one.depends_on)
    return found


def _label(key: _Key, held: tuple[Resource, ...]) -> str:
    if len(held) == 1:
        return f"<b>{escaped(words.title(held[0].kind))}</b><br/>{escaped(words.title(held[0].name))}"
    kinds = Counter(one.kind for one in held).most_common(4)
    said = [words.counted(count, kind) for kind, count in kinds]
    rest = len(held) - sum(count for _, count in kinds)
    more = [f"{rest} more"] if rest else []
    return "<br/>".join(
        [f"<b>{escaped(words.title(key[0]))}</b>", *(escaped(words.title(one)) for one in (*said, *more))]
    )


def _style(changes: list[Change]) -> str:
    """That of the gravest change in a box."""
    ops = {change.op for change in changes}
    return next((op for op in ("delete", "replace", "update", "create") if op in ops), "")
