"""A plan without secret values in its words: names and messages may hold what values do. Pure."""

from __future__ import annotations

from dataclasses import replace

from onestack.graph import Graph
from onestack.plan.model import Change, Plan, Reach, Risk, Unchecked
from onestack.plan.veil import Hide


def masked(plan: Plan, hide: Hide) -> Plan:
    """The plan with every text that a person reads masked; fields' values are already (`veiled`)."""
    return replace(
        plan,
        changes=tuple(_change(one, hide) for one in plan.changes),
        risks=tuple(
            Risk(one.rule, hide(one.subject), hide(one.text), hide(one.urn), one.grave) for one in plan.risks
        ),
        unchecked=tuple(Unchecked(hide(one.what), hide(one.why)) for one in plan.unchecked),
        warnings=tuple(map(hide, plan.warnings)),
        reach=_reach(plan.reach, hide),
    )


def _change(change: Change, hide: Hide) -> Change:
    return replace(
        change,
        urn=hide(change.urn),
        name=hide(change.name),
        fields=tuple(replace(one, path=hide(one.path)) for one in change.fields),
        destroys=tuple(map(hide, change.destroys)),
    )


def _reach(reach: Reach, hide: Hide) -> Reach:
    resources = tuple(
        replace(
            one,
            id=hide(one.id),
            name=hide(one.name),
            parent=hide(one.parent) if one.parent else None,
            depends_on=tuple(map(hide, one.depends_on)),
        )
        for one in reach.graph.resources
    )
    applications = {hide(urn): hide(name) for urn, name in reach.graph.applications.items()}
    return Reach(
        Graph(resources, applications),
        frozenset(map(hide, reach.changed)),
        frozenset(map(hide, reach.reached)),
        tuple(tuple(map(hide, path)) for path in reach.paths),
    )
