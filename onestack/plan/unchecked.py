"""What a plan can't vouch for, in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onestack.graph.words import plural
from onestack.plan.model import Missing, Unchecked
from onestack.plan.planned import Planned
from onestack.validation.verdict import State, Verdict


@dataclass(frozen=True)
class Seen:
    """What a plan was made from.

    ``there``: the stack has its cluster. ``not_live`` counts objects whose live state isn't known, by why.
    ``stand_in``: the Kubernetes plugin was one. ``uncommitted``: files differ from the last commit;
    ``outside_git``: there is no git. ``taken`` are objects to be made that are there already, of others.
    """

    verdicts: Sequence[Verdict] = ()
    there: bool = True
    not_live: Mapping[str, int] = field(default_factory=dict)
    simulated: bool = False
    stand_in: bool = False
    uncommitted: bool = False
    outside_git: str = ""
    taken: Sequence[str] = ()


def unchecked(planned: Sequence[Planned], seen: Seen) -> tuple[Unchecked, ...]:
    """Everything that could not be checked; what a reader has to act on comes first."""
    return tuple(_all(planned, seen))


def _all(planned: Sequence[Planned], seen: Seen) -> Iterator[Unchecked]:
    for label in seen.taken:
        yield Unchecked(label, "it is in the cluster already and isn't this stack's: making it will fail")
    if seen.uncommitted:
        yield Unchecked("files that are not committed", "the plan seals them, and no commit has them")
    if seen.outside_git:
        yield Unchecked(
            "which revision this is", f"{seen.outside_git}: the plan seals what the files hold instead"
        )
    if seen.simulated:
        yield Unchecked("Google Cloud", "it is simulated on this machine, and was not asked")
    elif seen.stand_in:
        yield Unchecked(
            "the official Kubernetes plugin", "a stand-in took its place, which plans as it was recorded to"
        )
    objects = sum(one.package == "kubernetes" for one in planned)
    if objects and not seen.there:
        yield Unchecked(_counted(objects, "object"), "the cluster that they go to is not there yet")
    for why, count in sorted(seen.not_live.items()):
        yield Unchecked(f"what is live of {_counted(count, 'object')}", why)
    yield from _of_checks(seen.verdicts)
    if decided := sum(_has_unknown(one.after) for one in planned):
        yield Unchecked(
            f"values of {_counted(decided, 'resource')}",
            "they are known only when what they come from is made",
        )


def _of_checks(verdicts: Iterable[Verdict]) -> Iterator[Unchecked]:
    held = list(verdicts)
    because = Counter(one.because for one in held if one.state is State.NOT_CHECKABLE)
    parts = Counter(one.unchecked for one in held if one.unchecked)
    for why, count in because.most_common():
        yield Unchecked(f"fields of {_counted(count, 'object')}", why)
    for why, count in parts.most_common():
        yield Unchecked(f"a part of {_counted(count, 'object')}", why)


def _has_unknown(tree: Any) -> bool:
    if isinstance(tree, Mapping):
        return any(map(_has_unknown, tree.values()))
    return any(map(_has_unknown, tree)) if isinstance(tree, list) else tree is Missing.UNSEEN


def _counted(many: int, what: str) -> str:
    return f"{many} {what if many == 1 else plural(what)}"
