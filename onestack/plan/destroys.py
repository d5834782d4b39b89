"""What is lost with a resource that is deleted or replaced, in words. Pure.

A replacement deletes the old resource, so it loses the same. What a deletion takes with it by itself
(claims with their volume, objects with their Namespace) is not seen as a change of its own by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from onestack.graph.words import plural
from onestack.plan.held import Held
from onestack.plan.planned import Planned
from onestack.validation.parts import EACH, mappings, number, text

_Loss = Callable[[Planned, Held], Iterator[str]]

DATA: Final = frozenset(
    {
        "PersistentVolume",
        "PersistentVolumeClaim",
        "StatefulSet",
        "gcp:alloydb/cluster:Cluster",
        "gcp:alloydb/instance:Instance",
        "gcp:bigquery/dataset:Dataset",
        "gcp:bigquery/table:Table",
        "gcp:bigtable/instance:Instance",
        "gcp:bigtable/table:Table",
        "gcp:compute/disk:Disk",
        "gcp:compute/image:Image",
        "gcp:compute/regionDisk:RegionDisk",
        "gcp:compute/snapshot:Snapshot",
        "gcp:filestore/instance:Instance",
        "gcp:firestore/database:Database",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:kms/keyRing:KeyRing",
        "gcp:pubsub/subscription:Subscription",
        "gcp:pubsub/topic:Topic",
        "gcp:redis/cluster:Cluster",
        "gcp:redis/instance:Instance",
        "gcp:secretmanager/secret:Secret",
        "gcp:spanner/database:Database",
        "gcp:spanner/instance:Instance",
        "gcp:sql/database:Database",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "gcp:storage/bucket:Bucket",
        "gcp:artifactregistry/repository:Repository",
    }
)
"""What holds data: kinds of Kubernetes, and types of Google Cloud."""

GROUND: Final = frozenset(
    {
        "CustomResourceDefinition",
        "Namespace",
        "gcp:compute/network:Network",
        "gcp:compute/router:Router",
        "gcp:compute/routerNat:RouterNat",
        "gcp:compute/subnetwork:Subnetwork",
        "gcp:container/cluster:Cluster",
        "gcp:container/nodePool:NodePool",
        "pulumi:providers:gcp",
        "pulumi:providers:kubernetes",
    }
)
"""What others stand on."""


def name_of(planned: Planned) -> str:
    """What a table of kinds knows a resource by: a Kubernetes object's kind, else its type."""
    return planned.kind if planned.package == "kubernetes" else planned.type


def destroys(planned: Planned, held: Held) -> tuple[str, ...]:
    """What is lost beside the resource itself; nothing where nothing is known to be."""
    if planned.op not in {"delete", "replace"}:
        return ()
    loss = _LOSSES.get(name_of(planned))
    found = tuple(loss(planned, held)) if loss else ()
    if not found and name_of(planned) in DATA:
        return ("the data in it",)
    return found


def _claim(planned: Planned, _held: Held) -> Iterator[str]:
    size = text(planned.before, "spec", "resources", "requests", "storage")
    volume = f"the data on its volume{f' ({size})' if size else ''}"
    yield f"{volume}, unless the volume's reclaim policy retains it"


def _volume(planned: Planned, _held: Held) -> Iterator[str]:
    if text(planned.before, "spec", "persistentVolumeReclaimPolicy") == "Delete":
        yield "the data on the volume"
    else:
        yield "the way to the data: the volume itself is retained, and no claim finds it by itself"


def _stateful(planned: Planned, _held: Held) -> Iterator[str]:
    names = [
        text(claim, "metadata", "name")
        for _, claim in mappings(planned.before, "spec", "volumeClaimTemplates", EACH)
    ]
    if not names:
        return
    pods = number(planned.before, "spec", "replicas")
    claims = f"the claims {', '.join(names)} of {'1 pod' if pods in {1, None} else f'{pods} pods'}"
    kept = text(planned.before, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")
    if kept == "Delete":
        yield f"{claims}, and the data on their volumes"
    else:
        yield f"the pods that use {claims}; those stay with their data until somebody deletes them"


def _namespace(planned: Planned, held: Held) -> Iterator[str]:
    yield _all_in(held.in_namespaces.get(planned.name, 0), "claims and their data included")


def _definition(planned: Planned, held: Held) -> Iterator[str]:
    group, kind = text(planned.before, "spec", "group"), text(planned.before, "spec", "names", "kind")
    many = held.of_kinds.get((group, kind), 0)
    yield f"every {kind or 'object'} of the cluster{f', {many} of them of this stack' if many else ''}"


def _service(planned: Planned, _held: Held) -> Iterator[str]:
    if text(planned.before, "spec", "type") == "LoadBalancer":
        yield "its load balancer's address: another one will be another"


def _address(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "the address that it has: another one will be another"


def _history(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "its history: earlier runs, their pods and logs"


def _cluster(_planned: Planned, held: Held) -> Iterator[str]:
    yield _all_in(held.objects, "volumes of claims included")


def _nodes(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "its nodes: every pod on them is stopped, and starts again where there is room"


def _provider(planned: Planned, held: Held) -> Iterator[str]:
    package = planned.type.rpartition(":")[2]
    many = held.objects if package == "kubernetes" else 0
    counted = f": {_counted(many, 'object')}" if many else ""
    yield f"every resource that was made through it{counted}"


def _network(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "the network of everything that stands in it"


def _key(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "whatever is encrypted with it can't be read any more"


def _account(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "the access of everything that acts as it; another one of that name has none of it"


def _images(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "every image in it, earlier ones included: nothing can be rolled back to them"


def _records(_planned: Planned, _held: Held) -> Iterator[str]:
    yield "every name in it; another zone has other name servers"


_LOSSES: Final[Mapping[str, _Loss]] = {
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "StatefulSet": _stateful,
    "Namespace": _namespace,
    "CustomResourceDefinition": _definition,
    "Service": _service,
    "Ingress": _address,
    "Gateway": _address,
    "Job": _history,
    "CronJob": _history,
    "gcp:container/cluster:Cluster": _cluster,
    "gcp:container/nodePool:NodePool": _nodes,
    "gcp:compute/network:Network": _network,
    "gcp:compute/subnetwork:Subnetwork": _network,
    "gcp:compute/address:Address": _address,
    "gcp:compute/globalAddress:GlobalAddress": _address,
    "gcp:kms/cryptoKey:CryptoKey": _key,
    "gcp:kms/keyRing:KeyRing": _key,
    "gcp:serviceaccount/account:Account": _account,
    "gcp:artifactregistry/repository:Repository": _images,
    "gcp:dns/managedZone:ManagedZone": _records,
    "pulumi:providers:kubernetes": _provider,
    "pulumi:providers:gcp": _provider,
}


def _all_in(many: int, included: str) -> str:
    ours = f": {_counted(many, 'object')} of this stack, and what others put there" if many else ""
    return f"everything in it{ours}, {included}"


def _counted(many: int, what: Any) -> str:
    return f"{many} {what if many == 1 else plural(what)}"
