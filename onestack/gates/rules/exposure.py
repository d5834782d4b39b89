"""Rules about what the world can reach. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from onestack.gates.policy import Review, Rule, Violation, rule
from onestack.graph import Resource
from onestack.validation.parts import EACH, each, labels, mapping, text, texts

_INTERNAL: Final = {
    "cloud.google.com/load-balancer-type": {"Internal"},
    "networking.gke.io/load-balancer-type": {"Internal"},
    "service.beta.kubernetes.io/aws-load-balancer-internal": {"true"},
    "service.beta.kubernetes.io/aws-load-balancer-scheme": {"internal"},
    "service.beta.kubernetes.io/azure-load-balancer-internal": {"true"},
}
_CLUSTER: Final = "gcp:container/cluster:Cluster"
_SHELLS: Final = frozenset({"22", "3389"})
_WIDEST: Final = 8
"""A range that is wider than a /8 is about everybody."""


@rule(
    "load-balancer",
    "A load balancer is open to the world unless it is internal or names who may come.",
    severity="warning",
)
def load_balancer(review: Review) -> Iterator[Violation]:
    for service in review.of_kind("Service"):
        notes = labels(service.body, "metadata", "annotations")
        internal = any(notes.get(key) in words for key, words in _INTERNAL.items())
        ranges = any(texts(service.body, "spec", "loadBalancerSourceRanges", EACH))
        if text(service.body, "spec", "type") == "LoadBalancer" and not internal and not ranges:
            yield Violation("everybody can reach it", service, ("spec", "type"))


@rule("control-plane-open", "Who reaches the control plane needs only one leaked credential more.")
def control_plane_open(review: Review) -> Iterator[Violation]:
    for cluster in review.of_type(_CLUSTER):
        listed = mapping(cluster.inputs, "masterAuthorizedNetworksConfig")
        for _, found in texts(listed, "cidrBlocks", EACH, "cidrBlock"):
            if _everybody(found):
                yield Violation(f"its control plane is open to {found}", cluster)
        if not listed and _has_address(cluster):
            yield Violation("its control plane has a public address without authorised networks", cluster)


@rule("public-nodes", "A node with a public address can be attacked directly.")
def public_nodes(review: Review) -> Iterator[Violation]:
    for cluster in review.of_type(_CLUSTER):
        if mapping(cluster.inputs, "privateClusterConfig").get("enablePrivateNodes") is not True:
            yield Violation("its nodes have public addresses", cluster)


@rule("shell-open", "Shells and remote desktops are what is tried first.")
def shell_open(review: Review) -> Iterator[Violation]:
    for wall in review.of_type("gcp:compute/firewall:Firewall"):
        sources = [found for _, found in texts(wall.inputs, "sourceRanges", EACH) if _everybody(found)]
        for _, allowed in each(wall.inputs, "allows", EACH):
            ports = [found for _, found in texts(allowed, "ports", EACH)]
            if sources and (not ports or any(_holds_shell(port) for port in ports)):
                yield Violation(f"it lets {sources[0]} in to port 22 or 3389", wall)


def _has_address(cluster: Resource) -> bool:
    """Whether the control plane has a public address; what isn't known yet is taken to be as it should."""
    private = mapping(cluster.inputs, "privateClusterConfig").get("enablePrivateEndpoint")
    by_address = mapping(cluster.inputs, "controlPlaneEndpointsConfig", "ipEndpointsConfig").get("enabled")
    return private in {None, False} and by_address is not False


def _everybody(written: str) -> bool:
    try:
        return ip_network(written, strict=False).prefixlen < _WIDEST
    except ValueError:
        return False


def _holds_shell(written: str) -> bool:
    first, _, last = written.partition("-")
    if not last:
        return first in _SHELLS
    return first.isdigit() and last.isdigit() and any(int(first) <= int(one) <= int(last) for one in _SHELLS)


RULES: Final[tuple[Rule, ...]] = (load_balancer, control_plane_open, public_nodes, shell_open)
