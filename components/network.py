"""A network for one cluster: subnet, way out, and a closed door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.options import within
from onestack.gcp.settings import Ranges

PODS: Final = "pods"
SERVICES: Final = "services"
"""Names of the secondary ranges."""
_LAST_BUT_ONE: Final = 65534
"""Priority: everything that GKE opens comes before; Google's own silent refusal, at 65535, after."""
_PORTS: Final = (64, 4096)
"""Ports of the outgoing address that a node may have: at first, and when it needs more. Powers of two."""


@dataclass(frozen=True)
class NetworkArgs:
    """``name`` is the network's, ``subnet`` the subnet's; another ``subnet`` is made before the old one goes.

    ``protected``: network and subnet can't be deleted or replaced.
    """

    project: str
    region: str
    name: str
    subnet: str
    ranges: Ranges
    protected: bool = True


class Network(pulumi.ComponentResource):
    """A VPC network of its own with one subnet, its secondary ranges for pods and services, and Cloud NAT.

    Nodes have no public addresses: they reach Google's services inside (private Google access) and the rest
    of the world through NAT, whose number of addresses Google chooses. Flow logs are on, for one flow in
    two, by the minute. Nothing gets in but what GKE opens for load balancers; what is refused is logged.

    Not done here: peering, VPN, DNS zones, shared VPC, IPv6, limits on what goes out, a way in for SSH.
    """

    network: str
    """``projects/<project>/global/networks/<name>``, known before it exists."""
    subnetwork: str
    """``projects/<project>/regions/<region>/subnetworks/<name>``, known before it exists."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("onestack:google:Network", name, None, opts)
        self.network = f"projects/{args.project}/global/networks/{args.name}"
        self.subnetwork = f"projects/{args.project}/regions/{args.region}/subnetworks/{args.subnet}"
        vpc = gcp.compute.Network(
            "network",
            project=args.project,
            name=args.name,
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=within(self, opts, protect=args.protected),
        )
        self._subnet(args, vpc, opts)
        self._way_out(args, vpc, opts)
        self._closed_door(args, vpc, opts)
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork})

    def _subnet(
        self, args: NetworkArgs, vpc: gcp.compute.Network, opts: pulumi.ResourceOptions | None
    ) -> None:
        gcp.compute.Subnetwork(
            "subnet",
            project=args.project,
            region=args.region,
            name=args.subnet,
            network=vpc.id,
            ip_cidr_range=str(args.ranges.nodes),
            secondary_ip_ranges=[
                {"range_name": PODS, "ip_cidr_range": str(args.ranges.pods)},
                {"range_name": SERVICES, "ip_cidr_range": str(args.ranges.services)},
            ],
            private_ip_google_access=True,
            log_config={
                "aggregation_interval": "INTERVAL_1_MIN",
                "flow_sampling": 0.5,
                "metadata": "INCLUDE_ALL_METADATA",
            },
            opts=within(self, opts, protect=args.protected),
        )

    def _way_out(
        self, args: NetworkArgs, vpc: gcp.compute.Network, opts: pulumi.ResourceOptions | None
    ) -> None:
        router = gcp.compute.Router(
            "router",
            project=args.project,
            region=args.region,
            name=args.name,
            network=vpc.id,
            opts=within(self, opts),
        )
        least, most = _PORTS
        gcp.compute.RouterNat(
            "nat",
            project=args.project,
            region=args.region,
            name=args.name,
            router=router.name,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            enable_dynamic_port_allocation=True,
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=least,
            max_ports_per_vm=most,
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=within(self, opts),
        )

    def _closed_door(
        self, args: NetworkArgs, vpc: gcp.compute.Network, opts: pulumi.ResourceOptions | None
    ) -> None:
        gcp.compute.Firewall(
            "deny-ingress",
            project=args.project,
            name=f"{args.name}-deny-ingress",
            network=vpc.id,
            direction="INGRESS",
            priority=_LAST_BUT_ONE,
            denies=[{"protocol": "all"}],
            source_ranges=["0.0.0.0/0"],
            log_config={"metadata": "INCLUDE_ALL_METADATA"},
            opts=within(self, opts),
        )
