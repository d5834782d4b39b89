"""What a plan reaches, from all that is known of what stands on what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onestack.graph import Resource
from onestack.inventory import Inventory
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.record import NAMESPACE, record_name
from onestack.plan.identities import identities
from onestack.plan.model import Reach
from onestack.plan.planned import Planned, identity_of
from onestack.plan.reach import reach
from onestack.plan.references import arrows


@dataclass(frozen=True)
class Known:
    """``held`` are the state's resources; ``applications`` names those of objects, by URN."""

    stack: str
    held: Sequence[Resource]
    inventory: Inventory
    manifests: Sequence[Manifest]
    applications: Mapping[str, str] = field(default_factory=dict)


def effect(planned: Sequence[Planned], known: Known) -> Reach:
    """The state's dependencies joined with the declared ones and with what objects say of each other.

    What a run of the engine says isn't asked: it may have been of a part, and says nothing of dependencies.
    """
    declared = (*known.inventory.before, *known.inventory.after)
    # The release record stands on everything, and means nothing to anybody else.
    record = f"{NAMESPACE}/{record_name(known.stack)}"
    resources = {one.id: one for one in known.held if one.name != record}
    for one in declared:
        resources.setdefault(one.urn, Resource(one.urn, one.token, one.name, depends_on=one.needs))
    for change in planned:
        if change.name != record:
            resources.setdefault(change.urn, Resource(change.urn, change.type, change.name))
    urns = _urns(resources.values())
    named = (*arrows(known.manifests),)
    between = [(urns[one], urns[on]) for one, on in named if one in urns and on in urns]
    between += [(one.urn, need) for one in declared for need in one.needs]
    between += [(urns[one], on) for one, on in identities(known.held, known.manifests) if one in urns]
    return reach([one.urn for one in planned], resources.values(), between, known.applications)


def _urns(resources: Iterable[Resource]) -> Mapping[Identity, str]:
    found: dict[Identity, str] = {}
    for one in resources:
        identity = identity_of(one.type, one.name)
        if identity is not None:
            found[identity] = one.id
    return found
