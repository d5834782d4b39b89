"""Readiness of what brings traffic to pods."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.health.live import Live, items, section, text
from onestack.health.verdict import Verdict, ready, waiting


def service(obj: Live, endpoint_slices: Sequence[Live] | None) -> Verdict:
    """Has an address where one is to be allocated, and no pod behind it that is still starting.

    The second half needs its EndpointSlices; without them it is left to the workloads. As the
    official provider has it, a selector that matches no pod at all is ready.
    """
    kind = text(obj, "spec", "type") or "ClusterIP"
    if kind == "LoadBalancer" and not items(obj, "status", "loadBalancer", "ingress"):
        return waiting("no address was allocated to the load balancer yet")
    by_selector = bool(section(obj, "spec", "selector"))
    headless = text(obj, "spec", "clusterIP") == "None"
    if endpoint_slices is None or kind == "ExternalName" or headless or not by_selector:
        return ready(_address(obj, kind))
    if not endpoint_slices:
        return waiting("its endpoints have not been looked up yet")
    endpoints = [section(e, "conditions") for part in endpoint_slices for e in items(part, "endpoints")]
    starting = sum(c.get("ready") is False and c.get("terminating") is not True for c in endpoints)
    if starting:
        return waiting(f"{starting} of {len(endpoints)} pods behind it not ready")
    return ready(_address(obj, kind) if endpoints else "it targets no pods")


def ingress(obj: Live) -> Verdict:
    """Has an address from its controller."""
    addresses = items(obj, "status", "loadBalancer", "ingress")
    if not addresses:
        name = text(obj, "spec", "ingressClassName")
        return waiting(f"no address from its ingress controller yet (class {name or 'not set'})")
    return ready(f"address {_first(addresses)}")


def _address(obj: Live, kind: str) -> str:
    addresses = items(obj, "status", "loadBalancer", "ingress")
    return f"address {_first(addresses)}" if kind == "LoadBalancer" else kind


def _first(addresses: Sequence[Live]) -> str:
    return text(addresses[0], "ip") or text(addresses[0], "hostname") or "assigned"
