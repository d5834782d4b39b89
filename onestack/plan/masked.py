"""A plan without secret values in its words: names and messages may hold what values do. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

from onestack.graph import Graph
from onestack.plan.model import Change, Plan, Reach, Risk, Unchecked
from onestack.plan.planned import Planned
from onestack.plan.veil import Hide


def masked(plan: Plan, hide: Hide) -> Plan:
    """The plan with every text that a person reads masked; fields' values are already (`veiled`)."""
    urn = cache(partial(_urn, hide))  # a resource is named by all that stand on it
    return replace(
        plan,
        changes=tuple(_change(one, hide, urn) for one in plan.changes),
        risks=tuple(
            Risk(one.rule, hide(one.subject), hide(one.text), urn(one.urn), one.grave) for one in plan.risks
        ),
        unchecked=tuple(Unchecked(hide(one.what), hide(one.why)) for one in plan.unchecked),
        warnings=tuple(map(hide, plan.warnings)),
        reach=_reach(plan.reach, hide, urn),
    )


def _change(change: Change, hide: Hide, urn: Hide) -> Change:
    # The name and its namespace follow from the URN, as for whoever reads the plan's document.
    planned = Planned(change.op, urn(change.urn), change.type)
    return replace(
        change,
        urn=planned.urn,
        name=planned.name,
        namespace=planned.identity.namespace if planned.identity else None,
        fields=tuple(replace(one, path=hide(one.path)) for one in change.fields),
        destroys=tuple(map(hide, change.destroys)),
    )


def _reach(reach: Reach, hide: Hide, urn: Hide) -> Reach:
    resources = tuple(
        replace(
            one,
            id=urn(one.id),
            name=hide(one.name),
            parent=urn(one.parent) if one.parent else None,
            depends_on=tuple(map(urn, one.depends_on)),
        )
        for one in reach.graph.resources
    )
    applications = {urn(one): hide(name) for one, name in reach.graph.applications.items()}
    return Reach(
        Graph(resources, applications),
        frozenset(map(urn, reach.changed)),
        frozenset(map(urn, reach.reached)),
        tuple(tuple(map(urn, path)) for path in reach.paths),
    )


def _urn(hide: Hide, urn: str) -> str:
    """A URN, of which the name is looked at by itself, too: a word may be a secret as a whole only."""
    *head, name = urn.split("::", 3)
    return hide("::".join((*head, hide(name))))
