"""Rules over a plan, its objects and its cloud resources. Pure.

A rule is a function with a name and a reason::

    @rule("owner-label", "An alert has to find somebody.", severity="error")
    def owner(review: Review) -> Iterator[Violation]:
        for deployment in review.of_kind("Deployment"):
            ...
                yield Violation("it has no label 'owner'", deployment)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onestack.graph import Resource
from onestack.manifests.manifest import Manifest
from onestack.plan import Change, Plan
from onestack.validation.finding import Severity
from onestack.validation.parts import EACH, Path, mappings
from onestack.validation.pods import PodTemplate, templates

_CONTAINERS: Final = ("containers", "initContainers")


@dataclass(frozen=True)
class Violation:
    """What breaks a rule: ``text`` is one sentence, ``subject`` what it is about.

    ``path`` leads to the value in a manifest's body, so that its line can be named.
    """

    text: str
    subject: Manifest | Resource | Change | None = None
    path: Path = ()

    def __str__(self) -> str:
        subject = self.subject
        if isinstance(subject, Manifest):
            where = subject.place(*self.path)
            return f"{subject.kind} {subject.resource_name}: {self.text} ({where})"
        if subject is None:
            return self.text
        return f"{subject.kind} {subject.name}: {self.text}"


@dataclass(frozen=True)
class Review:
    """What rules look at: the objects as declared, the cloud's resources, and the plan where known."""

    objects: tuple[Manifest, ...] = ()
    resources: tuple[Resource, ...] = ()
    plan: Plan | None = None

    def of_kind(self, *kinds: str) -> Iterator[Manifest]:
        """The objects of some kinds, whatever their group."""
        return (one for one in self.objects if one.kind in kinds)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The cloud's resources of some Pulumi types, such as ``gcp:container/cluster:Cluster``."""
        return (one for one in self.resources if one.type in types)

    def pods(self) -> Iterator[PodTemplate]:
        """The pods that workloads make; each has its ``manifest`` and ``spec``."""
        return (template for one in self.objects for template in templates(one))

    def containers(self) -> Iterator[tuple[Manifest, Path, Mapping[str, Any]]]:
        """Every container of those, with the object and where in that it stands."""
        for pod in self.pods():
            for field in _CONTAINERS:
                for path, container in mappings(pod.spec, field, EACH):
                    yield pod.manifest, (*pod.path, "spec", *path), container

    def going(self) -> Iterator[Change]:
        """The changes of the plan that delete something, also to make it anew."""
        changes: Sequence[Change] = self.plan.changes if self.plan else ()
        return (change for change in changes if change.op in {"delete", "replace"})


Check = Callable[[Review], Iterable[Violation]]


@dataclass(frozen=True)
class Rule:
    """A named check. ``source`` is the file that it comes from, empty for our own."""

    name: str
    reason: str
    severity: Severity
    check: Check
    source: str = ""


def rule(name: str, reason: str, severity: str = "error") -> Callable[[Check], Rule]:
    """Makes a rule of a function."""

    def made(check: Check) -> Rule:
        return Rule(name, reason, Severity(severity), check)

    return made
