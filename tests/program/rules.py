"""Rules over a graph of resources: functions from the graph to what violates them, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

Resource = Mapping[str, Any]
Control = Callable[[Sequence[Resource]], Iterator[str]]

CLUSTER: Final = "gcp:container/cluster:Cluster"
POOL: Final = "gcp:container/nodePool:NodePool"
SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"
FIREWALL: Final = "gcp:compute/firewall:Firewall"
REGISTRY: Final = "gcp:artifactregistry/repository:Repository"
READER: Final = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
PROJECT_ROLE: Final = "gcp:projects/iAMMember:IAMMember"
SERVICE: Final = "gcp:projects/service:Service"
EVERYBODY: Final = "0.0.0.0/0"
CARRYING: Final = {
    "gcp:compute/network:Network",
    SUBNET,
    "gcp:kms/keyRing:KeyRing",
    "gcp:kms/cryptoKey:CryptoKey",
    CLUSTER,
    POOL,
    REGISTRY,
}
"""What holds data or carries others."""


def at(resource: Resource, path: str) -> Any:
    """The input at a dotted path; None where there is none."""
    value: Any = resource["inputs"]
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def each(kind: str, path: str, right: Callable[[Any], bool]) -> Control:
    """A control that holds where the input of every resource of the type is right, and there is one."""

    def control(graph: Sequence[Resource]) -> Iterator[str]:
        found = [one for one in graph if one["type"] == kind]
        if not found:
            yield f"there is no {kind}"
        for one in found:
            if not right(value := at(one, path)):
                yield f"{kind} {one['name']}: {path} is {value!r}"

    return control


def every(*controls: Control) -> Control:
    """A control that holds where all of them do."""
    return lambda graph: (fault for control in controls for fault in control(graph))


def true(value: Any) -> bool:
    """Whether it is said to be on."""
    return value is True


def not_true(value: Any) -> bool:
    """Whether it is off, or left to a default that is off."""
    return value is not True


def false(value: Any) -> bool:
    """Whether it is said to be off, where the default is on."""
    return value is False


def some(value: Any) -> bool:
    """Whether there is one."""
    return bool(value)


def one_of(*known: str) -> Callable[[Any], bool]:
    """What is one of these."""
    return lambda value: value in known


def account_of_its_own(value: Any) -> bool:
    """No account that Google makes with rights on the whole project."""
    return bool(value) and value != "default" and not str(value).endswith("developer.gserviceaccount.com")


def least_roles(graph: Sequence[Resource]) -> Iterator[str]:
    """Nodes have the role of nodes, and may pull from the stack's registry."""
    accounts = {
        f"serviceAccount:{at(one, 'nodeConfig.serviceAccount')}" for one in graph if one["type"] == POOL
    }
    for one in graph:
        mine = one["type"] == PROJECT_ROLE and at(one, "member") in accounts
        if mine and at(one, "role") != "roles/container.defaultNodeServiceAccount":
            yield f"nodes have {at(one, 'role')} on the whole project"


def no_basic_roles(graph: Sequence[Resource]) -> Iterator[str]:
    """Nobody has a role that holds everything."""
    for one in graph:
        if at(one, "role") in {"roles/owner", "roles/editor", "roles/viewer"}:
            yield f"{one['name']} has the basic role {at(one, 'role')}"


def scanned(graph: Sequence[Resource]) -> Iterator[str]:
    """Images are scanned in the whole project."""
    services = {at(one, "service") for one in graph if one["type"] == SERVICE}
    if "containerscanning.googleapis.com" not in services:
        yield "the service that scans images is not turned on"


def authorized(graph: Sequence[Resource]) -> Iterator[str]:
    """Where the control plane has an address, only named networks reach it."""
    for one in graph:
        if (
            one["type"] != CLUSTER
            or at(one, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is False
        ):
            continue
        config = at(one, "masterAuthorizedNetworksConfig")
        if config is None:
            yield "everybody reaches the control plane's address"
        elif any(block["cidrBlock"].endswith("/0") for block in config.get("cidrBlocks", ())):
            yield "the control plane's address is open to everybody"
        elif config.get("gcpPublicCidrsAccessEnabled") is not False:
            yield "all customers of Google reach the control plane's address"


def no_public_address(graph: Sequence[Resource]) -> Iterator[str]:
    """Only the network itself reaches the address of the control plane."""
    for one in graph:
        if one["type"] == CLUSTER and at(one, "privateClusterConfig.enablePrivateEndpoint") is not True:
            yield "the control plane has a public address"


def closed_door(graph: Sequence[Resource]) -> Iterator[str]:
    """What isn't opened is refused and logged, and nothing is opened to everybody."""
    walls = [one for one in graph if one["type"] == FIREWALL]
    refusing = [one for one in walls if at(one, "denies") == [{"protocol": "all"}] and at(one, "logConfig")]
    if not any(EVERYBODY in at(one, "sourceRanges") for one in refusing):
        yield "nothing refuses, and logs, what isn't allowed in"
    for one in walls:
        if at(one, "allows") and EVERYBODY in (at(one, "sourceRanges") or [EVERYBODY]):
            yield f"{one['name']} lets everybody in"


def logged(*needed: str) -> Callable[[Any], bool]:
    """What has at least these components."""
    return lambda value: set(needed) <= set(value or ())
