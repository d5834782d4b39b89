"""Which manifests need which others first, with the reason, as a value. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onestack.errors import DependencyCycle, InvalidManifests, Problem
from onestack.manifests import depends_on
from onestack.manifests.backends import Backends, at
from onestack.manifests.manifest import Identity, Manifest


@dataclass(frozen=True)
class Edge:
    """``to`` must be ready first, because of ``reason``."""

    to: Identity
    reason: str


Dependencies = Mapping[Identity, tuple[Edge, ...]]
"""What each manifest needs; a manifest that needs nothing has no entry."""


def dependencies(manifests: Sequence[Manifest]) -> Dependencies:
    """What each manifest needs of the others.

    Its namespace; the CRD that defines its kind, and what converts it; the pods behind its webhook or
    aggregated API; a bare Pod its ServiceAccount; whatever its ``config.kubernetes.io/depends-on`` names.

    Raises: InvalidManifests for an annotation that is malformed or names nothing here, DependencyCycle.
    """
    index = _Index(manifests)
    needs: dict[Identity, tuple[Edge, ...]] = {}
    for manifest in manifests:
        edges: dict[Identity, Edge] = {}
        for edge in index.edges(manifest):
            edges.setdefault(edge.to, edge)
        if edges:
            needs[manifest.identity] = tuple(edges.values())
    if index.problems:
        raise InvalidManifests(index.problems)
    _refuse_cycles(needs)
    return needs


def depends_on_problems(manifests: Sequence[Manifest]) -> tuple[Problem, ...]:
    """What is wrong with ``config.kubernetes.io/depends-on`` annotations."""
    known = {manifest.identity for manifest in manifests}
    problems: list[Problem] = []
    for manifest in manifests:
        list(_declared(manifest, known, problems))
    return tuple(problems)


def awaited(manifests: Sequence[Manifest], needs: Dependencies) -> frozenset[Identity]:
    """The manifests to wait for on their own, because others of the set need them."""
    known = {manifest.identity for manifest in manifests}
    return frozenset(edge.to for edges in needs.values() for edge in edges if edge.to in known)


def waves(manifests: Sequence[Manifest], needs: Dependencies) -> tuple[tuple[Manifest, ...], ...]:
    """The manifests in apply order: each wave needs only earlier ones, and keeps the given order."""
    level: dict[Identity, int] = {}
    waiting = list(manifests)
    wave = 0
    grouped: list[tuple[Manifest, ...]] = []
    known = {manifest.identity for manifest in manifests}
    while waiting:
        now = [m for m in waiting if all(_before(e.to, level, known) for e in needs.get(m.identity, ()))]
        if not now:  # only for needs that `dependencies` didn't check
            _refuse_cycles(needs)
        level.update((manifest.identity, wave) for manifest in now)
        waiting = [manifest for manifest in waiting if manifest.identity not in level]
        grouped.append(tuple(now))
        wave += 1
    return tuple(grouped)


def _before(identity: Identity, level: Mapping[Identity, int], known: set[Identity]) -> bool:
    return identity in level or identity not in known


class _Index:
    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self.problems: list[Problem] = []
        self._known = {manifest.identity for manifest in manifests}
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
        yield from self._service_account(manifest)
        for target in _declared(manifest, self._known, self.problems):
            yield Edge(target, depends_on.ANNOTATION)

    def _present(self, identity: Identity, reason: str) -> Iterator[Edge]:
        if identity in self._known:
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

    def _service_account(self, manifest: Manifest) -> Iterator[Edge]:
        """Controllers try again until the account is there; a bare Pod is refused."""
        account = at(manifest.body, "spec", "serviceAccountName")
        if (manifest.group, manifest.kind) == ("", "Pod") and isinstance(account, str):
            yield from self._present(
                Identity("", "ServiceAccount", manifest.namespace, account), "its account"
            )


def _declared(manifest: Manifest, known: set[Identity], problems: list[Problem]) -> Iterator[Identity]:
    where = ("metadata", "annotations", depends_on.ANNOTATION)
    try:
        targets = depends_on.named(manifest.body)
    except depends_on.Malformed as malformed:
        what = f"'{malformed}' in {depends_on.ANNOTATION} names no object"
        problems.append(manifest.problem(what, depends_on.EXPECTED, *where))
        return
    for target in targets:
        if target in known:
            yield target
        else:
            what = f"{depends_on.ANNOTATION} names {target}, which is not among the stack's manifests"
            problems.append(manifest.problem(what, "correct it, or add the object", *where))


def _refuse_cycles(needs: Dependencies) -> None:
    """Looks for a circle, depth first and without recursion. Raises: DependencyCycle."""
    done: set[Identity] = set()
    for start in needs:
        path: list[Identity] = []
        trail: list[Iterator[Edge]] = []
        on_path: dict[Identity, int] = {}
        step: Identity | None = start
        while step is not None or trail:
            if step is not None and step not in done:
                on_path[step] = len(path)
                path.append(step)
                trail.append(iter(needs.get(step, ())))
            edge = next(trail[-1], None) if trail else None
            if edge is None:
                if trail:
                    trail.pop()
                    left = path.pop()
                    del on_path[left]
                    done.add(left)
                step = None
                continue
            if edge.to in on_path:
                raise _cycle([*path[on_path[edge.to] :], edge.to], needs)
            step = edge.to


def _cycle(path: list[Identity], needs: Dependencies) -> DependencyCycle:
    reasons = [next(edge.reason for edge in needs[at_] if edge.to == to) for at_, to in pairwise(path)]
    return DependencyCycle([str(identity) for identity in path], reasons)
