"""A simulated project for tests: one valid resource of every type, and control planes that are values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from onestack.local.gcp import operations
from onestack.local.gcp.check import Naming, check
from onestack.local.gcp.config import Config
from onestack.local.gcp.project import Project
from onestack.local.gcp.protocol import ControlPlane, Node
from onestack.local.gcp.session import Call, Session
from onestack.local.gcp.table import type_of

PROJECT: Final = "acme-dev"
REGION: Final = "europe-west4"

SERVICE: Final = "gcp:projects/service:Service"
IDENTITY: Final = "gcp:projects/serviceIdentity:ServiceIdentity"
PROJECT_MEMBER: Final = "gcp:projects/iAMMember:IAMMember"
NETWORK: Final = "gcp:compute/network:Network"
SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"
ROUTER: Final = "gcp:compute/router:Router"
NAT: Final = "gcp:compute/routerNat:RouterNat"
FIREWALL: Final = "gcp:compute/firewall:Firewall"
KEY_RING: Final = "gcp:kms/keyRing:KeyRing"
KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
KEY_MEMBER: Final = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
CLUSTER: Final = "gcp:container/cluster:Cluster"
POOL: Final = "gcp:container/nodePool:NodePool"
ACCOUNT: Final = "gcp:serviceaccount/account:Account"
ACCOUNT_MEMBER: Final = "gcp:serviceaccount/iAMMember:IAMMember"
REPOSITORY: Final = "gcp:artifactregistry/repository:Repository"
REPOSITORY_MEMBER: Final = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
IDENTITY_POOL: Final = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
IDENTITY_PROVIDER: Final = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"

NETWORK_ID: Final = f"projects/{PROJECT}/global/networks/main"
SUBNETWORK_ID: Final = f"projects/{PROJECT}/regions/{REGION}/subnetworks/nodes"
RING_ID: Final = f"projects/{PROJECT}/locations/{REGION}/keyRings/stack"
KEY_ID: Final = f"{RING_ID}/cryptoKeys/secrets"
EMAIL: Final = f"dev-nodes@{PROJECT}.iam.gserviceaccount.com"
ACCOUNT_ID: Final = f"projects/{PROJECT}/serviceAccounts/{EMAIL}"
CLUSTER_ID: Final = f"projects/{PROJECT}/locations/{REGION}/clusters/dev-ab12"
POOLS: Final = f"projects/{PROJECT}/locations/global/workloadIdentityPools"

# In the order in which they can be made.
SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    SERVICE: {"service": "container.googleapis.com", "disableOnDestroy": False},
    IDENTITY: {"service": "artifactregistry.googleapis.com"},
    NETWORK: {"name": "main", "autoCreateSubnetworks": False, "routingMode": "REGIONAL"},
    SUBNETWORK: {
        "name": "nodes",
        "network": NETWORK_ID,
        "ipCidrRange": "10.10.0.0/20",
        "privateIpGoogleAccess": True,
        "secondaryIpRanges": [
            {"rangeName": "pods", "ipCidrRange": "10.20.0.0/14"},
            {"rangeName": "services", "ipCidrRange": "10.24.0.0/20"},
        ],
        "logConfig": {"aggregationInterval": "INTERVAL_10_MIN"},
    },
    ROUTER: {"name": "edge", "network": NETWORK_ID},
    NAT: {
        "name": "nat",
        "router": "edge",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [{"name": SUBNETWORK_ID, "sourceIpRangesToNats": ["ALL_IP_RANGES"]}],
        "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
    },
    FIREWALL: {
        "name": "health",
        "network": "main",
        "allows": [{"protocol": "tcp", "ports": ["80", "443"]}, {"protocol": "icmp"}],
        "sourceRanges": ["35.191.0.0/16", "130.211.0.0/22"],
    },
    KEY_RING: {"name": "stack", "location": REGION},
    KEY: {"name": "secrets", "keyRing": RING_ID, "rotationPeriod": "7776000s", "labels": {"stack": "dev"}},
    KEY_MEMBER: {
        "cryptoKeyId": KEY_ID,
        "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "member": "serviceAccount:{container agent}",
    },
    ACCOUNT: {"accountId": "dev-nodes", "displayName": "Nodes"},
    PROJECT_MEMBER: {
        "project": PROJECT,
        "role": "roles/container.defaultNodeServiceAccount",
        "member": f"serviceAccount:{EMAIL}",
    },
    CLUSTER: {
        "name": "dev-ab12",
        "location": REGION,
        "network": NETWORK_ID,
        "subnetwork": SUBNETWORK_ID,
        "initialNodeCount": 1,
        "removeDefaultNodePool": True,
        "deletionProtection": False,
        "releaseChannel": {"channel": "REGULAR"},
        "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
        "privateClusterConfig": {"enablePrivateNodes": True},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": True}},
        "workloadIdentityConfig": {"workloadPool": f"{PROJECT}.svc.id.goog"},
        "datapathProvider": "ADVANCED_DATAPATH",
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": KEY_ID},
        "resourceLabels": {"stack": "dev"},
    },
    POOL: {
        "name": "default",
        "cluster": CLUSTER_ID,
        "initialNodeCount": 1,
        "autoscaling": {"minNodeCount": 1, "maxNodeCount": 3},
        "nodeConfig": {
            "machineType": "e2-standard-4",
            "diskSizeGb": 100,
            "spot": False,
            "serviceAccount": EMAIL,
            "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
            "labels": {"team": "shop"},
            "taints": [{"key": "team", "value": "shop", "effect": "NO_SCHEDULE"}],
            "shieldedInstanceConfig": {"enableSecureBoot": True},
        },
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0},
    },
    ACCOUNT_MEMBER: {
        "serviceAccountId": ACCOUNT_ID,
        "role": "roles/iam.workloadIdentityUser",
        "member": f"serviceAccount:{PROJECT}.svc.id.goog[bookshop/server]",
    },
    REPOSITORY: {"repositoryId": "images", "format": "DOCKER", "labels": {"stack": "dev"}},
    REPOSITORY_MEMBER: {
        "repository": "images",
        "role": "roles/artifactregistry.reader",
        "member": f"serviceAccount:{EMAIL}",
    },
    IDENTITY_POOL: {"workloadIdentityPoolId": "github", "displayName": "GitHub"},
    IDENTITY_PROVIDER: {
        "workloadIdentityPoolId": "github",
        "workloadIdentityPoolProviderId": "actions",
        "attributeCondition": "assertion.repository == 'acme/shop'",
        "attributeMapping": {"google.subject": "assertion.sub"},
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    },
}

APIS: Final = ("compute", "iam", "cloudresourcemanager", "cloudkms", "container", "artifactregistry")


@dataclass
class Planes:
    """Control planes that only remember what they were told."""

    started: dict[str, str] = field(default_factory=dict)
    nodes: dict[tuple[str, str], list[Node]] = field(default_factory=dict)

    def create(self, name: str, kubernetes_version: str) -> ControlPlane:
        self.started[name] = kubernetes_version
        return ControlPlane(f"127.0.0.1:{40000 + len(self.started)}", "Y2VydA==")

    def delete(self, name: str) -> None:
        self.started.pop(name, None)

    def find(self, name: str) -> ControlPlane | None:
        return ControlPlane("127.0.0.1:40001", "Y2VydA==") if name in self.started else None

    def set_nodes(self, name: str, pool: str, nodes: Sequence[Node]) -> None:
        self.nodes[(name, pool)] = list(nodes)


class World:
    """One provider over one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.planes = Planes()
        self.simulation = Session(Config(folder, PROJECT, REGION), lambda _: self.planes)

    def enable(self, *apis: str) -> None:
        for api in apis or APIS:
            self.make(SERVICE, service=f"{api}.googleapis.com")

    def inputs(self, token: str, **changed: Any) -> dict[str, Any]:
        """The sample's inputs, changed, and checked."""
        given = {key: self._told(value) for key, value in {**SAMPLES[token], **changed}.items()}
        inputs, failures = check(type_of(token), given, {}, Naming("x", b"seed"))
        assert not failures, failures
        return inputs

    def make(self, token: str, **changed: Any) -> tuple[str, dict[str, Any]]:
        return operations.create(self.simulation, Call(type_of(token), self._plain(token, changed)))

    def make_all(self, *until: str) -> dict[str, tuple[str, dict[str, Any]]]:
        """One of each type, up to and without ``until``."""
        self.enable()
        made = {}
        for token in SAMPLES:
            if token in until:
                break
            made[token] = self.make(token)
        return made

    def update(self, token: str, resource_id: str, **changed: Any) -> dict[str, Any]:
        call = Call(type_of(token), self._plain(token, changed), resource_id)
        return operations.update(self.simulation, call)

    def delete(self, token: str, resource_id: str, **old: Any) -> None:
        state = {**(self.read(token, resource_id) or {}), **old}
        operations.delete(self.simulation, Call(type_of(token), {}, resource_id, state))

    def read(self, token: str, resource_id: str) -> dict[str, Any] | None:
        return operations.read(self.simulation, type_of(token), resource_id)

    def faults(self, text: str) -> None:
        (self.folder / f"{PROJECT}.faults.yaml").write_text(text)

    @property
    def project(self) -> Project:
        return self.simulation.projects.look(PROJECT)

    def _plain(self, token: str, changed: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in self.inputs(token, **changed).items() if key != "__defaults"}

    def _told(self, value: Any) -> Any:
        agent = f"service-{self.project.number}@container-engine-robot.iam.gserviceaccount.com"
        return value.replace("{container agent}", agent) if isinstance(value, str) else value
