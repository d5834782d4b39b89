"""The engine's plan of a resource as a change that a person can judge. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from onestack.plan.destroys import destroys
from onestack.plan.essentials import essentials
from onestack.plan.fields import fields
from onestack.plan.held import Held
from onestack.plan.model import OPS, Change
from onestack.plan.planned import Planned


def changes(planned: Iterable[Planned], held: Held) -> tuple[Change, ...]:
    """One change per resource; by namespace, kind and name, so that the engine's own order doesn't count."""
    found = [_change(one, held) for one in planned]
    return tuple(sorted(found, key=_place))


def _change(planned: Planned, held: Held) -> Change:
    identity = planned.identity
    return Change(
        op=planned.op,
        urn=planned.urn,
        type=planned.type,
        name=planned.name,
        namespace=identity.namespace if identity else None,
        application=planned.application,
        fields=essentials(planned) or fields(planned),
        destroys=destroys(planned, held),
    )


def _place(change: Change) -> tuple[str, str, str, str, int]:
    return (change.namespace or "", change.kind, change.name, change.urn, OPS.index(change.op))
