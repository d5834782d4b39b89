"""The cluster of a stack as its state holds it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onestack.gcp.kubeconfig import kubeconfig

_PLACE: Final = ("name", "project", "location")
CLUSTER: Final = "gcp:container/cluster:Cluster"
# How the engine marks a secret: https://www.pulumi.com/docs/iac/concepts/secrets
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True)
class GkeCluster:
    """A cluster that was made.

    ``endpoint`` is the control plane's address, ``dns_endpoint`` Google's name for it, each None where the
    cluster has none; ``ca`` is the certificate authority of the address, PEM in base64.
    """

    name: str
    project: str
    location: str
    endpoint: str | None
    dns_endpoint: str | None
    ca: str | None

    @property
    def identifier(self) -> str:
        """As `onestack.gcp.cluster.cluster_identifier` has it."""
        return f"gcp/{self.project}/{self.location}/{self.name}"

    def kubeconfig(self) -> str | None:
        """By its DNS name where that is open to us, else by its address; None where it has neither."""
        if self.dns_endpoint:
            return kubeconfig(self.name, self.dns_endpoint, None)
        return kubeconfig(self.name, self.endpoint, self.ca) if self.endpoint else None


def cluster_in(resources: Sequence[Mapping[str, Any]]) -> GkeCluster | None:
    """The cluster among the resources of a state, as in ``pulumi stack export``; None where there is none.

    One that was replaced and waits for its deletion is not the stack's cluster any more, and one whose
    creation has not been finished isn't it yet.
    """
    for resource in resources:
        outputs = resource.get("outputs")
        if resource.get("type") != CLUSTER or resource.get("delete") or not isinstance(outputs, Mapping):
            continue
        name, project, location = (_text(outputs, key) for key in ("name", "project", "location"))
        if name and project and location:
            return GkeCluster(name, project, location, *_reached(outputs))
    return None


def going(operations: Iterable[Mapping[str, Any]], cluster: GkeCluster) -> bool:
    """Whether a run that died was deleting the cluster, which may be gone by now.

    ``operations`` are a state's ``pending_operations``. Nothing of the stack is in the cluster any more then.
    """
    for operation in operations:
        resource = operation.get("resource") or {}
        if operation.get("type") != "deleting" or resource.get("type") != CLUSTER:
            continue
        if all(_text(resource.get("inputs") or {}, key) == getattr(cluster, key) for key in _PLACE):
            return True
    return False


def _reached(outputs: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    dns = _within(outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig")
    open_to_us = dns.get("allowExternalTraffic") is True
    ca = _text(_within(outputs, "masterAuth"), "clusterCaCertificate")
    return _text(outputs, "endpoint"), _text(dns, "endpoint") if open_to_us else None, ca


def _within(value: Any, *path: str) -> Mapping[str, Any]:
    """The mapping at ``path``; an empty one where there is none. Google's lists of one are looked into."""
    for step in path:
        value = _opened(value.get(step)) if isinstance(value, Mapping) else None
        value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, Mapping) else {}


def _text(value: Mapping[str, Any], key: str) -> str | None:
    found = _opened(value.get(key))
    return found if isinstance(found, str) and found else None


def _opened(value: Any) -> Any:
    """What a secret holds where the state was exported with its secrets; None where it is encrypted."""
    if not isinstance(value, Mapping) or _SIGNATURE not in value:
        return value
    try:
        return json.loads(value["plaintext"])
    except (KeyError, TypeError, ValueError):
        return None
