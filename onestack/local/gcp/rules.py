"""What Google checks before it does something: APIs, places, references, use by others."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from onestack.errors import GoogleRefused
from onestack.gcp.regions import REGIONS, zones
from onestack.local.gcp import refusal
from onestack.local.gcp.fill import service_agent
from onestack.local.gcp.project import Project, Record
from onestack.local.gcp.table import Reference, Type, type_of

ACCOUNT: Final = "gcp:serviceaccount/account:Account"
SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"
_IDENTITY: Final = "gcp:projects/serviceIdentity:ServiceIdentity"
# Their agents are there as soon as the API is enabled; others' only once they are asked for.
_AGENTS_AT_ONCE: Final = ("container.googleapis.com", "compute.googleapis.com")


@cache
def google() -> Mapping[str, Any]:
    """``google.yaml``: places beside the regions, machine types, Kubernetes versions."""
    text = (files("onestack.local.gcp") / "google.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def zones_of(location: str) -> tuple[str, ...]:
    """The zones that a regional resource is spread over, or the zone itself; empty for an unknown place."""
    letters = REGIONS.get(location)
    if letters is not None:
        return zones(location, letters[:3])
    region, _, letter = location.rpartition("-")
    return (location,) if letter and letter in REGIONS.get(region, ()) else ()


def check_place(known: Type, operation: str, state: Mapping[str, Any]) -> None:
    """Raises GoogleRefused: there is no such region or zone."""
    place = str(state.get(known.place) or "")
    if (
        not known.place
        or zones_of(place)
        or (known.place == "location" and place in google()["multiRegions"])
    ):
        return
    text = f"Invalid value for field '{known.place}': '{place}'. Unknown {known.place}., invalid"
    raise GoogleRefused(refusal.doing(known, operation), 400, text)


def check_enabled(known: Type, operation: str, project: Project) -> None:
    """Raises GoogleRefused: the API is not enabled in the project."""
    if known.needs not in project.services:
        raise refusal.disabled(known, operation, known.service, project)


def link_references(known: Type, operation: str, state: dict[str, Any], project: Project) -> None:
    """Finds everything that a resource refers to, and records self links where Google does, in place.

    Raises:
        GoogleRefused: something isn't there.
    """
    for reference in known.refers:
        other = type_of(reference.to)
        for value in values_at(state, reference.field):
            if value in ("", "default"):
                continue
            found = find(project, other, str(value), state)
            if found is None:
                raise refusal.missing(known, operation, other, str(value))
            if reference.link:
                state[reference.field] = found[1].state.get("selfLink", value)


def find(project: Project, other: Type, value: str, near: Mapping[str, Any]) -> tuple[str, Record] | None:
    """The resource that ``value`` means: an id, a self link, a name, or an account's address."""
    wanted = value[value.index("projects/") :] if "projects/" in value else value
    wanted = wanted.replace("projects/-/", f"projects/{project.name}/")
    for resource_id, record in project.of_type(other.token):
        if resource_id == wanted or ("/" not in wanted and _is_named(resource_id, record, wanted, near)):
            return resource_id, record
    return None


def _is_named(resource_id: str, record: Record, name: str, near: Mapping[str, Any]) -> bool:
    if resource_id.rpartition("/")[2] != name:
        return False
    region = record.state.get("region")
    where = str(near.get("region") or near.get("location") or region)
    return region is None or where == region or where.startswith(f"{region}-")


def users(project: Project, known: Type, resource_id: str, *, owned: bool) -> Iterator[tuple[str, Record]]:
    """Who refers to a resource: those that go with it (``owned``), or those that keep it from going."""
    for key, record in list(project.resources.items()):
        if record.gone or record.forgotten:
            continue
        for reference in type_of(record.type).refers:
            meant = reference.owner if owned else reference.pins
            if meant and reference.to == known.token and _refers(project, reference, record, resource_id):
                yield key.partition(" ")[2], record


def _refers(project: Project, reference: Reference, record: Record, resource_id: str) -> bool:
    other = type_of(reference.to)
    found = (
        find(project, other, str(value), record.state) for value in values_at(record.state, reference.field)
    )
    return any(one is not None and one[0] == resource_id for one in found)


def values_at(state: Any, path: str) -> Iterator[Any]:
    """The values at a path such as ``subnetworks[].name``; nothing where there are none."""
    if state is None:
        return
    head, _, rest = path.partition(".")
    many = head.endswith("[]")
    value = state.get(head.removesuffix("[]")) if isinstance(state, dict) else None
    for item in (value or []) if many else [value]:
        if rest:
            yield from values_at(item, rest)
        elif item is not None:
            yield item


def check_member(known: Type, state: Mapping[str, Any], project: Project) -> None:
    """Raises GoogleRefused: an account of this project that a role is granted to isn't there."""
    kind, _, who = str(state.get("member") or "").partition(":")
    if kind != "serviceAccount":
        return
    pool = re.match(r"(.+\.svc\.id\.goog)\[", who)
    if pool and pool[1] == f"{project.name}.svc.id.goog" and pool[1] not in project.identity_pools:
        text = (
            f"Identity Pool does not exist ({pool[1]}). Please check that you specified a valid resource "
            "name as returned in the `name` attribute in the configuration API., badRequest"
        )
        raise GoogleRefused(refusal.doing(known, "create"), 400, text)
    ours = who.endswith(f"@{project.name}.iam.gserviceaccount.com")
    agent = who.startswith(f"service-{project.number}@")
    if (ours and find(project, type_of(ACCOUNT), who, {}) is None) or (agent and who not in _agents(project)):
        raise GoogleRefused(
            refusal.doing(known, "create"), 400, f"Service account {who} does not exist., badRequest"
        )


def _agents(project: Project) -> set[str]:
    asked_for = {str(record.state.get("email")) for _, record in project.of_type(_IDENTITY)}
    at_once = {service_agent(api, project.number) for api in _AGENTS_AT_ONCE if api in project.services}
    return asked_for | at_once


def check_ranges(
    known: Type, state: Mapping[str, Any], project: Project, resource_id: str, operation: str
) -> None:
    """Raises GoogleRefused: a range of a subnetwork overlaps with another one of its network."""
    own = [str(one) for one in ranges_of(state)]
    taken = [
        (str(one), other_id)
        for other_id, record in project.of_type(SUBNETWORK)
        if other_id != resource_id and record.state.get("network") == state.get("network")
        for one in ranges_of(record.state)
    ]
    seen: list[tuple[str, str]] = []
    for one in own:
        for other, owner in [*taken, *seen]:
            if ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other)):
                text = (
                    f"Invalid IPCidrRange: {one} conflicts with existing subnetwork "
                    f"'{owner.rpartition('/')[2]}' in region '{state.get('region')}'., invalid"
                )
                raise GoogleRefused(refusal.doing(known, operation, resource_id), 400, text)
        seen.append((one, resource_id))


def ranges_of(state: Mapping[str, Any]) -> Iterator[str]:
    """All of a subnetwork's ranges."""
    if state.get("ipCidrRange"):
        yield str(state["ipCidrRange"])
    yield from (str(value) for value in values_at(state, "secondaryIpRanges[].ipCidrRange") if value)
