"""Create, read, update and delete in a simulated project, with its faults; blocking."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from onestack.errors import OnestackError, OperationTimedOut, ProviderError
from onestack.local.gcp import gke, refusal, rules
from onestack.local.gcp.config import Config
from onestack.local.gcp.faults import Fault, Operation, faults_file, read_faults, take
from onestack.local.gcp.fill import Facts, declared, render, state_of
from onestack.local.gcp.project import Project, Projects, Record, new_number
from onestack.local.gcp.protocol import Clusters
from onestack.local.gcp.table import Type, type_of
from onestack.local.serving.failure import PartialFailure

SERVICE: Final = "gcp:projects/service:Service"
_POLICY_TYPES: Final = re.compile(r"IAMMember|IamMember")
# Source: the timeouts in the resources of terraform-provider-google; those of GKE are longer.
_WAIT_SECONDS: Final = 20 * 60.0
_UNTIL_STARTED: Final = ("endpoint", "masterAuth", "controlPlaneEndpointsConfig", "masterVersion")


@dataclass
class Simulation:
    """One configured provider. ``make_clusters`` gives the control planes of a project's folder."""

    config: Config
    make_clusters: Callable[[Path], Clusters]
    cancelled: threading.Event = field(default_factory=threading.Event)
    _clusters: dict[str, Clusters] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.projects = Projects(self.config.folder)

    def clusters(self, project: str) -> Clusters:
        """The control planes of a project, in the folder beside its file."""
        with self._making:
            if project not in self._clusters:
                self._clusters[project] = self.make_clusters(self.config.folder / project)
            return self._clusters[project]


@dataclass(frozen=True)
class Call:
    """What is to be done with one resource; ``seconds`` is the program's own timeout, 0 for the usual one."""

    known: Type
    inputs: Mapping[str, Any]
    resource_id: str = ""
    old: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0


def create(sim: Simulation, call: Call) -> tuple[str, dict[str, Any]]:
    """Makes a resource: its id and properties.

    Raises:
        GoogleRefused: Google wouldn't.
        OperationTimedOut: it takes longer than the provider waits; it may be there all the same.
        PartialFailure: the same, for what Pulumi records then, too.
    """
    known, name = call.known, project_name(sim.config, call.known, call.inputs)
    inputs = _placed(sim.config, known, call.inputs)
    with sim.projects.change(name) as project:
        facts = _facts(known, project)
        state = state_of(known, inputs, {}, facts)
        resource_id = str(render(known.id, Facts(facts, state)))
        fault = _fault(sim, project, known, resource_id, "create")
    _refuse(sim, fault, call, resource_id, "create", name)
    with sim.projects.change(name) as project:
        _check(known, "create", inputs, project)
        facts["id"] = resource_id
        state = _admitted(known, inputs, {}, project, resource_id, facts, "create")
        _put_new(known, project, resource_id, state, facts)
    try:
        _wait(sim, fault, call, known, "create")
        return resource_id, _finish(sim, known, name, resource_id)
    except OnestackError as error:
        if not known.resumes:
            raise
        raise _begun(error, resource_id, state) from error


def read(sim: Simulation, known: Type, resource_id: str) -> dict[str, Any] | None:
    """The properties of a resource now; None where it is gone."""
    name = _project_in(resource_id) or sim.config.project
    project = sim.projects.look(name)
    rule = take(read_faults(faults_file(sim.config.folder, name)), project, known.token, resource_id, "read")
    if rule.operation == "read":
        with sim.projects.change(name) as changing:
            rule = _fault(sim, changing, known, resource_id, "read")
        _refuse(sim, rule, Call(known, {}), resource_id, "read", name)
        sim.cancelled.wait(rule.seconds)
    record = project.get(known.token, resource_id)
    if known.token == SERVICE and resource_id.partition("/")[2] not in project.services:
        return None
    if record is None:
        return None
    return _finish(sim, known, name, resource_id)


def update(sim: Simulation, call: Call) -> dict[str, Any]:
    """Changes a resource in place. Raises as ``create``; one that is gone is refused as not found."""
    known, resource_id = call.known, call.resource_id
    name = _project_in(resource_id) or project_name(sim.config, known, call.inputs)
    inputs = _placed(sim.config, known, call.inputs)
    with sim.projects.change(name) as project:
        fault = _fault(sim, project, known, resource_id, "update")
    _refuse(sim, fault, call, resource_id, "update", name)
    with sim.projects.change(name) as project:
        record = project.get(known.token, resource_id)
        if record is None:
            raise refusal.missing(known, "update", known, resource_id)
        _check(known, "update", inputs, project)
        facts = {**_facts(known, project), "id": resource_id, "born": record.born, "made": record.made}
        record.state = _admitted(known, inputs, record.state, project, resource_id, facts, "update")
    _wait(sim, fault, call, known, "update")
    return _finish(sim, known, name, resource_id)


def delete(sim: Simulation, call: Call) -> None:
    """Deletes a resource, and what goes with it; one that is gone is no error.

    Raises:
        ProviderError: it is protected.
        GoogleRefused: it is in use.
    """
    known, resource_id, old = call.known, call.resource_id, call.old
    name = _project_in(resource_id) or sim.config.project
    _check_protection(known, old)
    if old.get("deletionPolicy") == "ABANDON":
        return
    with sim.projects.change(name) as project:
        fault = _fault(sim, project, known, resource_id, "delete")
    _refuse(sim, fault, call, resource_id, "delete", name)
    with sim.projects.change(name) as project:
        record = project.get(known.token, resource_id)
        if record is None:
            return
        rules.check_enabled(known, "delete", project)
        for user_id, _ in rules.users(project, known, resource_id, owned=False):
            raise refusal.in_use(known, resource_id, user_id)
        _take_away(project, known, resource_id, record, disable=bool(old.get("disableOnDestroy")))
    if known.token == gke.CLUSTER:
        sim.clusters(name).delete(record.state["name"])
    elif known.token == gke.POOL and sim.clusters(name).find(_cluster_name(record.state)):
        sim.clusters(name).set_nodes(_cluster_name(record.state), record.state["name"], ())
    _wait(sim, fault, call, known, "delete")


def project_name(config: Config, known: Type, inputs: Mapping[str, Any]) -> str:
    """The project that a resource is to be in.

    Raises:
        ProviderError: nothing names one.
    """
    owners = (
        str(inputs.get(one.field) or "") for one in known.refers if one.owner or known.id.startswith("{")
    )
    above = next((_project_in(owner) for owner in owners if owner.startswith("projects/")), "")
    name = str(inputs.get("project") or above or config.project)
    if not name:
        raise ProviderError("project: required field is not set")
    return name.removeprefix("projects/")


def _project_in(resource_id: str) -> str:
    """The project in an id: ``projects/P/…``, or the first part of the few ids that begin with it."""
    parts = resource_id.split("/")
    if parts[0] == "projects" and len(parts) > 1:
        return parts[1]
    return parts[0]


def _placed(config: Config, known: Type, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the provider's region where they name no place. Raises ProviderError."""
    placed = dict(inputs)
    if known.place and not placed.get(known.place):
        owner = next((str(inputs.get(one.field) or "") for one in known.refers if one.owner), "")
        named = re.search(r"/(?:locations|regions)/([^/]+)/", owner)
        place = named[1] if named else config.region or (config.zone if known.place == "location" else "")
        if not place:
            raise ProviderError(f"{known.place}: required field is not set")
        placed[known.place] = place
    return placed


def _facts(known: Type, project: Project) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "project": project.name,
        "number": project.number,
        "born": new_number(),
        "made": now,
        "changed": now,
        "root": known.service.root,
    }


def _check(known: Type, operation: str, inputs: Mapping[str, Any], project: Project) -> None:
    rules.check_enabled(known, operation, project)
    rules.check_place(known, operation, inputs)
    if operation == "create" and _POLICY_TYPES.search(known.token):
        rules.check_member(known, inputs, project)


def _admitted(
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


def _put_new(
    known: Type, project: Project, resource_id: str, state: dict[str, Any], facts: Mapping[str, Any]
) -> None:
    there = project.resources.get(f"{known.token} {resource_id}")
    if there is not None and not known.adopts:
        raise refusal.exists(known, {**facts, **state, "id": resource_id, "noun": known.noun})
    if known.token == SERVICE and state["service"] not in project.services:
        project.services.append(str(state["service"]))
    born = there.born if there else facts["born"]
    project.put(known.token, resource_id, Record(known.token, state, born, facts["made"]))


def _finish(sim: Simulation, known: Type, name: str, resource_id: str) -> dict[str, Any]:
    """What an operation leaves at Google once it is through: for GKE a control plane and nodes."""
    record = sim.projects.look(name).get(known.token, resource_id)
    if record is None:
        raise refusal.missing(known, "update", known, resource_id)
    if known.token == gke.CLUSTER:
        return _start_cluster(sim, known, name, resource_id, record)
    if known.token == gke.POOL:
        cluster = _cluster_name(record.state)
        nodes = gke.nodes_of(cluster, record.state["name"], record.state)
        sim.clusters(name).set_nodes(cluster, record.state["name"], nodes)
    return record.state


def _start_cluster(
    sim: Simulation, known: Type, name: str, resource_id: str, record: Record
) -> dict[str, Any]:
    clusters, cluster = sim.clusters(name), record.state["name"]
    plane = clusters.find(cluster)
    if plane is None:
        plane = clusters.create(cluster, str(record.state["masterVersion"]).partition("-")[0])
        if not record.state.get("removeDefaultNodePool") and not record.state.get("enableAutopilot"):
            pool = {**(record.state.get("nodeConfig") or {}), **record.state}
            pool = {**pool, "nodeLocations": rules.zones_of(str(record.state["location"]))}
            clusters.set_nodes(cluster, gke.DEFAULT_POOL, gke.nodes_of(cluster, gke.DEFAULT_POOL, pool))
    with sim.projects.change(name) as project:
        now = project.get(known.token, resource_id)
        if now is None:
            raise refusal.missing(known, "update", known, resource_id)
        gke.started(now.state, plane)
        return now.state


def _take_away(project: Project, known: Type, resource_id: str, record: Record, *, disable: bool) -> None:
    if known.token == SERVICE and disable and record.state["service"] in project.services:
        project.services.remove(record.state["service"])
    for owned_id, owned in list(rules.users(project, known, resource_id, owned=True)):
        _take_away(project, type_of(owned.type), owned_id, owned, disable=False)
    if known.remains == "kept":
        record.forgotten = True
    elif known.remains == "deleted":
        record.gone = True
    else:
        project.remove(known.token, resource_id)


def _check_protection(known: Type, old: Mapping[str, Any]) -> None:
    """Source: the Delete functions of terraform-provider-google."""
    if known.token == gke.CLUSTER and old.get("deletionProtection") is not False:
        raise ProviderError(
            "Cannot destroy cluster because deletion_protection is set to true. "
            "Set it to false to proceed with cluster deletion."
        )
    if old.get("deletionPolicy") == "PREVENT":
        raise ProviderError(
            f'cannot destroy {known.noun} without setting deletion_policy="DELETE" and running `pulumi up`'
        )


def _fault(sim: Simulation, project: Project, known: Type, resource_id: str, operation: Operation) -> Fault:
    rules_now = read_faults(faults_file(sim.config.folder, project.name))
    return take(rules_now, project, known.token, resource_id, operation)


def _refuse(sim: Simulation, fault: Fault, call: Call, resource_id: str, operation: str, name: str) -> None:
    if fault.refuse:
        sim.cancelled.wait(fault.seconds)
        raise refusal.on_order(call.known, operation, resource_id, fault.refuse, sim.projects.look(name))


def _wait(sim: Simulation, fault: Fault, call: Call, known: Type, operation: str) -> None:
    """Waits as long as Google takes; raises where that is longer than the provider waits."""
    patience = call.seconds or _WAIT_SECONDS
    doing = (
        f"for {operation.removesuffix('e')}ing {known.noun}"
        if known.resumes
        else f"to {operation} {known.noun}"
    )
    if sim.cancelled.wait(min(fault.seconds, patience)):
        raise ProviderError(f"Error waiting {doing}: context canceled")
    if fault.halfway or fault.seconds > patience:
        raise OperationTimedOut(doing, min(fault.seconds, patience))


def _begun(error: OnestackError, resource_id: str, state: Mapping[str, Any]) -> PartialFailure:
    """GKE's resources are recorded as soon as their creation began; no others are.

    Source: the Create functions of terraform-provider-google. Elsewhere they say, when a wait fails, "The
    resource didn't actually create", and forget its id.
    """
    partial = {key: value for key, value in state.items() if key not in _UNTIL_STARTED}
    return PartialFailure(str(error), object_id=resource_id, reasons=(), state=partial)


def _cluster_name(pool: Mapping[str, Any]) -> str:
    return str(pool["cluster"]).rpartition("/")[2]
