"""Cloud resources that a run which died was about to create: what to look for them by. Pure.

The engine writes down each creation before it is begun. If the run dies then, the resource may exist and
its id isn't known; but Google's ids are made of names that were declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PROJECT: Final = "projects/{project}"
_IDS: Final[Mapping[str, str]] = {
    "gcp:compute/network:Network": f"{_PROJECT}/global/networks/{{name}}",
    "gcp:compute/subnetwork:Subnetwork": f"{_PROJECT}/regions/{{region}}/subnetworks/{{name}}",
    "gcp:compute/router:Router": f"{_PROJECT}/regions/{{region}}/routers/{{name}}",
    "gcp:compute/routerNat:RouterNat": "{project}/{region}/{router}/{name}",
    "gcp:compute/firewall:Firewall": f"{_PROJECT}/global/firewalls/{{name}}",
    "gcp:kms/keyRing:KeyRing": f"{_PROJECT}/locations/{{location}}/keyRings/{{name}}",
    "gcp:kms/cryptoKey:CryptoKey": "{keyRing}/cryptoKeys/{name}",
    "gcp:container/cluster:Cluster": f"{_PROJECT}/locations/{{location}}/clusters/{{name}}",
    "gcp:container/nodePool:NodePool": (
        f"{_PROJECT}/locations/{{location}}/clusters/{{cluster}}/nodePools/{{name}}"
    ),
    "gcp:serviceaccount/account:Account": (
        f"{_PROJECT}/serviceAccounts/{{accountId}}@{{project}}.iam.gserviceaccount.com"
    ),
    "gcp:artifactregistry/repository:Repository": (
        f"{_PROJECT}/locations/{{location}}/repositories/{{repositoryId}}"
    ),
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": (
        f"{_PROJECT}/locations/global/workloadIdentityPools/{{workloadIdentityPoolId}}"
    ),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": (
        f"{_PROJECT}/locations/global/workloadIdentityPools/{{workloadIdentityPoolId}}"
        "/providers/{workloadIdentityPoolProviderId}"
    ),
}
"""What each is imported by: the section *Import* of its page below
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/. Not here are those that may
be created twice: services that are enabled, members that are given a role."""


@dataclass(frozen=True)
class Lead:
    """A resource, as the engine writes it, that may exist under an id."""

    resource: Mapping[str, Any]
    id: str

    @property
    def urn(self) -> str:
        """The engine's name for it."""
        return str(self.resource["urn"])


def left(operations: Iterable[Mapping[str, Any]], *, project: str, region: str) -> Sequence[Lead]:
    """The resources that may exist which a run began to create, the last begun last.

    ``operations`` are a state's ``pending_operations``, as ``pulumi stack export`` gives them.
    """
    found: dict[tuple[str, str], Lead] = {}
    for operation in operations:
        resource = operation.get("resource") or {}
        template = _IDS.get(str(resource.get("type")))
        if operation.get("type") != "creating" or template is None:
            continue
        inputs = {key: held for key, held in (resource.get("inputs") or {}).items() if isinstance(held, str)}
        try:
            lead = Lead(resource, template.format_map({"project": project, "region": region} | inputs))
        except KeyError:  # made of something that isn't known: the provider will say that it exists
            continue
        found[lead.urn, lead.id] = lead
    return tuple(found.values())
