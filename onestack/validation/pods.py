"""The pods that a set of manifests asks for, by the templates of its workloads. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import is_builtin
from onestack.manifests.strings import template_path
from onestack.validation.parts import EACH, Path, each, labels, mapping, mappings, text, texts
from onestack.validation.selectors import EXISTS, IN, NOT_IN, Requirement, Selector

_POD_NAME: Final = "statefulset.kubernetes.io/pod-name"
_JOB_NAMES: Final = frozenset({"job-name", "batch.kubernetes.io/job-name"})
_JOB: Final = _JOB_NAMES | {
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
}
_MADE_LABELS: Final[Mapping[str, frozenset[str]]] = {
    "CronJob": _JOB,
    "DaemonSet": frozenset({"controller-revision-hash", "pod-template-generation"}),
    "Deployment": frozenset({"pod-template-hash"}),
    "Job": _JOB,
    "ReplicaSet": frozenset({"pod-template-hash"}),
    "StatefulSet": frozenset({_POD_NAME, "apps.kubernetes.io/pod-index", "controller-revision-hash"}),
}
"""The labels that a kind's controller gives its pods beside those of the template."""
_ANY_MADE: Final = frozenset().union(*_MADE_LABELS.values())


Port = tuple[str, int, str]
"""Name, number and protocol; the name may be empty."""


@dataclass(frozen=True)
class Ports:
    """The ports that some pods declare; ``told`` is whether the first container, the one that matters, of
    each pod declares any: none needs to, to be reached."""

    declared: frozenset[Port]
    told: bool


@dataclass(frozen=True, eq=False)
class PodTemplate:
    """What a workload's pods look like; ``path`` is where the template stands in the manifest."""

    manifest: Manifest
    path: Path
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def service_account(self) -> str:
        """The name of the ServiceAccount that its pods run as."""
        return text(self.spec, "serviceAccountName") or text(self.spec, "serviceAccount") or "default"

    def containers(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """All containers with their path in the manifest, init and ephemeral ones too."""
        for key in ("containers", "initContainers", "ephemeralContainers"):
            for path, container in mappings(self.spec, key, EACH):
                yield (*self.path, "spec", *path), container

    def serving(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """The containers that run while the pod is ready: also init containers that always restart."""
        for path, container in self.containers():
            if "containers" in path or container.get("restartPolicy") == "Always":
                yield path, container

    def selected_by(self, wanted: Selector) -> bool:
        """Whether the selector takes its pods, or may take one of them."""
        return all(self._meets(requirement) for requirement in wanted.requirements)

    def _meets(self, requirement: Requirement) -> bool:
        made = _MADE_LABELS.get(self.manifest.kind, frozenset())
        if requirement.key in self.labels or requirement.key not in made:
            return requirement.matches(self.labels)
        if requirement.operator == IN:
            return any(self._may_be(requirement.key, value) for value in requirement.values)
        return requirement.operator in {EXISTS, NOT_IN}

    def _may_be(self, key: str, value: str) -> bool:
        name = self.manifest.name
        if key == _POD_NAME:
            return re.fullmatch(re.escape(name) + r"-\d+", value) is not None
        if key in _JOB_NAMES:
            return value == name if self.manifest.kind == "Job" else value.startswith(f"{name}-")
        return True


def templates(manifest: Manifest) -> Iterator[PodTemplate]:
    """The pod template of a workload; of a custom resource only where it is just like a built-in one's."""
    path = template_path(manifest.group, manifest.kind)
    if path is None:
        if is_builtin(manifest.group, manifest.kind) or not _holds_containers(manifest):
            return
        path = ("spec", "template")
    elif (manifest.group, manifest.kind) == ("", "PodTemplate"):
        return  # nothing runs it
    template = mapping(manifest.body, *path)
    if template:
        yield PodTemplate(manifest, path, labels(template, "metadata", "labels"), mapping(template, "spec"))


def _holds_containers(manifest: Manifest) -> bool:
    return any(mappings(manifest.body, "spec", "template", "spec", "containers", EACH))


@dataclass(frozen=True)
class _Namespace:
    """``holding`` has the templates by each of their labels, ``values`` what each label's values are."""

    all: list[PodTemplate] = field(default_factory=list)
    holding: dict[tuple[str, str], list[PodTemplate]] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)


class Pods:
    """The pod templates of a set, quickly found by namespace and labels."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._namespaces: dict[str, _Namespace] = defaultdict(_Namespace)
        self._with: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._ports: dict[tuple[str, Selector], Ports] = {}
        self._selected: dict[tuple[str, Selector], Sequence[PodTemplate]] = {}
        for manifest in manifests:
            for template in templates(manifest):
                space = self._namespaces[manifest.namespace or ""]
                space.all.append(template)
                for key, value in template.labels.items():
                    space.holding.setdefault((key, value), []).append(template)
                    space.values.setdefault(key, set()).add(value)
                    self._with[key, value].add(manifest.namespace or "")

    def all(self, namespace: str) -> Sequence[PodTemplate]:
        """Every pod template of a namespace."""
        return self._namespaces[namespace].all

    def selected(self, namespace: str, wanted: Selector) -> Sequence[PodTemplate]:
        """The templates whose pods a selector takes, in the order of the manifests."""
        found = self._selected.get((namespace, wanted))
        if found is None:
            space = self._namespaces[namespace]
            found = [one for one in _narrowed(space, wanted) if one.selected_by(wanted)]
            self._selected[namespace, wanted] = found
        return found

    def ports(self, namespace: str, wanted: Selector) -> Ports:
        """What the containers of selected pods say of their ports."""
        found = self._ports.get((namespace, wanted))
        if found is None:
            serving = [[held for _, held in pod.serving()] for pod in self.selected(namespace, wanted)]
            declared = frozenset(port for its in serving for one in its for port in declared_ports(one))
            told = all(any(declared_ports(one)) for its in serving for one in its[:1])
            found = self._ports[namespace, wanted] = Ports(declared, told)
        return found

    def alike(self, namespace: str, wanted: Selector) -> PodTemplate | None:
        """A template that meets a part of the requirements, the most of those looked at."""
        space = self._namespaces[namespace]
        near = [space.holding.get(label, []) for one in wanted.requirements for label in _labels(one)]
        some = min(filter(None, near), key=len, default=[])[:_LOOKED_AT]
        return max(
            some, key=lambda one: sum(r.matches(one.labels) for r in wanted.requirements), default=None
        )

    def elsewhere(self, wanted: Selector) -> list[str]:
        """Namespaces that have pods which a selector takes; not all where they are many."""
        known = [self._with.get(label, set()) for one in wanted.requirements for label in _labels(one)]
        some = sorted(min(known, key=len, default=()))[:_LOOKED_AT]
        return [namespace for namespace in some if self.selected(namespace, wanted)]

    def values(self, namespace: str, key: str) -> Collection[str]:
        """The values that a label has in a namespace."""
        return self._namespaces[namespace].values.get(key, ())

    def keys(self, namespace: str) -> Collection[str]:
        """The labels that pods of a namespace have."""
        return self._namespaces[namespace].values.keys()


_LOOKED_AT: Final = 50


def _narrowed(space: _Namespace, wanted: Selector) -> Sequence[PodTemplate]:
    """The fewest templates among which all selected ones are."""
    fewest: Sequence[PodTemplate] = space.all
    for one in wanted.requirements:
        if one.operator == IN and len(one.values) == 1 and one.key not in _ANY_MADE:
            holding = space.holding.get(next(_labels(one)), [])
            fewest = min(fewest, holding, key=len)
    return fewest


def _labels(requirement: Requirement) -> Iterator[tuple[str, str]]:
    for value in sorted(requirement.values) if requirement.operator == IN else ():
        yield requirement.key, value


def declared_ports(container: Mapping[str, Any]) -> Iterator[Port]:
    """The ports that a container declares."""
    for _, port in mappings(container, "ports", EACH):
        number = port.get("containerPort")
        if isinstance(number, int):
            yield text(port, "name"), number, text(port, "protocol") or "TCP"


def claim_templates(manifest: Manifest) -> Iterator[str]:
    """The names of a StatefulSet's templates for claims, each a volume of its pods; else nothing."""
    if (manifest.group, manifest.kind) == ("apps", "StatefulSet"):
        for _, name in texts(manifest.body, "spec", "volumeClaimTemplates", EACH, "metadata", "name"):
            yield name


def told(template: PodTemplate) -> Iterator[str]:
    """The words that its containers are told: of command, arguments and variables."""
    for _, container in template.containers():
        for pattern in (("command", EACH), ("args", EACH), ("env", EACH, "value")):
            for _, said in texts(container, *pattern):
                yield from _CUT.split(said)


_CUT: Final = re.compile(r"[\s=,/'\"]+")


def label_maps(value: Any) -> Iterator[Mapping[str, str]]:
    """Every mapping called ``labels`` or ``matchLabels`` anywhere in a value."""
    waiting = [value]
    while waiting:
        held = waiting.pop()
        for key in ("labels", "matchLabels"):
            yield from filter(None, [labels(held, key)])
        waiting.extend(inner for _, inner in each(held, EACH) if isinstance(inner, (Mapping, list)))
