"""A stack's settings for Google Cloud, as frozen values that hold only what Google takes. Pure.

What is wrong is a finding of pydantic at the setting that has to be changed, so that whoever reads the
settings can name file, key and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from onestack.frozen import Frozen
from onestack.gcp import machine_types, ranges
from onestack.gcp.faults import Fault, near, refuse
from onestack.gcp.identities import Grants
from onestack.gcp.maintenance import Maintenance
from onestack.gcp.names import project_id
from onestack.gcp.node_pools import NodePool, PoolName
from onestack.gcp.regions import REGIONS, zones
from onestack.gcp.repository import Github

REQUIRED: Final[Mapping[str, str]] = {
    "gcp.project": "write the id of a project that exists, such as 'acme-dev'",
    "gcp.region": "write one of Google's regions, such as 'europe-west4'",
    "gcp.network": "write three ranges that don't overlap, such as "
    "{nodes: 10.10.0.0/20, pods: 10.20.0.0/14, services: 10.24.0.0/20}",
    "gcp.network.nodes": "write a range for the nodes, such as 10.10.0.0/20",
    "gcp.network.pods": "write a range for the pods, such as 10.20.0.0/14",
    "gcp.network.services": "write a range for the services, such as 10.24.0.0/20",
}
"""What to write where a setting is missing."""

Range = Annotated[IPv4Network, BeforeValidator(ranges.parsed)]
AuthorizedRange = Annotated[IPv4Network, BeforeValidator(ranges.authorized)]
ZoneLetter = Annotated[str, Field(min_length=1, max_length=1)]
ProjectId = Annotated[str, AfterValidator(project_id)]


class Ranges(Frozen):
    """The network's address ranges, as CIDR.

    ``nodes`` may grow in place as long as it begins at the same address. Any other change moves the cluster
    to a subnet of its own, and no range of that one may overlap with the old: change all three.
    """

    nodes: Range
    pods: Range
    services: Range

    @model_validator(mode="after")
    def _fit(self) -> Self:
        refuse(ranges.range_faults({"nodes": self.nodes, "pods": self.pods, "services": self.services}))
        return self


class Cluster(Frozen):
    """The GKE cluster.

    ``location`` is the region (the default: control plane and nodes in three zones) or one of its zones.
    Raising ``generation`` replaces the cluster. ``endpoint`` is how the kubeconfig reaches the control plane:
    ``dns``, Google's name for it, guarded by IAM, or ``ip``, its address, open to ``authorized_networks``.
    """

    location: str | None = None
    generation: Annotated[int, Field(ge=1, le=9999)] = 1
    channel: Literal["rapid", "regular", "stable", "extended"] = "regular"
    maintenance: Maintenance = Maintenance()
    authorized_networks: dict[Annotated[str, Field(min_length=1)], AuthorizedRange] = Field(
        default_factory=dict
    )
    endpoint: Literal["dns", "ip"] = "dns"

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.endpoint == "ip" and not self.authorized_networks:
            what = "without authorizedNetworks nobody outside the network could reach the address"
            refuse([Fault(("endpoint",), what, "name the networks, or take the endpoint 'dns'")])
        return self

    @property
    def has_address(self) -> bool:
        """Whether the control plane is reached by an address, too, beside Google's name for it."""
        return self.endpoint == "ip" or bool(self.authorized_networks)


class Registry(Frozen):
    """The Artifact Registry of the stack's images; ``name`` defaults to the stack."""

    name: Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")] | None = None


class State(Frozen):
    """Where the stack's state is kept; ``bucket`` defaults to ``<project>-onestack-state``.

    Names: https://cloud.google.com/storage/docs/buckets#naming
    """

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$")] | None = None


class GcpSettings(Frozen):
    """All that a stack says of Google Cloud.

    ``known_regions`` (zones' letters by region) and ``known_machine_types`` are for what Google has that
    onestack doesn't know yet. ``protected``: nothing that holds data or carries others is deleted.
    """

    project: ProjectId
    region: str
    network: Ranges
    cluster: Cluster = Cluster()
    node_pools: dict[PoolName, NodePool] = Field(
        default_factory=lambda: {"default": NodePool()}, min_length=1
    )
    registry: Registry = Registry()
    state: State = State()
    github: Github | None = None
    identities: Grants = Field(default_factory=dict)
    protected: bool = True
    known_regions: dict[str, Annotated[tuple[ZoneLetter, ...], Field(strict=False)]] = Field(
        default_factory=dict
    )
    known_machine_types: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _known_and_large_enough(self) -> Self:
        pools = list(self.node_pools.values())
        most = sum(pool.max for pool in pools) + max(pool.max_surge for pool in pools)
        room = ranges.capacity_faults(self.network.nodes, self.network.pods, most)
        refuse(
            [
                *self._place_faults(),
                *self._machine_faults(),
                *(Fault(("network", *fault.at), fault.what, fault.expected) for fault in room),
            ]
        )
        return self

    @property
    def location(self) -> str:
        """Where the cluster is: a region or a zone."""
        return self.cluster.location or self.region

    @property
    def zones(self) -> int:
        """In how many zones the cluster has nodes: Google takes three of a region's."""
        return 1 if self.location != self.region else 3

    def _regions(self) -> Mapping[str, tuple[str, ...]]:
        return {**REGIONS, **self.known_regions}

    def _place_faults(self) -> Iterator[Fault]:
        known = self._regions()
        if self.region not in known:
            what = f"'{self.region}' is no region of Google's that onestack knows"
            other = "name a newer one under onestack:gcp.knownRegions, with the letters of its zones"
            yield Fault(("region",), what, near(self.region, list(known)) or other)
            return
        places = (self.region, *zones(self.region, known[self.region]))
        if self.location not in places:
            what = f"'{self.location}' is neither the region {self.region} nor one of its zones"
            zones_known = f"its zones are {', '.join(places[1:])}"
            yield Fault(("cluster", "location"), what, near(self.location, places) or zones_known)

    def _machine_faults(self) -> Iterator[Fault]:
        known = (*machine_types.MACHINE_TYPES, *self.known_machine_types)
        for name, pool in self.node_pools.items():
            what = machine_types.fault(pool.machine_type)
            if what and pool.machine_type not in self.known_machine_types:
                other = "name a newer one under onestack:gcp.knownMachineTypes"
                yield Fault(("nodePools", name, "machineType"), what, near(pool.machine_type, known) or other)
