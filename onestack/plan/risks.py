"""What makes a plan one to look at twice: a table of small functions. Pure.

A rule looks at one change, with its inputs before and after, and says what may come of it. What a team
forbids altogether is policy, which is another matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from onestack.plan import access, exposure
from onestack.plan.destroys import DATA, GROUND, destroys, name_of
from onestack.plan.held import Held
from onestack.plan.model import Risk
from onestack.plan.paths import parsed
from onestack.plan.planned import Planned
from onestack.validation.parts import number, text

_Rule = Callable[[Planned, Held], Iterator[Risk]]

MANY: Final = 25
"""So many changes of what is there are many, whatever the size of the stack."""
_SOME: Final = 5
"""Fewer than these are few, even if they are all of a stack."""
_WORST_FIRST: Final = (
    "deletes-data",
    "replaces-data",
    "deletes-ground",
    "replaces-ground",
    "changes-access",
    "exposes",
    "drops-protection",
    "loses-address",
    "deletes-many",
    "changes-many",
    "replaces",
)
_VERBS: Final = {"delete": "deletes", "replace": "replaces"}


def risks(planned: Sequence[Planned], held: Held) -> tuple[Risk, ...]:
    """Every risk of the changes, the grave ones and the worst first.

    What goes because its cluster does is told with the cluster, but for data and addresses.
    """
    found = [risk for one in planned for rule in _RULES for risk in rule(one, held)]
    found += _many(planned, held)
    return tuple(sorted(found, key=_weight))


def _weight(one: Risk) -> tuple[bool, int, str, str, str, str]:
    known = _WORST_FIRST.index(one.rule) if one.rule in _WORST_FIRST else len(_WORST_FIRST)
    return (not one.grave, known, one.rule, one.subject, one.urn, one.text)


def risk(rule: str, planned: Planned, said: str, *, grave: bool = True) -> Risk:
    """The risk of one change."""
    return Risk(rule, planned.label, said, planned.urn, grave)


def _data(planned: Planned, held: Held) -> Iterator[Risk]:
    verb = _VERBS.get(planned.op)
    if verb and name_of(planned) in DATA:
        lost = "; ".join(destroys(planned, held)) or "it may hold data"
        yield risk(f"{verb}-data", planned, f"is {planned.op}d, and holds data: {lost}")


def _ground(planned: Planned, held: Held) -> Iterator[Risk]:
    verb = _VERBS.get(planned.op)
    if verb and name_of(planned) in GROUND and not planned.follows:
        lost = "; ".join(destroys(planned, held)) or "they go with it"
        yield risk(f"{verb}-ground", planned, f"is {planned.op}d, and others stand on it: {lost}")


def _address(planned: Planned, held: Held) -> Iterator[Risk]:
    lost = [one for one in destroys(planned, held) if "address" in one]
    if lost:
        yield risk("loses-address", planned, f"gives up {lost[0]}, and clients that know it find nothing")


def _immutable(planned: Planned, _held: Held) -> Iterator[Risk]:
    if planned.op != "replace" or planned.follows or planned.type.startswith("pulumi:"):
        return
    paths = sorted(path for path, how in planned.differing.items() if how.endswith("replace"))
    fields = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
    why = f": {fields} can't be changed in place" if paths else ""
    yield risk("replaces", planned, f"is deleted and made anew, and not there in between{why}")


def _protection(planned: Planned, _held: Held) -> Iterator[Risk]:
    if planned.op not in {"update", "replace"}:
        return
    for field in ("deletionProtection", "deletionProtectionEnabled", "preventDestroy"):
        if planned.before.get(field) is True and planned.after.get(field) is not True:
            yield risk("drops-protection", planned, f"takes {field} away: from then on it can be deleted")
    policy = ("spec", "persistentVolumeReclaimPolicy")
    if text(planned.before, *policy) == "Retain" and text(planned.after, *policy) == "Delete":
        yield risk("drops-protection", planned, "deletes the data on the volume with its claim from now on")
    if planned.before.get("forceDestroy") is not True and planned.after.get("forceDestroy") is True:
        yield risk("drops-protection", planned, "lets it be deleted with all that is in it from now on")


def _stops(planned: Planned, _held: Held) -> Iterator[Risk]:
    before, after = (number(body, "spec", "replicas") for body in (planned.before, planned.after))
    if planned.op == "update" and after == 0 and before != 0:
        yield risk("stops", planned, "has no pods from then on: replicas is 0", grave=False)


def _every_object(planned: Planned, _held: Held) -> Iterator[Risk]:
    reaching = {"kubeconfig", "context", "version"}
    if planned.op == "update" and planned.type.startswith("pulumi:providers:"):
        others = sorted(path for path in planned.differing if parsed(path)[0] not in reaching)
        if others:
            said = f"{', '.join(others[:3])} of the provider, which applies every object otherwise"
            yield risk("changes-provider", planned, f"changes {said}", grave=False)


def _many(planned: Sequence[Planned], held: Held) -> Iterator[Risk]:
    """Of what is there: a first deployment makes everything, and endangers nothing."""
    touched = [one for one in planned if one.op != "create" and not one.type.startswith("pulumi:")]
    going = [one for one in touched if one.op in _VERBS]
    for rule, some, verb in (
        ("deletes-many", going, "deletes or replaces"),
        ("changes-many", touched, "changes"),
    ):
        if some == going and verb == "changes":
            continue
        share = len(some) / held.count if held.count else 0.0
        if len(some) >= MANY or (len(some) >= _SOME and share > 1 / 2):
            said = f"{verb} {len(some)} of the {held.count} resources that are there"
            yield Risk(rule, "the stack", said, grave=True)


_RULES: Final[Sequence[_Rule]] = (
    _data,
    _ground,
    _address,
    _immutable,
    _protection,
    _stops,
    _every_object,
    *access.RULES,
    *exposure.RULES,
)
