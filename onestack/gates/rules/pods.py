"""Rules about pods: what they run, and what of their node they may touch. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.gates.policy import Review, Rule, Violation, rule
from onestack.validation.parts import EACH, each, mapping, mappings, number, text, texts
from onestack.validation.pods import PodTemplate
from onestack.validation.selectors import selector

_STRONG: Final = frozenset(
    {
        "ALL",
        "BPF",
        "DAC_READ_SEARCH",
        "NET_ADMIN",
        "NET_RAW",
        "SYS_ADMIN",
        "SYS_MODULE",
        "SYS_PTRACE",
        "SYS_RAWIO",
    }
)
_OF_THE_NODE: Final = ("hostNetwork", "hostPID", "hostIPC")
_SCALED: Final = ("Deployment", "StatefulSet")


@rule("image-tag", "What runs is known and comes back only where an image has a tag that stays, or a digest.")
def image_tag(review: Review) -> Iterator[Violation]:
    for manifest, path, container in review.containers():
        image = text(container, "image")
        name, _, digest = image.partition("@")
        tag = name.rpartition("/")[2].partition(":")[2]
        if image and not digest and tag in {"", "latest"}:
            said = f"the image '{image}' has {'the tag latest' if tag else 'no tag'}"
            yield Violation(said, manifest, (*path, "image"))


@rule("privileged", "A privileged container is root on its node.")
def privileged(review: Review) -> Iterator[Violation]:
    for manifest, path, container in review.containers():
        if mapping(container, "securityContext").get("privileged") is True:
            yield Violation("a container is privileged", manifest, (*path, "securityContext", "privileged"))


@rule("capabilities", "Some capabilities are as good as being root on the node.")
def capabilities(review: Review) -> Iterator[Violation]:
    for manifest, path, container in review.containers():
        for step, name in texts(container, "securityContext", "capabilities", "add", EACH):
            if name.upper().removeprefix("CAP_") in _STRONG:
                yield Violation(f"a container has the capability {name}", manifest, (*path, *step))


@rule("host-path", "A path of the node is everybody's who gets to it, and outlives the pod.")
def host_path(review: Review) -> Iterator[Violation]:
    for pod in review.pods():
        for step, _ in each(pod.spec, "volumes", EACH, "hostPath"):
            yield Violation("a volume is a path of the node", pod.manifest, (*pod.path, "spec", *step))


@rule("host-namespaces", "The node's network and processes show and reach what other pods do.")
def host_namespaces(review: Review) -> Iterator[Violation]:
    for pod in review.pods():
        for field in _OF_THE_NODE:
            if pod.spec.get(field) is True:
                yield Violation(f"its pods have {field}", pod.manifest, (*pod.path, "spec", field))


@rule("not-root", "A process that isn't root breaks out less far.", severity="warning")
def not_root(review: Review) -> Iterator[Violation]:
    for pod in review.pods():
        whole = mapping(pod.spec, "securityContext")
        for step, container in mappings(pod.spec, "containers", EACH):
            held = {**whole, **mapping(container, "securityContext")}
            if held.get("runAsUser") == 0 or not (held.get("runAsNonRoot") or held.get("runAsUser")):
                yield Violation("a container may run as root", pod.manifest, (*pod.path, "spec", *step))


@rule("requests", "The scheduler places pods by what they ask for.", severity="warning")
def requests(review: Review) -> Iterator[Violation]:
    for pod in review.pods():
        for step, container in mappings(pod.spec, "containers", EACH):
            asked = _asked(container)
            if missing := [name for name in ("cpu", "memory") if name not in asked]:
                said = f"a container requests no {' and no '.join(missing)}"
                yield Violation(said, pod.manifest, (*pod.path, "spec", *step))


@rule("disruption-budget", "Without one, an upgrade of nodes may take all pods at once.", severity="warning")
def disruption_budget(review: Review) -> Iterator[Violation]:
    budgets = [
        (one.namespace, wanted)
        for one in review.of_kind("PodDisruptionBudget")
        if (wanted := selector(mapping(one.body, "spec").get("selector")))
    ]
    for pod in review.pods():
        many = pod.manifest.kind in _SCALED and _replicas(review, pod) > 1
        guarded = any(
            space == pod.manifest.namespace and pod.selected_by(wanted) for space, wanted in budgets
        )
        if many and not guarded:
            yield Violation("it has several pods and no PodDisruptionBudget", pod.manifest)


def _asked(container: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a container asks for; a limit alone is a request, too."""
    resources = mapping(container, "resources")
    return {**mapping(resources, "limits"), **mapping(resources, "requests")}


def _replicas(review: Review, pod: PodTemplate) -> int:
    """The fewest pods that there are when nothing is amiss."""
    manifest = pod.manifest
    for scaler in review.of_kind("HorizontalPodAutoscaler"):
        target = mapping(scaler.body, "spec", "scaleTargetRef")
        same = (scaler.namespace, target.get("kind"), target.get("name"))
        if same == (manifest.namespace, manifest.kind, manifest.name):
            return number(scaler.body, "spec", "minReplicas") or 1
    found = number(manifest.body, "spec", "replicas")
    return 1 if found is None else found


RULES: Final[tuple[Rule, ...]] = (
    image_tag,
    privileged,
    capabilities,
    host_path,
    host_namespaces,
    not_root,
    requests,
    disruption_budget,
)
