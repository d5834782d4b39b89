"""Ingresses (``pkg/apis/networking/validation/validation.go``: ``ValidateIngressSpec``). Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.manifests.names import wrong_subdomain
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, mapping, mappings, text
from onestack.validation.rules.bounds import one_of, port, port_name

_ROOTED: Final = frozenset({"Exact", "Prefix"})
_REFUSED: Final = ("//", "/./", "/../", "%2f", "%2F")


def ingress(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of an Ingress."""
    spec = mapping(body, "spec")
    if spec and not spec.get("rules") and not spec.get("defaultBackend"):
        yield Fault(("spec",), "the Ingress routes nothing", "write rules or a defaultBackend")
    if isinstance(spec.get("defaultBackend"), Mapping):
        yield from _backend(spec["defaultBackend"], ("spec", "defaultBackend"))
    for step, rule in mappings(spec, "rules", EACH):
        yield from _host(rule.get("host"), ("spec", *step, "host"))
        if mapping(rule, "http").get("paths") == []:
            yield Fault(("spec", *step, "http", "paths"), "the rule has no paths", "write one, such as '/'")
        for below, path in mappings(rule, "http", "paths", EACH):
            yield from _path(path, ("spec", *step, *below))
    for step, tls in mappings(spec, "tls", EACH):
        hosts = tls.get("hosts")
        for index, host in enumerate(hosts if isinstance(hosts, list) else ()):
            yield from _host(host, ("spec", *step, "hosts", index))


def _host(host: Any, path: Path) -> Iterator[Fault]:
    """``validateIngressRules``, ``validateIngressTLS``."""
    if not isinstance(host, str) or not host:
        return
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        yield Fault(path, f"the host {said(host)} is an address", "write a DNS name")
        return
    if rule := wrong_subdomain(host.removeprefix("*.")):
        yield Fault(path, f"{said(host)} is no host", rule)


def _path(held: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validateHTTPIngressPath``."""
    value, kind = held.get("path"), text(held, "pathType")
    if kind in _ROOTED and not (isinstance(value, str) and value.startswith("/")):
        what = f"a path of type {kind} is {said(value) if value else 'missing'}"
        yield Fault((*path, "path"), what, "start it with '/'")
    elif kind in _ROOTED and isinstance(value, str):
        for part in _REFUSED:
            if part in value:
                yield Fault((*path, "path"), f"the path {said(value)} holds '{part}'", "write it without")
    if isinstance(held.get("backend"), Mapping):
        yield from _backend(held["backend"], (*path, "backend"))


def _backend(held: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validateIngressBackend``."""
    yield from one_of(held, path, ("service", "resource"), what="the backend")
    service = mapping(held, "service")
    if not service:
        return
    target, here = mapping(service, "port"), (*path, "service", "port")
    if text(target, "name") and target.get("number"):
        yield Fault(here, f"{dotted(here)} has both name and number", "keep one")
    elif not text(target, "name") and not target.get("number"):
        yield Fault(here, f"{dotted(here)} is missing", "write the name or the number of a port")
    yield from port(target, here, "number") if target.get("number") else ()
    yield from port_name(target.get("name"), (*here, "name"))
