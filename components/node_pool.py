"""Nodes of one kind for a GKE cluster."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import container as gke

from components.options import within
from onestack.gcp.machine_types import disk_type
from onestack.gcp.node_pools import EFFECTS
from onestack.gcp.node_pools import NodePool as NodePoolSettings


@dataclass(frozen=True)
class NodePoolArgs:
    """``name`` is the pool's; another one makes another pool before the old goes.

    ``cluster`` is the name of a cluster in ``location``, which has nodes in so many ``zones``; ``account``
    the address of the nodes' service account, ``key`` the path of the key for their disks. ``protected``:
    the pool can't be deleted or replaced.
    """

    project: str
    location: str
    zones: int
    cluster: str
    name: str
    stack: str
    account: str
    key: str
    settings: NodePoolSettings
    protected: bool = True


class NodePool(pulumi.ComponentResource):
    """Private, shielded nodes with Container-Optimized OS, which Google repairs, upgrades and scales.

    It has ``min`` to ``max`` nodes in all zones together. Pods see Google's metadata server for workload
    identity only, never the node's account; boot disks (in GiB) are encrypted with the key. Machine type,
    disk, labels, taints and upgrade settings change in place, node by node; ``spot`` makes another pool.

    Not done here: GPUs, local SSDs, Windows, Arm images beside others, placement, reservations, blue-green
    upgrades.
    """

    pool: gke.NodePool

    def __init__(self, name: str, args: NodePoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("onestack:google:NodePool", name, None, opts)
        settings = args.settings
        self.pool = gke.NodePool(
            name,
            project=args.project,
            location=args.location,
            cluster=args.cluster,
            name=args.name,
            # Of each zone, and only to begin with.
            initial_node_count=-(-settings.min // args.zones),
            autoscaling=gke.NodePoolAutoscalingArgs(
                total_min_node_count=settings.min,
                total_max_node_count=settings.max,
                location_policy="ANY" if settings.spot else "BALANCED",
            ),
            management=gke.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
            upgrade_settings=gke.NodePoolUpgradeSettingsArgs(
                strategy="SURGE", max_surge=settings.max_surge, max_unavailable=settings.max_unavailable
            ),
            network_config=gke.NodePoolNetworkConfigArgs(enable_private_nodes=True),
            node_config=_node(args),
            opts=within(
                self,
                opts,
                protect=args.protected,
                # Another `min` would force a replacement; the autoscaler has taken over by then.
                ignore_changes=["initialNodeCount"],
            ),
        )
        self.register_outputs({"name": self.pool.name})


def _node(args: NodePoolArgs) -> gke.NodePoolNodeConfigArgs:
    settings = args.settings
    return gke.NodePoolNodeConfigArgs(
        machine_type=settings.machine_type,
        spot=settings.spot,
        image_type="COS_CONTAINERD",
        disk_size_gb=settings.disk_gib,
        disk_type=disk_type(settings.machine_type),
        boot_disk_kms_key=args.key,
        service_account=args.account,
        # What the account may do is said by its roles alone.
        oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
        labels=dict(settings.labels),
        taints=[
            gke.NodePoolNodeConfigTaintArgs(key=taint.key, value=taint.value, effect=EFFECTS[taint.effect])
            for taint in settings.taints
        ],
        resource_labels={"onestack-stack": args.stack},
        metadata={"disable-legacy-endpoints": "true"},
        shielded_instance_config=gke.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        workload_metadata_config=gke.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
        kubelet_config=gke.NodePoolNodeConfigKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled="FALSE"
        ),
    )
