"""NetworkPolicies and PodDisruptionBudgets (``networking/validation``, ``policy/validation``). Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from onestack.manifests.manifest import dotted
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, mapping, mappings, number, texts
from onestack.validation.rules.bounds import natural, port, port_name
from onestack.validation.rules.pods import selector


def network_policy(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateNetworkPolicySpec``."""
    spec = mapping(body, "spec")
    yield from selector(spec.get("podSelector"), ("spec", "podSelector"))
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for step, held in mappings(spec, way, EACH, "ports", EACH):
            yield from _port(held, ("spec", *step))
        for step, peer in mappings(spec, way, EACH, peers, EACH):
            yield from _peer(peer, ("spec", *step))


def _port(held: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidateNetworkPolicyPort``."""
    yield from port(held, path, "port", "endPort")
    yield from port_name(held.get("port"), (*path, "port"))
    first, last = number(held, "port"), number(held, "endPort")
    if last is not None and first is None:
        yield Fault((*path, "endPort"), "endPort needs a port number to start from", "write port", key=True)
    elif last is not None and first is not None and last < first:
        yield Fault((*path, "endPort"), f"{dotted((*path, 'endPort'))} is {last}", f"write {first} or more")


def _peer(peer: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidateNetworkPolicyPeer``, ``ValidateIPBlock``."""
    others = [field for field in ("podSelector", "namespaceSelector") if peer.get(field) is not None]
    if peer.get("ipBlock") is None:
        if not others:
            yield Fault(path, f"{dotted(path)} is empty", "write ipBlock, podSelector or namespaceSelector")
        for field in others:
            yield from selector(peer[field], (*path, field))
        return
    if others:
        yield Fault(
            (*path, "ipBlock"), f"a peer has both ipBlock and {others[0]}", "write two peers", key=True
        )
    block = mapping(peer, "ipBlock")
    whole = _network(block.get("cidr"))
    for step, text in [*texts(block, "cidr"), *texts(block, "except", EACH)]:
        found = _network(text)
        if found is None:
            what = f"{dotted((*path, 'ipBlock', *step))} is {said(text)}"
            yield Fault((*path, "ipBlock", *step), what, "write a network such as '10.0.0.0/8'")
        elif whole is not None and step[0] == "except" and not _strictly_in(found, whole):
            what = f"{text} isn't a part of {whole}"
            yield Fault((*path, "ipBlock", *step), what, "except only what lies within the cidr")


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: Any) -> _Network | None:
    if not isinstance(text, str) or "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _strictly_in(part: _Network, whole: _Network) -> bool:
    return (
        part.version == whole.version and part.prefixlen > whole.prefixlen and part.network_address in whole
    )


def disruption_budget(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidatePodDisruptionBudgetSpec``."""
    spec = mapping(body, "spec")
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        what = "the budget has both minAvailable and maxUnavailable"
        yield Fault(("spec", "maxUnavailable"), what, "keep one", key=True)
    yield from natural(spec, ("spec",), "minAvailable", "maxUnavailable")
    for field in ("minAvailable", "maxUnavailable"):
        value = spec.get(field)
        if isinstance(value, str) and not (value.endswith("%") and value[:-1].isdecimal()):
            yield Fault(
                ("spec", field), f"spec.{field} is {said(value)}", "write a number or a share such as '50%'"
            )
    yield from selector(spec.get("selector"), ("spec", "selector"))
