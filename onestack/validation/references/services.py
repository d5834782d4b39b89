"""A Service and the pods behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Set

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, Path, labels, mappings, text
from onestack.validation.pods import Port, Ports
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.near import listed, meant
from onestack.validation.references.unselected import described, hint, unselected
from onestack.validation.selectors import Selector, equal


def service(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """Its selector must take pods, and its target ports be ports of theirs."""
    selector = labels(manifest.body, "spec", "selector")
    if not selector or text(manifest.body, "spec", "type") == "ExternalName":
        return
    namespace, wanted = manifest.namespace or "", equal(selector)
    if index.pods.selected(namespace, wanted):
        yield from _ports(manifest, index.pods.ports(namespace, wanted))
    elif unselected(index, namespace, wanted) and (namespace, manifest.name) not in index.endpoints:
        yield _nothing(manifest, index, wanted)


def _nothing(manifest: Manifest, index: Index, wanted: Selector) -> Broken:
    namespace = manifest.namespace or ""
    what = (
        f"the Service selects {described(wanted)}, and no pods of namespace '{namespace}' have these labels"
    )
    return Broken(manifest, ("spec", "selector"), what, hint(index, namespace, wanted))


def _ports(manifest: Manifest, ports: Ports) -> Iterator[Broken]:
    numbers: list[tuple[Path, str, int, str]] = []
    reached = False
    for path, port in mappings(manifest.body, "spec", "ports", EACH):
        target = port.get("targetPort", port.get("port"))
        place = (*path, "targetPort" if "targetPort" in port else "port")
        protocol = text(port, "protocol") or "TCP"
        if isinstance(target, str):
            reached = True
            yield from _named(manifest, place, target, protocol, ports.declared)
        elif isinstance(target, int):
            numbers.append((place, text(port, "name"), target, protocol))
    if ports.told and text(manifest.body, "spec", "clusterIP") != "None":
        yield from _numbered(manifest, numbers, ports.declared, reached=reached)


def _named(manifest: Manifest, path: Path, name: str, protocol: str, declared: Set[Port]) -> Iterator[Broken]:
    if name.isdigit():
        return  # refused as no name, by a schema's rule
    if (name, protocol) not in {(held, its) for held, _, its in declared}:
        others = {its for held, _, its in declared if held == name}
        what = f"no container of the selected pods has a {protocol} port called '{name}'"
        yield Broken(manifest, path, what, _instead(name, others, declared))


def _instead(name: str, protocols: set[str], declared: Set[Port]) -> str:
    near = _only(protocols) or meant(name, (held for held, _, _ in declared))
    return near or f"they have {shown(declared)}"


def _only(protocols: set[str]) -> str:
    return f"it is there for {' and '.join(sorted(protocols))} only" if protocols else ""


def _numbered(
    manifest: Manifest, wanted: list[tuple[Path, str, int, str]], declared: Set[Port], *, reached: bool
) -> Iterator[Broken]:
    """Containers need not declare a port to be reached at it, so a number alone tells little.

    It does where the declared port of the same name has another, or where none of the Service's fits.
    """
    there = {(number, protocol) for _, number, protocol in declared}
    wrong = [one for one in wanted if (one[2], one[3]) not in there]
    none = not reached and len(wrong) == len(wanted)
    for path, name, number, protocol in wrong:
        same = sorted(held for called, held, its in declared if called == name and its == protocol and name)
        if same:
            what = f"the target port {number} isn't that of the containers' port '{name}'"
            yield Broken(manifest, path, what, f"theirs is {same[0]}: write 'targetPort: {name}'")
        elif none:
            what = f"no container of the selected pods declares the {protocol} port {number}"
            others = {its for _, held, its in declared if held == number}
            yield Broken(manifest, path, what, _only(others) or f"they have {shown(declared)}")
            return


def shown(ports: Set[Port]) -> str:
    """``8080 (http) and 9090``, in order of their numbers."""
    named = sorted((number, name, protocol) for name, number, protocol in ports)
    return listed([_Shown(number, name, protocol) for number, name, protocol in named]) or "no ports"


class _Shown:
    def __init__(self, number: int, name: str, protocol: str) -> None:
        of = "" if protocol == "TCP" else f"/{protocol}"
        self.text = f"{number}{of} ({name})" if name else f"{number}{of}"

    def __str__(self) -> str:
        return self.text
