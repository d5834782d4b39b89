"""Pods and what keeps them running (``pkg/apis/apps/validation``, ``pkg/apis/core/validation``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, labels, mapping, mappings, number, text, texts
from onestack.validation.rules.bounds import natural
from onestack.validation.rules.pods import pod_spec, selector
from onestack.validation.rules.storage import claim_spec
from onestack.validation.selectors import selector as parsed

_TEMPLATE: Final = ("spec", "template")


def pod(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidatePodCreate``."""
    yield from pod_spec(mapping(body, "spec"), ("spec",))
    for step, image in texts(body, "spec", "containers", EACH, "image"):
        if image != image.strip():
            yield Fault(step, f"{dotted(step)} has spaces around it", "remove them")


def deployment(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateDeploymentSpec``, ``ValidateDeploymentStrategy``."""
    yield from _kept_running(body)
    spec = mapping(body, "spec")
    strategy, path = mapping(spec, "strategy"), ("spec", "strategy")
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate"):
        what = "spec.strategy.rollingUpdate is only for the type RollingUpdate"
        yield Fault((*path, "rollingUpdate"), what, "remove it", key=True)
    rolling = mapping(strategy, "rollingUpdate")
    if _is_none(rolling.get("maxSurge")) and _is_none(rolling.get("maxUnavailable")):
        what = "maxSurge and maxUnavailable are both 0, so no pod could ever be replaced"
        yield Fault((*path, "rollingUpdate"), what, "raise one of them")
    yield from _shares(rolling, (*path, "rollingUpdate"), "maxSurge", "maxUnavailable")
    deadline, ready = number(spec, "progressDeadlineSeconds"), number(spec, "minReadySeconds") or 0
    if deadline is not None and deadline <= ready:
        what = f"spec.progressDeadlineSeconds is {deadline}"
        yield Fault(("spec", "progressDeadlineSeconds"), what, f"it must be above minReadySeconds, {ready}")


def replica_set(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateReplicaSetSpec``."""
    yield from _kept_running(body)


def stateful_set(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateStatefulSetSpec``; claims of templates are volumes of the pods."""
    yield from _kept_running(body, claims=True)
    for step, template in mappings(body, "spec", "volumeClaimTemplates", EACH):
        yield from claim_spec(mapping(template, "spec"), (*step, "spec"))
    update, path = mapping(body, "spec", "updateStrategy"), ("spec", "updateStrategy")
    if update.get("type") == "OnDelete" and update.get("rollingUpdate") is not None:
        what = "spec.updateStrategy.rollingUpdate is only for the type RollingUpdate"
        yield Fault((*path, "rollingUpdate"), what, "remove it", key=True)
    yield from natural(mapping(update, "rollingUpdate"), (*path, "rollingUpdate"), "partition")


def daemon_set(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateDaemonSetSpec``."""
    yield from _kept_running(body)


def _kept_running(body: Mapping[str, Any], *, claims: bool = False) -> Iterator[Fault]:
    """What is the same for all: selector, template, numbers (``ValidatePodTemplateSpecForReplicaSet``)."""
    spec = mapping(body, "spec")
    yield from natural(spec, ("spec",), "replicas", "minReadySeconds", "revisionHistoryLimit")
    yield from selects_its_pods(spec, body)
    pods = mapping(spec, "template", "spec")
    if claims:
        names = [
            {"name": text(held, "metadata", "name")}
            for _, held in mappings(spec, "volumeClaimTemplates", EACH)
        ]
        listed = pods.get("volumes")
        pods = {**pods, "volumes": [*(listed if isinstance(listed, list) else ()), *names]}
    yield from pod_spec(pods, (*_TEMPLATE, "spec"))
    policy = pods.get("restartPolicy")
    if isinstance(policy, str) and policy in {"Never", "OnFailure"}:
        what = f"the restartPolicy of a {body.get('kind')} is {said(policy)}"
        yield Fault((*_TEMPLATE, "spec", "restartPolicy"), what, "write Always, or make it a Job")
    if pods.get("activeDeadlineSeconds") is not None:
        path = (*_TEMPLATE, "spec", "activeDeadlineSeconds")
        yield Fault(
            path, f"pods of a {body.get('kind')} have no activeDeadlineSeconds", "remove it", key=True
        )


def selects_its_pods(spec: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Fault]:
    """The selector takes the template's labels."""
    held, path = spec.get("selector"), ("spec", "selector")
    if not isinstance(held, Mapping):
        return
    broken = list(selector(held, path))
    yield from broken
    if not held.get("matchLabels") and not held.get("matchExpressions"):
        yield Fault(path, f"the selector of the {body.get('kind')} is empty", "write the labels of its pods")
    elif not broken and (found := parsed(held)) is not None:
        its = labels(spec, "template", "metadata", "labels")
        unmet = sorted(one.key for one in found.requirements if not one.matches(its))
        if unmet:
            # The place is the nearest there is: often the labels are there, and one of them is another.
            where = (*_TEMPLATE, "metadata", "labels", unmet[0])
            what = f"the pods don't have the labels that the {body.get('kind')} selects: {', '.join(unmet)}"
            yield Fault(where, what, f"give {dotted(_TEMPLATE)}.metadata.labels what spec.selector asks for")


def _is_none(value: Any) -> bool:
    return value in (0, "0", "0%") and not isinstance(value, bool)


def _shares(held: Mapping[str, Any], path: Path, *fields: str) -> Iterator[Fault]:
    """``ValidatePositiveIntOrPercent``, ``IsNotMoreThan100Percent``."""
    yield from natural(held, path, *fields)
    for field in fields:
        value = held.get(field)
        if isinstance(value, str) and not (value.endswith("%") and value[:-1].isdecimal()):
            yield Fault(
                (*path, field), f"{dotted((*path, field))} is {said(value)}", "write a number or '25%'"
            )
