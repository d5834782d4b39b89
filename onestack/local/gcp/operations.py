"""Create, read, update and delete in a simulated project; blocking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.errors import OnestackError, ProviderError
from onestack.local.gcp import gke, refusal, rules
from onestack.local.gcp.admission import SERVICE, admitted, check_circumstances, facts_of, put_new
from onestack.local.gcp.faults import faults_file, read_faults, take
from onestack.local.gcp.fill import Facts, render, state_of
from onestack.local.gcp.finishing import cluster_name, finish
from onestack.local.gcp.placing import placed_inputs, project_in, project_name
from onestack.local.gcp.project import Project, Record
from onestack.local.gcp.session import Call, Session, fault_of, refuse_on_order, wait_for_google
from onestack.local.gcp.table import Type, type_of
from onestack.local.serving.failure import PartialFailure

_UNTIL_STARTED: Final = ("endpoint", "masterAuth", "controlPlaneEndpointsConfig", "masterVersion")


def create(sim: Session, call: Call) -> tuple[str, dict[str, Any]]:
    """Makes a resource: its id and properties.

    Raises:
        GoogleRefused: Google wouldn't.
        OperationTimedOut: it takes longer than the provider waits; it may be there all the same.
        PartialFailure: the same, for what Pulumi records then, too.
    """
    known, name = call.known, project_name(sim.config, call.known, call.inputs)
    inputs = placed_inputs(sim.config, known, call.inputs)
    with sim.projects.change(name) as project:
        facts = facts_of(known, project)
        state = state_of(known, inputs, {}, facts)
        resource_id = str(render(known.id, Facts(facts, state)))
        fault = fault_of(sim, project, known, resource_id, "create")
    refuse_on_order(sim, fault, call, resource_id, "create", name)
    with sim.projects.change(name) as project:
        check_circumstances(known, "create", inputs, project)
        facts["id"] = resource_id
        state = admitted(known, inputs, {}, project, resource_id, facts, "create")
        put_new(known, project, resource_id, state, facts)
    try:
        wait_for_google(sim, fault, call, known, "create", name)
        return resource_id, finish(sim, known, name, resource_id)
    except OnestackError as error:
        if not known.resumes:
            raise
        raise _begun(error, resource_id, state, inputs) from error


def read(sim: Session, known: Type, resource_id: str) -> dict[str, Any] | None:
    """The properties of a resource now; None where it is gone."""
    name = project_in(resource_id) or sim.config.project
    project = sim.projects.look(name)
    rule = take(read_faults(faults_file(sim.config.folder, name)), project, known.token, resource_id, "read")
    if rule.operation == "read":
        with sim.projects.change(name) as changing:
            rule = fault_of(sim, changing, known, resource_id, "read")
        refuse_on_order(sim, rule, Call(known, {}), resource_id, "read", name)
        sim.cancelled.wait(rule.seconds)
    record = project.get(known.token, resource_id)
    if known.token == SERVICE and resource_id.partition("/")[2] not in project.services:
        return None
    if record is None:
        return None
    return finish(sim, known, name, resource_id)


def update(sim: Session, call: Call) -> dict[str, Any]:
    """Changes a resource in place. Raises as ``create``; one that is gone is refused as not found."""
    known, resource_id = call.known, call.resource_id
    name = project_in(resource_id) or project_name(sim.config, known, call.inputs)
    inputs = placed_inputs(sim.config, known, call.inputs)
    with sim.projects.change(name) as project:
        fault = fault_of(sim, project, known, resource_id, "update")
    refuse_on_order(sim, fault, call, resource_id, "update", name)
    with sim.projects.change(name) as project:
        record = project.get(known.token, resource_id)
        if record is None:
            raise refusal.missing(known, "update", known, resource_id)
        check_circumstances(known, "update", inputs, project)
        facts = {**facts_of(known, project), "id": resource_id, "born": record.born, "made": record.made}
        record.state = admitted(known, inputs, record.state, project, resource_id, facts, "update")
    wait_for_google(sim, fault, call, known, "update", name)
    return finish(sim, known, name, resource_id)


def delete(sim: Session, call: Call) -> None:
    """Deletes a resource, and what goes with it; one that is gone is no error.

    Raises:
        ProviderError: it is protected.
        GoogleRefused: it is in use.
    """
    known, resource_id, old = call.known, call.resource_id, call.old
    name = project_in(resource_id) or sim.config.project
    _check_protection(known, old)
    if old.get("deletionPolicy") == "ABANDON":
        return
    with sim.projects.change(name) as project:
        fault = fault_of(sim, project, known, resource_id, "delete")
    refuse_on_order(sim, fault, call, resource_id, "delete", name)
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
    elif known.token == gke.POOL and sim.clusters(name).find(cluster_name(record.state)):
        sim.clusters(name).set_nodes(cluster_name(record.state), record.state["name"], ())
    wait_for_google(sim, fault, call, known, "delete", name)


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


def _begun(
    error: OnestackError, resource_id: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
) -> PartialFailure:
    """GKE's resources are recorded as soon as their creation began; no others are.

    What Google fills in is not known then; what was declared is.

    Source: the Create functions of terraform-provider-google. Elsewhere they say, when a wait fails, "The
    resource didn't actually create", and forget its id.
    """
    partial = {
        key: inputs[key] if key in _UNTIL_STARTED else value
        for key, value in state.items()
        if key not in _UNTIL_STARTED or key in inputs
    }
    return PartialFailure(str(error), object_id=resource_id, reasons=(), state=partial)
