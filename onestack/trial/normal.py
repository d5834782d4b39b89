"""An object of the cluster without what servers and controllers fill in, and what differs of two. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.manifests.manifest import dotted

_METADATA: Final = (
    "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink",
    "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences",
)  # fmt: skip
_ANNOTATIONS: Final = (
    "deployment.kubernetes.io/", "deprecated.daemonset.template.generation", "pv.kubernetes.io/",
    "volume.beta.kubernetes.io/", "volume.kubernetes.io/", "batch.kubernetes.io/",
    "control-plane.alpha.kubernetes.io/", "autoscaling.alpha.kubernetes.io/", "kubectl.kubernetes.io/",
)  # fmt: skip
_LABELS: Final = (
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "job-name",
)
_FILLED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "Service": (
        ("spec", "clusterIP"),
        ("spec", "clusterIPs"),
        ("spec", "healthCheckNodePort"),
        ("spec", "ports", "*", "nodePort"),
    ),
    "PersistentVolumeClaim": (("spec", "volumeName"),),
    "PersistentVolume": (("spec", "claimRef"),),
    "ServiceAccount": (("secrets",), ("imagePullSecrets",)),
    "Job": (("spec", "selector"),),
    "Pod": (("spec", "nodeName"),),
    "ValidatingWebhookConfiguration": (("webhooks", "*", "clientConfig", "caBundle"),),
    "MutatingWebhookConfiguration": (("webhooks", "*", "clientConfig", "caBundle"),),
}
_FEW: Final = 5


def normal(live: Mapping[str, Any], declared: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The object as it is declared and defaulted.

    ``declared`` is its manifest: replicas that it leaves out are somebody else's business.
    """
    kept: dict[str, Any] = {name: held for name, held in live.items() if name != "status"}
    metadata = {name: held for name, held in (live.get("metadata") or {}).items() if name not in _METADATA}
    metadata["annotations"] = _without(metadata.get("annotations"), _ANNOTATIONS)
    metadata["labels"] = _without(metadata.get("labels"), _LABELS)
    kept["metadata"] = metadata
    for path in _FILLED.get(str(live.get("kind")), ()):
        kept = _cut(kept, path)
    if live.get("kind") == "Job":
        kept = _without_job_labels(kept)
    if declared is not None and "replicas" not in (declared.get("spec") or {}):
        kept = _cut(kept, ("spec", "replicas"))
    return kept


def differences(first: Any, last: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where two values differ, as deep as one can say."""
    if isinstance(first, Mapping) and isinstance(last, Mapping):
        for name in sorted(first.keys() | last.keys()):
            yield from differences(first.get(name), last.get(name), (*path, name))
    elif _lists(first, last):
        for at, (one, other) in enumerate(zip(first, last, strict=True)):
            yield from differences(one, other, (*path, at))
    elif first != last and (first or last):  # an empty mapping and none are the same
        yield path


def told(paths: Sequence[tuple[str | int, ...]]) -> str:
    """Fields as people write them, the first few of many."""
    named = ", ".join(map(dotted, paths[:_FEW]))
    return named if len(paths) <= _FEW else f"{named} and {len(paths) - _FEW} more"


def _lists(first: Any, last: Any) -> bool:
    return isinstance(first, list) and isinstance(last, list) and len(first) == len(last)


def _without(values: Mapping[str, Any] | None, prefixes: tuple[str, ...]) -> dict[str, Any]:
    return {name: held for name, held in (values or {}).items() if not name.startswith(prefixes)}


def _without_job_labels(job: dict[str, Any]) -> dict[str, Any]:
    template = (job.get("spec") or {}).get("template") or {}
    metadata = template.get("metadata") or {}
    plain = {**metadata, "labels": _without(metadata.get("labels"), _LABELS)}
    return {**job, "spec": {**job["spec"], "template": {**template, "metadata": plain}}}


def _cut(held: Any, path: tuple[str, ...]) -> Any:
    """The value without the field at ``path``; what holds it is copied."""
    step, rest = path[0], path[1:]
    if step == "*":
        return [_cut(item, rest) for item in held] if isinstance(held, list) else held
    if not isinstance(held, Mapping) or step not in held:
        return held
    if not rest:
        return {name: value for name, value in held.items() if name != step}
    return {**held, step: _cut(held[step], rest)}
