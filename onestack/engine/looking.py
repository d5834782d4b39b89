"""What a run that died was creating, asked for in a state of its own and taken up into the stack's. Pure.

The engine's own way (``pulumi refresh --import-pending-creates``) forgets the operations without asking for
anything, as of 3.255. And it would have to believe in what may not be there: a cluster that was about to be
replaced would be given up for one that was never made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onestack.engine.excerpt import closed
from onestack.engine.state import State
from onestack.gcp.left import Lead

_STANDS_ON: Final = ("dependencies", "propertyDependencies", "deletedWith")


def asking(state: State, leads: Sequence[Lead]) -> dict[str, Any]:
    """A state that believes in all of them, each under a name of its own, and has what to ask with."""
    parts = [part for lead in leads for part in _asked_with(lead.resource)]
    kept = closed(parts, [one for one in state.resources if not one.get("delete")])
    resources = [one for one in state.resources if str(one["urn"]) in kept and not one.get("delete")]
    believed = [
        {key: value for key, value in lead.resource.items() if key not in _STANDS_ON}
        | {"urn": _apart(lead.urn, number), "id": lead.id, "outputs": {}}
        for number, lead in enumerate(leads)
    ]
    deployment = {**state.deployment, "resources": [*resources, *believed]}
    deployment.pop("pending_operations", None)
    return deployment


def taken_up(state: State, leads: Sequence[Lead], after: State) -> dict[str, Any]:
    """The state with what exists, given what became of ``asking``; the operations asked about are answered.

    What it held under the same name was about to be replaced, and is to be deleted.
    """
    there = {str(one["urn"]): one for one in after.resources}
    resources = list(state.resources)
    for number, lead in enumerate(leads):
        found = there.get(_apart(lead.urn, number))
        if found is None or any(_same(one, lead) for one in resources):
            continue
        resources = [{**one, "delete": True} if one["urn"] == lead.urn else one for one in resources]
        resources.append(_standing({**lead.resource, **_read(found), "urn": lead.urn}, resources))
    asked = {lead.urn for lead in leads}
    begun = [
        one
        for one in state.begun
        if one.get("type") != "creating" or str((one.get("resource") or {}).get("urn")) not in asked
    ]
    return {**state.deployment, "resources": resources, "pending_operations": begun}


def _same(held: Mapping[str, Any], lead: Lead) -> bool:
    return held["urn"] == lead.urn and held.get("id") == lead.id


def _read(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("id", "inputs", "outputs") if key in found}


def _standing(resource: dict[str, Any], on: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The resource without what it stands on that isn't held: a state with such a gap can't be read."""
    held = {str(one["urn"]) for one in on}
    resource["dependencies"] = [one for one in resource.get("dependencies") or () if one in held]
    properties = resource.get("propertyDependencies") or {}
    resource["propertyDependencies"] = {
        key: [one for one in urns or () if one in held] for key, urns in properties.items()
    }
    if resource.get("deletedWith") not in held:
        resource.pop("deletedWith", None)
    return resource


def _asked_with(resource: Mapping[str, Any]) -> tuple[str, ...]:
    provider = str(resource.get("provider") or "").rpartition("::")[0]
    return tuple(str(one) for one in (resource.get("parent"), provider) if one)


def _apart(urn: str, number: int) -> str:
    return f"{urn}.{number}"
