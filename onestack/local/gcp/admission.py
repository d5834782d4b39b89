"""What Google makes of the inputs it accepts, within one project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

from onestack.local.gcp import gke, refusal, rules
from onestack.local.gcp.fill import declared, state_of
from onestack.local.gcp.project import Project, Record, new_number
from onestack.local.gcp.table import Type

SERVICE: Final = "gcp:projects/service:Service"
_POLICY_TYPES: Final = re.compile(r"IAMMember|IamMember")


def facts_of(known: Type, project: Project) -> dict[str, Any]:
    """What templates can name of a resource that is made now."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "project": project.name,
        "number": project.number,
        "born": new_number(),
        "made": now,
        "changed": now,
        "root": known.service.root,
    }


def check_circumstances(known: Type, operation: str, inputs: Mapping[str, Any], project: Project) -> None:
    """Raises GoogleRefused: an API, a place or a member isn't there."""
    rules.check_enabled(known, operation, project)
    rules.check_place(known, operation, inputs)
    if operation == "create" and _POLICY_TYPES.search(known.token):
        rules.check_member(known, inputs, project)


def admitted(
    known: Type,
    inputs: Mapping[str, Any],
    old: Mapping[str, Any],
    project: Project,
    resource_id: str,
    facts: Mapping[str, Any],
    operation: str,
) -> dict[str, Any]:
    """The state that Google accepts for these inputs. Raises GoogleRefused."""
    state = deepcopy(declared(known, inputs, old))
    rules.link_references(known, operation, state, project)
    if known.token == rules.SUBNETWORK:
        rules.check_ranges(known, state, project, resource_id, operation)
    elif known.token == gke.CLUSTER:
        gke.prepare_cluster(known, state, project, operation)
    elif known.token == gke.POOL:
        gke.prepare_pool(known, state, project, operation)
    given = {key: state[key] for key in inputs if key in state}
    return state_of(known, given, state, facts)


def put_new(
    known: Type, project: Project, resource_id: str, state: dict[str, Any], facts: Mapping[str, Any]
) -> None:
    """Keeps a new resource. Raises GoogleRefused: its name is taken."""
    there = project.resources.get(f"{known.token} {resource_id}")
    if there is not None and not known.adopts:
        raise refusal.exists(known, {**facts, **state, "id": resource_id, "noun": known.noun})
    if known.token == SERVICE and state["service"] not in project.services:
        project.services.append(str(state["service"]))
    born = there.born if there else facts["born"]
    project.put(known.token, resource_id, Record(known.token, state, born, facts["made"]))
