"""Why a workload isn't ready: what its pods say, and the last warning about it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onestack.errors import OnestackError
from onestack.health import Verdict, assess
from onestack.kube.client import Client
from onestack.manifests.reference import ObjectRef

Live = Mapping[str, Any]

_REVISION: Final = "deployment.kubernetes.io/revision"
_TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"
_POD_OWNERS: Final = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
)


@dataclass(frozen=True)
class Explanation:
    """``final`` is true when the pods can't come up without a change to the workload."""

    message: str
    final: bool = False


@dataclass(frozen=True)
class Evidence:
    """What one namespace holds that may explain something."""

    replica_sets: Sequence[Live] = ()
    pods: Sequence[Live] = ()
    warnings: Sequence[Live] = ()


async def explanations(client: Client, stuck: Mapping[ObjectRef, Live]) -> dict[ObjectRef, Explanation]:
    """Looks, once per namespace, for what explains objects that aren't ready.

    Best effort: what may not be read explains nothing, and never fails the wait.
    """
    by_namespace: dict[str, dict[ObjectRef, Live]] = defaultdict(dict)
    for ref, live in stuck.items():
        by_namespace[ref.namespace or "default"][ref] = live
    found = await asyncio.gather(*(_evidence(client, ns, refs) for ns, refs in by_namespace.items()))
    return {
        ref: explanation
        for refs, evidence in zip(by_namespace.values(), found, strict=True)
        for ref, live in refs.items()
        if (explanation := explain(live, evidence)) is not None
    }


def explain(live: Live, evidence: Evidence) -> Explanation | None:
    """The worst of its pods, else the newest warning about it, else nothing."""
    uid = live["metadata"].get("uid")
    owners = {uid}
    newest = _newest_replica_set(live, evidence.replica_sets)
    if newest is not None:
        owners.add(newest["metadata"].get("uid"))
    pods = [pod for pod in evidence.pods if owners & _owners(pod) and _of_new_revision(live, pod)]
    by_pod = _worst(pods, evidence.warnings)
    if by_pod is not None:
        return by_pod
    warning = _last_warning(evidence.warnings, {value for value in owners if value})
    return Explanation(warning) if warning else None


def _worst(pods: Iterable[Live], warnings: Sequence[Live]) -> Explanation | None:
    verdicts = [(assess(pod), pod) for pod in pods if not pod["metadata"].get("deletionTimestamp")]
    bad = [(verdict, pod) for verdict, pod in verdicts if verdict.state != "ready"]
    if not bad:
        return None
    bad.sort(key=lambda pair: (not pair[0].final, pair[0].state != "failed", pair[1]["metadata"]["name"]))
    verdict, pod = bad[0]
    message = f"pod {pod['metadata']['name']}: {verdict.message}"
    if verdict.state == "waiting" and (said := _last_warning(warnings, {pod["metadata"].get("uid")})):
        message = f"pod {pod['metadata']['name']}: {said}"
    if len(bad) > 1:
        message += f" (and {len(bad) - 1} more pod{'s' if len(bad) > 2 else ''} not ready)"  # noqa: PLR2004 - a plural
    return Explanation(message, final=_hopeless(verdict, pod))


def _hopeless(verdict: Verdict, pod: Live) -> bool:
    # A pod that ended is replaced by its owner; one whose spec is wrong is replaced by the same.
    return verdict.final and pod.get("status", {}).get("phase") != "Failed"


def _newest_replica_set(live: Live, replica_sets: Iterable[Live]) -> Live | None:
    uid = live["metadata"].get("uid")
    revision = (live["metadata"].get("annotations") or {}).get(_REVISION)
    for replica_set in replica_sets:
        annotations = replica_set["metadata"].get("annotations") or {}
        if uid in _owners(replica_set) and annotations.get(_REVISION) == revision:
            return replica_set
    return None


def _of_new_revision(live: Live, pod: Live) -> bool:
    """Whether a pod of a StatefulSet or DaemonSet is of the version being rolled out."""
    labels = pod["metadata"].get("labels") or {}
    revision = (live.get("status") or {}).get("updateRevision")
    generation = (live["metadata"].get("annotations") or {}).get(_TEMPLATE_GENERATION)
    pairs = (("controller-revision-hash", revision), ("pod-template-generation", generation))
    return all(not wanted or labels.get(label) in {None, wanted} for label, wanted in pairs)


def _owners(obj: Live) -> set[Any]:
    return {owner.get("uid") for owner in obj["metadata"].get("ownerReferences") or ()}


def _last_warning(warnings: Iterable[Live], uids: set[Any]) -> str:
    about = [w for w in warnings if (w.get("involvedObject") or {}).get("uid") in uids]
    if not about:
        return ""
    last = max(about, key=_moment)
    message = (last.get("message") or "").partition("\n")[0]
    return f"{last.get('reason')}: {message}"


def _moment(event: Live) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return next((str(time) for time in times if time), "")


async def _evidence(client: Client, namespace: str, refs: Mapping[ObjectRef, Live]) -> Evidence:
    kinds = {ref.kind for ref in refs}
    replica_sets, pods, warnings = await asyncio.gather(
        _items(client, f"/apis/apps/v1/namespaces/{namespace}/replicasets", wanted="Deployment" in kinds),
        _items(client, f"/api/v1/namespaces/{namespace}/pods", wanted=bool(kinds & _POD_OWNERS)),
        _items(client, f"/api/v1/namespaces/{namespace}/events", {"fieldSelector": "type=Warning"}),
    )
    return Evidence(replica_sets, pods, warnings)


async def _items(
    client: Client, path: str, params: Mapping[str, str] | None = None, *, wanted: bool = True
) -> list[Live]:
    if not wanted:
        return []
    try:
        answer = await client.request("GET", path, params=params)
    except OnestackError:
        return []
    kind = str(answer.get("kind", "")).removesuffix("List")
    version = answer.get("apiVersion", "")
    return [{"apiVersion": version, "kind": kind, **item} for item in answer.get("items") or ()]
