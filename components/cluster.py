"""A GKE cluster without nodes of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_gcp import container as gke

from components.network import PODS, SERVICES
from components.options import within
from onestack.gcp.kubeconfig import kubeconfig
from onestack.gcp.ranges import PODS_PER_NODE
from onestack.gcp.settings import Cluster as ClusterSettings


@dataclass(frozen=True)
class ClusterArgs:
    """``name`` and ``location`` (a region or a zone) make the cluster; another name makes another one first.

    ``network`` and ``subnetwork`` are paths of Google's, the subnet with the secondary ranges of
    `components.network`; ``account`` is the address of the nodes' service account, ``key`` the path of the
    key for secrets. ``protected``: the cluster can't be deleted or replaced.
    """

    project: str
    location: str
    name: str
    stack: str
    network: str
    subnetwork: str
    account: str
    key: str
    settings: ClusterSettings
    protected: bool = True


class Cluster(pulumi.ComponentResource):
    """A private GKE Standard cluster, hardened as the CIS GKE Benchmark has it; node pools come on top.

    Nodes are private. The control plane is reached by Google's name for it, where IAM decides who may, and
    has an address only where networks are authorised to use it. Dataplane V2 enforces network policies;
    pods are Google identities by workload identity; secrets are encrypted with the key; Google upgrades the
    cluster from its release channel inside the maintenance window; logs, metrics and managed Prometheus are
    on. Bindings of Kubernetes roles to everybody are refused.

    With ``protected`` Google refuses to delete it, too (``deletionProtection``): turning that off is a
    deployment of its own, and a deletion the next.

    Not done here: Autopilot, node auto-provisioning, Binary Authorization (without attestors it lets
    everything pass), GKE Sandbox, service meshes, backups, Windows, IPv6.
    """

    name: pulumi.Output[str]
    location: str
    endpoint: pulumi.Output[str]
    """The control plane's address."""
    dns_endpoint: pulumi.Output[str]
    """Google's name for the control plane."""
    ca_certificate: pulumi.Output[str]
    """Of the address: PEM in base64."""
    kubeconfig: pulumi.Output[str]
    """How the stack reaches it; a secret, though there is no credential in it."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("onestack:google:Cluster", name, None, opts)
        self.location = args.location
        cluster = gke.Cluster(
            "cluster",
            _inputs(args),
            within(
                self,
                opts,
                protect=args.protected,
                # Of the pool that is removed at once: nothing that there is.
                ignore_changes=["nodeConfig"],
            ),
        )
        self.name = cluster.name
        self.endpoint = cluster.endpoint
        self.dns_endpoint = cluster.control_plane_endpoints_config.apply(_dns)
        self.ca_certificate = pulumi.Output.unsecret(cluster.master_auth).apply(
            lambda held: held.cluster_ca_certificate or ""
        )
        by_name = args.settings.endpoint == "dns"
        reached = (self.dns_endpoint, None) if by_name else (self.endpoint, self.ca_certificate)
        self.kubeconfig = pulumi.Output.secret(
            pulumi.Output.all(cluster.name, *reached).apply(lambda known: kubeconfig(*known))
        )
        self.register_outputs({"name": self.name, "location": self.location})


def _dns(held: Any) -> str:
    config = held.dns_endpoint_config
    return (config.endpoint if config else None) or ""


def _inputs(args: ClusterArgs) -> gke.ClusterArgs:
    inputs = _place(args)
    _temporary_nodes(inputs, args)
    _access(inputs, args)
    _hardening(inputs, args)
    _upkeep(inputs, args)
    _observation(inputs)
    return inputs


def _place(args: ClusterArgs) -> gke.ClusterArgs:
    """All from the settings that forces a replacement: `onestack.gcp.cluster.REPLACING`."""
    return gke.ClusterArgs(
        project=args.project,
        location=args.location,
        name=args.name,
        network=args.network,
        subnetwork=args.subnetwork,
        networking_mode="VPC_NATIVE",
        ip_allocation_policy=gke.ClusterIpAllocationPolicyArgs(
            cluster_secondary_range_name=PODS, services_secondary_range_name=SERVICES
        ),
        datapath_provider="ADVANCED_DATAPATH",
        default_max_pods_per_node=PODS_PER_NODE,
        enable_kubernetes_alpha=False,
        resource_labels={"onestack-stack": args.stack},
    )


def _temporary_nodes(inputs: gke.ClusterArgs, args: ClusterArgs) -> None:
    """A cluster is made with a pool, which goes again; until then its nodes may do no more than others."""
    inputs.remove_default_node_pool = True
    inputs.initial_node_count = 1
    inputs.node_config = gke.ClusterNodeConfigArgs(
        service_account=args.account,
        shielded_instance_config=gke.ClusterNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
    )


def _access(inputs: gke.ClusterArgs, args: ClusterArgs) -> None:
    """Who reaches the control plane, and how."""
    has_address = args.settings.has_address
    inputs.control_plane_endpoints_config = gke.ClusterControlPlaneEndpointsConfigArgs(
        dns_endpoint_config=gke.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
            allow_external_traffic=args.settings.endpoint == "dns"
        ),
        ip_endpoints_config=gke.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(enabled=has_address),
    )
    inputs.private_cluster_config = gke.ClusterPrivateClusterConfigArgs(
        enable_private_nodes=True, enable_private_endpoint=not has_address
    )
    if has_address:
        # Without an address there is nothing to authorise, and the provider sends nothing.
        inputs.master_authorized_networks_config = gke.ClusterMasterAuthorizedNetworksConfigArgs(
            gcp_public_cidrs_access_enabled=False,
            cidr_blocks=[
                gke.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(
                    cidr_block=str(network), display_name=name
                )
                for name, network in sorted(args.settings.authorized_networks.items())
            ],
        )


def _hardening(inputs: gke.ClusterArgs, args: ClusterArgs) -> None:
    inputs.workload_identity_config = gke.ClusterWorkloadIdentityConfigArgs(
        workload_pool=f"{args.project}.svc.id.goog"
    )
    inputs.database_encryption = gke.ClusterDatabaseEncryptionArgs(state="ENCRYPTED", key_name=args.key)
    inputs.enable_shielded_nodes = True
    inputs.enable_intranode_visibility = True
    inputs.enable_legacy_abac = False
    inputs.master_auth = gke.ClusterMasterAuthArgs(
        client_certificate_config=gke.ClusterMasterAuthClientCertificateConfigArgs(
            issue_client_certificate=False
        )
    )
    inputs.anonymous_authentication_config = gke.ClusterAnonymousAuthenticationConfigArgs(mode="LIMITED")
    inputs.rbac_binding_config = gke.ClusterRbacBindingConfigArgs(
        enable_insecure_binding_system_authenticated=False,
        enable_insecure_binding_system_unauthenticated=False,
    )
    # Images are scanned in the registry.
    inputs.security_posture_config = gke.ClusterSecurityPostureConfigArgs(
        mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"
    )


def _upkeep(inputs: gke.ClusterArgs, args: ClusterArgs) -> None:
    window = args.settings.maintenance
    start, end = window.first
    inputs.deletion_protection = args.protected
    inputs.release_channel = gke.ClusterReleaseChannelArgs(channel=args.settings.channel.upper())
    inputs.maintenance_policy = gke.ClusterMaintenancePolicyArgs(
        recurring_window=gke.ClusterMaintenancePolicyRecurringWindowArgs(
            start_time=start, end_time=end, recurrence=window.recurrence
        )
    )
    inputs.addons_config = gke.ClusterAddonsConfigArgs(
        http_load_balancing=gke.ClusterAddonsConfigHttpLoadBalancingArgs(disabled=False),
        horizontal_pod_autoscaling=gke.ClusterAddonsConfigHorizontalPodAutoscalingArgs(disabled=False),
        gce_persistent_disk_csi_driver_config=gke.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(
            enabled=True
        ),
        dns_cache_config=gke.ClusterAddonsConfigDnsCacheConfigArgs(enabled=True),
    )


def _observation(inputs: gke.ClusterArgs) -> None:
    inputs.logging_config = gke.ClusterLoggingConfigArgs(enable_components=["SYSTEM_COMPONENTS", "WORKLOADS"])
    inputs.monitoring_config = gke.ClusterMonitoringConfigArgs(
        enable_components=["SYSTEM_COMPONENTS"],
        managed_prometheus=gke.ClusterMonitoringConfigManagedPrometheusArgs(enabled=True),
    )
    inputs.cost_management_config = gke.ClusterCostManagementConfigArgs(enabled=True)
