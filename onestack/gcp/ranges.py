"""Address ranges of a cluster's network: which Google takes, and how many nodes they hold. Pure.

Rules: https://cloud.google.com/vpc/docs/subnets#valid-ranges and
https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import Final

from onestack.gcp.faults import Fault

PODS_PER_NODE: Final = 110
"""Google's default and the most of a Standard cluster's default: each node takes a /24 of the pods' range."""
_NODE_PREFIX: Final = 24
_KEPT: Final = 4
"""Addresses of a subnet's primary range that Google keeps for itself."""
# The longest prefix, that is the smallest range, and the shortest.
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {"nodes": (8, 29), "pods": (9, 21), "services": (16, 27)}
_RESERVED: Final[Mapping[str, str]] = {
    "0.0.0.0/8": "this network",
    "127.0.0.0/8": "the host itself",
    "169.254.0.0/16": "link-local, with Google's metadata server",
    "199.36.153.4/30": "restricted.googleapis.com",
    "199.36.153.8/30": "private.googleapis.com",
    "224.0.0.0/4": "multicast",
    "255.255.255.255/32": "broadcast",
}
_PARSED: Final = {IPv4Network(text): what for text, what in _RESERVED.items()}
WIDEST_AUTHORIZED: Final = 8
"""The shortest prefix of a network that may be let in to the control plane."""


def parsed(value: object) -> IPv4Network:
    """The range that is written as ``10.0.0.0/16``.

    Raises: ValueError.
    """
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str) or "/" not in value:
        message = "write a range of addresses, such as '10.0.0.0/16'"
        raise ValueError(message)
    try:
        return IPv4Network(value)
    except ValueError:
        pass
    try:
        meant = IPv4Network(value, strict=False)
    except ValueError:
        message = f"'{value}' is no range of IPv4 addresses, such as '10.0.0.0/16'"
        raise ValueError(message) from None
    message = f"'{value}' begins in the middle of a range; did you mean {meant}?"
    raise ValueError(message)


def authorized(value: object) -> IPv4Network:
    """A network that may reach the control plane's address: never everybody.

    Raises: ValueError.
    """
    network = parsed(value)
    if network.prefixlen < WIDEST_AUTHORIZED:
        everybody = "everybody" if network.prefixlen == 0 else f"{network.num_addresses:,} addresses"
        message = (
            f"{network} would let {everybody} reach the control plane; name the networks that need it "
            f"(/{WIDEST_AUTHORIZED} or smaller), or leave it out: the DNS endpoint needs none"
        )
        raise ValueError(message)
    return network


def range_faults(ranges: Mapping[str, IPv4Network]) -> list[Fault]:
    """What Google would refuse of the ranges ``nodes``, ``pods`` and ``services``, each by its name."""
    faults = [fault for name, network in ranges.items() for fault in _alone(name, network)]
    for (first, one), (second, other) in combinations(ranges.items(), 2):
        if one.overlaps(other):
            both = f"{other} overlaps with {first}, {one}"
            faults.append(Fault((second,), both, "ranges of one network have no address in common"))
    return faults


def _alone(name: str, network: IPv4Network) -> list[Fault]:
    shortest, longest = _BOUNDS[name]
    faults = []
    if network.prefixlen > longest:
        faults.append(
            Fault((name,), f"{network} is too small", f"Google takes /{longest} or larger for {name}")
        )
    if network.prefixlen < shortest:
        faults.append(
            Fault((name,), f"{network} is too large", f"Google takes /{shortest} or smaller for {name}")
        )
    reserved = next((f"{one} ({what})" for one, what in _PARSED.items() if network.overlaps(one)), None)
    if reserved:
        faults.append(Fault((name,), f"{network} has addresses of {reserved}, which is reserved"))
    return faults


def nodes_in(network: IPv4Network) -> int:
    """How many nodes have an address in the nodes' range."""
    return max(network.num_addresses - _KEPT, 0)


def nodes_with_pods_in(network: IPv4Network) -> int:
    """How many nodes get a range for their pods out of the pods' range: a /24 each, for 110 pods."""
    return network.num_addresses >> (32 - _NODE_PREFIX)


def capacity_faults(nodes: IPv4Network, pods: IPv4Network, most: int) -> list[Fault]:
    """Whether ``most`` nodes have room, those that an upgrade adds for a while included."""
    faults = []
    if (room := nodes_in(nodes)) < most:
        what = f"{nodes} has addresses for {room} nodes, and the node pools grow to {most}, upgrades included"
        faults.append(Fault(("nodes",), what, _larger(most, nodes_in)))
    if (room := nodes_with_pods_in(pods)) < most:
        what = (
            f"{pods} has room for the pods of {room} nodes (a /24 for each node's {PODS_PER_NODE}), "
            f"and the node pools grow to {most}, upgrades included"
        )
        faults.append(Fault(("pods",), what, _larger(most, nodes_with_pods_in)))
    return faults


def _larger(most: int, counted: Callable[[IPv4Network], int]) -> str:
    for prefix in range(29, 7, -1):
        if counted(IPv4Network(f"0.0.0.0/{prefix}")) >= most:
            return f"take /{prefix} or larger, or fewer nodes"
    return "take fewer nodes"
