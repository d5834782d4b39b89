"""The CIS Google Kubernetes Engine Benchmark v1.9.0 over a graph of resources, as far as arguments decide it.

https://www.cisecurity.org/benchmark/kubernetes; numbers and which are automated as in
https://github.com/aquasecurity/kube-bench/tree/main/cfg/gke-1.9.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.program.rules import (
    CLUSTER,
    POOL,
    READER,
    REGISTRY,
    SUBNET,
    Control,
    account_of_its_own,
    authorized,
    closed_door,
    each,
    every,
    false,
    least_roles,
    logged,
    no_basic_roles,
    no_public_address,
    not_true,
    one_of,
    scanned,
    some,
    true,
)

CHANNELS: Final = ("RAPID", "REGULAR", "STABLE", "EXTENDED")

NOT_OURS: Final[Mapping[str, str]] = {
    "3.1.1": "a file of the node's image, which is Google's",
    "3.1.2": "a file of the node's image, which is Google's",
    "3.1.3": "a file of the node's image, which is Google's",
    "3.1.4": "a file of the node's image, which is Google's",
    "4.1.4": "is decided by manifests",
    "4.1.6": "is decided by manifests",
    "4.3.2": "is decided by manifests",
    "4.4.1": "is decided by manifests",
    "4.6.2": "is decided by manifests",
    "5.6.7": "certificates are asked for by Ingresses and Gateways, which are manifests",
    "5.10.3": "only for untrusted workloads, of which the stacks have none",
}
"""Automated controls that no argument of a resource at Google decides."""
_AUTOMATED: Final = """
3.1.1 3.1.2 3.1.3 3.1.4
4.1.4 4.1.6 4.1.8 4.1.9 4.1.10 4.3.2 4.4.1 4.6.2
5.1.1 5.2.1 5.3.1 5.4.1 5.5.1 5.5.2 5.5.3 5.5.4 5.5.5 5.5.6 5.5.7
5.6.1 5.6.2 5.6.3 5.6.4 5.6.5 5.6.7 5.7.1 5.8.1 5.8.3 5.9.2
5.10.1 5.10.2 5.10.3 5.10.4
"""
AUTOMATED: Final = frozenset(_AUTOMATED.split())
"""All that v1.9.0 calls automated."""

CONTROLS: Final[Mapping[str, tuple[str, Control]]] = {
    "4.1.8": (
        "no bindings to system:anonymous",
        each(CLUSTER, "anonymousAuthenticationConfig.mode", one_of("LIMITED")),
    ),
    "4.1.9": (
        "no bindings to system:unauthenticated",
        each(CLUSTER, "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated", false),
    ),
    "4.1.10": (
        "no bindings to system:authenticated",
        each(CLUSTER, "rbacBindingConfig.enableInsecureBindingSystemAuthenticated", false),
    ),
    "4.3.1": (
        "the network enforces network policies",
        each(CLUSTER, "datapathProvider", one_of("ADVANCED_DATAPATH")),
    ),
    "5.1.1": (
        "images are scanned",
        every(each(REGISTRY, "vulnerabilityScanningConfig.enablementConfig", one_of("INHERITED")), scanned),
    ),
    "5.1.3": (
        "the cluster only reads images",
        each(READER, "role", one_of("roles/artifactregistry.reader")),
    ),
    "5.2.1": (
        "nodes have an account of their own, with least roles",
        every(
            each(POOL, "nodeConfig.serviceAccount", account_of_its_own),
            each(CLUSTER, "nodeConfig.serviceAccount", account_of_its_own),
            least_roles,
            no_basic_roles,
        ),
    ),
    "5.2.2": ("workload identity", each(CLUSTER, "workloadIdentityConfig.workloadPool", some)),
    "5.3.1": (
        "secrets are encrypted with a key of Cloud KMS",
        every(
            each(CLUSTER, "databaseEncryption.state", one_of("ENCRYPTED")),
            each(CLUSTER, "databaseEncryption.keyName", some),
        ),
    ),
    "5.4.1": (
        "pods see GKE's metadata server",
        each(POOL, "nodeConfig.workloadMetadataConfig.mode", one_of("GKE_METADATA")),
    ),
    "5.5.1": ("Container-Optimized OS", each(POOL, "nodeConfig.imageType", one_of("COS_CONTAINERD"))),
    "5.5.2": ("nodes are repaired", each(POOL, "management.autoRepair", true)),
    "5.5.3": ("nodes are upgraded", each(POOL, "management.autoUpgrade", true)),
    "5.5.4": ("a release channel", each(CLUSTER, "releaseChannel.channel", one_of(*CHANNELS))),
    "5.5.5": ("shielded nodes", each(CLUSTER, "enableShieldedNodes", true)),
    "5.5.6": (
        "integrity monitoring",
        each(POOL, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", true),
    ),
    "5.5.7": ("secure boot", each(POOL, "nodeConfig.shieldedInstanceConfig.enableSecureBoot", true)),
    "5.6.1": (
        "flow logs and intranode visibility",
        every(each(SUBNET, "logConfig", some), each(CLUSTER, "enableIntranodeVisibility", true)),
    ),
    "5.6.2": (
        "VPC-native",
        every(
            each(CLUSTER, "networkingMode", one_of("VPC_NATIVE")),
            each(CLUSTER, "ipAllocationPolicy.clusterSecondaryRangeName", some),
        ),
    ),
    "5.6.3": ("authorised networks, never everybody", authorized),
    "5.6.4": ("no public address of the control plane", no_public_address),
    "5.6.5": (
        "private nodes",
        every(
            each(CLUSTER, "privateClusterConfig.enablePrivateNodes", true),
            each(POOL, "networkConfig.enablePrivateNodes", true),
        ),
    ),
    "5.6.6": ("a firewall before the nodes", closed_door),
    "5.7.1": (
        "logs and metrics",
        every(
            each(CLUSTER, "loggingConfig.enableComponents", logged("SYSTEM_COMPONENTS", "WORKLOADS")),
            each(CLUSTER, "monitoringConfig.enableComponents", logged("SYSTEM_COMPONENTS")),
        ),
    ),
    "5.8.1": (
        "no client certificates, and no basic authentication",
        every(
            each(CLUSTER, "masterAuth.clientCertificateConfig.issueClientCertificate", false),
            each(CLUSTER, "masterAuth.username", lambda value: not value),
            each(CLUSTER, "masterAuth.password", lambda value: not value),
        ),
    ),
    "5.8.3": ("no legacy authorisation", each(CLUSTER, "enableLegacyAbac", false)),
    "5.9.2": ("boot disks are encrypted with a key", each(POOL, "nodeConfig.bootDiskKmsKey", some)),
    "5.10.1": ("no web UI", each(CLUSTER, "addonsConfig.kubernetesDashboard", lambda value: not value)),
    "5.10.2": ("no alpha features", each(CLUSTER, "enableKubernetesAlpha", not_true)),
    "5.10.4": (
        "security posture",
        each(CLUSTER, "securityPostureConfig.mode", one_of("BASIC", "ENTERPRISE")),
    ),
}
"""By number: what is asked for, and the control; manual ones, too, where an argument decides them."""
