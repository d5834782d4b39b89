"""Services (``pkg/apis/core/validation/validation.go``: ``validateService``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from onestack.manifests.manifest import dotted
from onestack.manifests.names import wrong_label, wrong_subdomain
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, mapping, mappings, text
from onestack.validation.rules.bounds import port, port_or_name


def service(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of a Service."""
    spec = mapping(body, "spec")
    kind, is_headless = text(spec, "type") or "ClusterIP", spec.get("clusterIP") == "None"
    ports = list(mappings(spec, "ports", EACH))
    if not ports and not spec.get("ports") and not is_headless and kind != "ExternalName" and spec:
        yield Fault(("spec", "ports"), "the Service has no ports", "list them, or write 'clusterIP: None'")
    names: dict[str, Path] = {}
    for step, held in ports:
        yield from _port(
            held, ("spec", *step), names, several=len(ports) > 1, kind=kind, headless=is_headless
        )
    yield from _kind(spec, kind, is_headless=is_headless)


def _port(
    held: Mapping[str, Any], path: Path, names: dict[str, Path], *, several: bool, kind: str, headless: bool
) -> Iterator[Fault]:
    """``validateServicePort``."""
    del headless
    yield from port(held, path, "port")
    if held.get("targetPort") is not None:
        yield from port_or_name(held, path, "targetPort")
    name = text(held, "name")
    if several and not name:
        what = f"{dotted(path)} has no name, but the Service has several ports"
        yield Fault(path, what, "name each port")
    elif name and (rule := wrong_label(name)):
        yield Fault((*path, "name"), f"{said(name)} is no name for a port of a Service", rule)
    elif name and names.setdefault(name, path) != path:
        what = f"two ports of the Service are called {said(name)}"
        yield Fault((*path, "name"), what, f"rename one; the other is {dotted(names[name])}")
    if held.get("nodePort") and kind in {"ClusterIP", "ExternalName"}:
        what = f"a Service of type {kind} has no nodePort"
        yield Fault((*path, "nodePort"), what, "remove it, or write 'type: NodePort'", key=True)


def _kind(spec: Mapping[str, Any], kind: str, *, is_headless: bool) -> Iterator[Fault]:
    if kind == "ExternalName":
        name = text(spec, "externalName").removesuffix(".")
        if not name:
            yield Fault(
                ("spec", "type"), "a Service of type ExternalName needs externalName", "write the name"
            )
        elif rule := wrong_subdomain(name):
            yield Fault(("spec", "externalName"), f"{said(name)} is no DNS name", rule)
        if is_headless:
            what = "a Service of type ExternalName has no clusterIP"
            yield Fault(("spec", "clusterIP"), what, "remove it", key=True)
    if kind in {"NodePort", "LoadBalancer"} and is_headless:
        what = f"a Service of type {kind} can't be headless"
        yield Fault(("spec", "clusterIP"), what, "remove 'clusterIP: None', or the type")
    if kind == "ClusterIP" and spec.get("externalTrafficPolicy") and not spec.get("externalIPs"):
        what = "externalTrafficPolicy is only for Services that are reached from outside"
        yield Fault(("spec", "externalTrafficPolicy"), what, "remove it", key=True)
    if kind != "LoadBalancer" and spec.get("loadBalancerClass"):
        what = "loadBalancerClass is only for the type LoadBalancer"
        yield Fault(("spec", "loadBalancerClass"), what, "remove it", key=True)
