"""Which manifests need which others first, with the reason, as a value. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onestack.errors import InvalidManifests, Problem
from onestack.manifests import depends_on
from onestack.manifests.backends import Backends, at
from onestack.manifests.cycles import refuse_cycles
from onestack.manifests.edge import Dependencies, Edge
from onestack.manifests.hook_order import Edges, add_hook_edges
from onestack.manifests.hooks import Phase, hook, split
from onestack.manifests.manifest import Identity, Manifest, group_of
from onestack.manifests.waves import waves

__all__ = ["Dependencies", "Edge", "awaited", "dependencies", "depends_on_problems", "waves"]

_NOT_FIRST = {
    Phase.AFTER: "which runs only after everything else is ready",
    Phase.TEST: "which is a test and runs in 'onestack verify' only",
    Phase.UNSUPPORTED: "which is a hook that never runs",
}


def dependencies(manifests: Sequence[Manifest]) -> Dependencies:
    """What each manifest needs of the others.

    Its namespace; the CRD that defines its kind, and what converts it; the pods behind its webhook or
    aggregated API; its owner; a bare Pod its ServiceAccount; whatever its
    ``config.kubernetes.io/depends-on`` names; the hooks that run before it, and those what their pods
    name. Tests and hooks that never run need nothing, and nothing needs them; hooks that run after all
    else need only each other.

    Raises: InvalidManifests for an annotation that is malformed or names nothing here, DependencyCycle.
    """
    phases = split(manifests)
    first = (*phases.before, *phases.main)
    index = _Index(first)
    declared = _Declared(manifests)
    edges: Edges = {}
    after = {manifest.identity for manifest in phases.after}
    for manifest in manifests:
        its = edges.setdefault(manifest.identity, {})
        for edge in index.edges(manifest) if manifest.identity in index.known else ():
            its.setdefault(edge.to, edge)
        for edge in declared.edges(manifest):
            if manifest.identity not in after or edge.to in after:
                its.setdefault(edge.to, edge)
    if declared.problems:
        raise InvalidManifests(declared.problems)
    add_hook_edges(edges, phases)
    needs = {identity: tuple(its.values()) for identity, its in edges.items() if its}
    refuse_cycles(needs)
    return needs


def depends_on_problems(manifests: Sequence[Manifest]) -> tuple[Problem, ...]:
    """What is wrong with ``config.kubernetes.io/depends-on`` annotations."""
    declared = _Declared(manifests)
    for manifest in manifests:
        list(declared.edges(manifest))
    return tuple(declared.problems)


def awaited(manifests: Sequence[Manifest], needs: Dependencies) -> frozenset[Identity]:
    """The manifests to wait for on their own, because others of the set need them."""
    known = {manifest.identity for manifest in manifests}
    return frozenset(edge.to for edges in needs.values() for edge in edges if edge.to in known)


class _Index:
    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self.known = {manifest.identity for manifest in manifests}
        self._backends = Backends(manifests)
        self._definitions = {
            (str(at(m.body, "spec", "group")), str(at(m.body, "spec", "names", "kind"))): m
            for m in manifests
            if (m.group, m.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition")
        }
        self._services = {
            (str(at(m.body, "spec", "group")), str(at(m.body, "spec", "version"))): m
            for m in manifests
            if (m.group, m.kind) == ("apiregistration.k8s.io", "APIService")
        }

    def edges(self, manifest: Manifest) -> Iterator[Edge]:
        if manifest.namespace is not None:
            yield from self._present(Identity("", "Namespace", None, manifest.namespace), "its namespace")
        yield from self._definition(manifest)
        if manifest.kind != "CustomResourceDefinition":
            for backend in self._backends.of(manifest):
                yield Edge(backend, "answers for it")
        yield from self._owners(manifest)
        yield from self._service_account(manifest)

    def _present(self, identity: Identity, reason: str) -> Iterator[Edge]:
        if identity in self.known:
            yield Edge(identity, reason)

    def _definition(self, manifest: Manifest) -> Iterator[Edge]:
        definition = self._definitions.get((manifest.group, manifest.kind))
        if definition is not None:
            yield Edge(definition.identity, "defines its kind")
            # Not the definition itself: an operator often can't start before its CRDs are there.
            for backend in self._backends.of(definition):
                yield Edge(backend, "converts its kind")
        service = self._services.get((manifest.group, manifest.api_version.rpartition("/")[2]))
        if service is not None and definition is None:
            yield Edge(service.identity, "serves its kind")

    def _owners(self, manifest: Manifest) -> Iterator[Edge]:
        """An owner that isn't there has its objects collected as garbage."""
        owners = at(manifest.body, "metadata", "ownerReferences")
        for owner in owners if isinstance(owners, list) else ():
            api_version, kind, name = (at(owner, key) for key in ("apiVersion", "kind", "name"))
            if isinstance(api_version, str) and isinstance(kind, str) and isinstance(name, str):
                for namespace in dict.fromkeys((manifest.namespace, None)):
                    identity = Identity(group_of(api_version), kind, namespace, name)
                    yield from self._present(identity, "its owner")

    def _service_account(self, manifest: Manifest) -> Iterator[Edge]:
        """Controllers try again until the account is there; a bare Pod is refused."""
        account = at(manifest.body, "spec", "serviceAccountName")
        if (manifest.group, manifest.kind) == ("", "Pod") and isinstance(account, str):
            yield from self._present(
                Identity("", "ServiceAccount", manifest.namespace, account), "its account"
            )


class _Declared:
    """What the manifests' own annotations say, and what is wrong with them."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self.problems: list[Problem] = []
        self._known = {manifest.identity: manifest for manifest in manifests}

    def edges(self, manifest: Manifest) -> Iterator[Edge]:
        """The edges that a manifest's annotation asks for; a test and what never runs has none."""
        where = ("metadata", "annotations", depends_on.ANNOTATION)
        try:
            targets = depends_on.named(manifest.body)
        except depends_on.Malformed as malformed:
            what = f"'{malformed}' in {depends_on.ANNOTATION} names no object"
            self.problems.append(manifest.problem(what, depends_on.EXPECTED, *where))
            return
        phase = _phase(manifest)
        for target in targets:
            refused = self._refused(target, phase)
            if refused:
                what = f"{depends_on.ANNOTATION} names {target}, {refused[0]}"
                self.problems.append(manifest.problem(what, refused[1], *where))
            elif phase not in {Phase.TEST, Phase.UNSUPPORTED}:
                yield Edge(target, depends_on.ANNOTATION)

    def _refused(self, target: Identity, phase: Phase | None) -> tuple[str, str] | None:
        """Why an object of a phase can't wait for the target, and what to do; None if it can."""
        found = self._known.get(target)
        if found is None:
            return "which is not among the stack's manifests", "correct it, or add the object"
        late = _phase(found)
        if late not in _NOT_FIRST or phase in {late, Phase.TEST, Phase.UNSUPPORTED}:
            return None
        return _NOT_FIRST[late], "remove it, or make that object no hook"


def _phase(manifest: Manifest) -> Phase | None:
    its = hook(manifest)
    return its.phase if its else None
