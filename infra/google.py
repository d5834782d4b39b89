"""What an environment has at Google Cloud, composed from components as its settings say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.cluster import Cluster, ClusterArgs
from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.github_identity import GithubIdentity, GithubIdentityArgs
from components.network import Network, NetworkArgs
from components.node_account import NodeAccount, NodeAccountArgs
from components.node_pool import NodePool, NodePoolArgs
from components.project_services import ProjectServices, ProjectServicesArgs
from components.registry import Registry, RegistryArgs
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from onestack.gcp.cluster import (
    cluster_identifier,
    cluster_name,
    key_ring_name,
    node_pool_name,
    subnet_name,
)
from onestack.gcp.names import application_account
from onestack.gcp.settings import GcpSettings

_NODE_ROLE = "roles/container.defaultNodeServiceAccount"


@dataclass(frozen=True)
class Google:
    """``identifier`` names the cluster and changes exactly when it does; ``kubeconfig`` is a secret.

    ``node_pools`` is what workloads have to stand behind, ``registry`` what images' names begin with,
    ``identities`` the Google accounts of applications by ``namespace/serviceaccount``.
    """

    cluster: Cluster
    identifier: str
    kubeconfig: pulumi.Output[str]
    node_pools: tuple[NodePool, ...]
    registry: str
    github: GithubIdentity | None
    identities: Mapping[str, str]


@dataclass(frozen=True)
class _Made:
    """What everything else is made from."""

    stack: str
    settings: GcpSettings
    provider: gcp.Provider
    services: ProjectServices

    def behind(self, *services: str, on: tuple[pulumi.Resource, ...] = ()) -> pulumi.ResourceOptions:
        """Options of a component that needs these services and stands behind ``on``."""
        return pulumi.ResourceOptions(provider=self.provider, depends_on=[*self.services.of(*services), *on])


def google(stack: str, settings: GcpSettings) -> Google:
    """Declares all of it. Nothing is asked of Google: a plan works before anything exists."""
    # Without a region, which each resource says itself: a provider that is replaced replaces everything.
    provider = gcp.Provider("google", project=settings.project)
    services = ProjectServices(
        "services",
        ProjectServicesArgs(project=settings.project),
        pulumi.ResourceOptions(provider=provider),
    )
    made = _Made(stack, settings, provider, services)
    account = _account(made)
    network, key, registry = _network(made), _key(made), _registry(made, account)
    cluster = _cluster(made, network, key, account)
    pools = tuple(_pool(made, name, cluster, key, account) for name in sorted(settings.node_pools))
    return Google(
        cluster=cluster,
        identifier=cluster_identifier(stack, settings),
        kubeconfig=cluster.kubeconfig,
        node_pools=pools,
        registry=registry.url,
        github=_github(made, account),
        identities={whom: _identity(made, whom, cluster) for whom in sorted(settings.identities)},
    )


def _account(made: _Made) -> NodeAccount:
    return NodeAccount(
        "nodes",
        NodeAccountArgs(project=made.settings.project, account=f"{made.stack}-nodes"),
        made.behind("iam", "cloudresourcemanager"),
    )


def _network(made: _Made) -> Network:
    settings = made.settings
    return Network(
        "network",
        NetworkArgs(
            project=settings.project,
            region=settings.region,
            name=made.stack,
            subnet=subnet_name(made.stack, settings.region, settings.network),
            ranges=settings.network,
            protected=settings.protected,
        ),
        made.behind("compute"),
    )


def _key(made: _Made) -> EncryptionKey:
    settings = made.settings
    return EncryptionKey(
        "encryption",
        EncryptionKeyArgs(
            project=settings.project,
            region=settings.region,
            key_ring=key_ring_name(made.stack, settings),
            protected=settings.protected,
        ),
        # Both services' own accounts come with them.
        made.behind("cloudkms", "container", "compute"),
    )


def _registry(made: _Made, account: NodeAccount) -> Registry:
    settings = made.settings
    return Registry(
        "registry",
        RegistryArgs(
            project=settings.project,
            region=settings.region,
            name=settings.registry.name or made.stack,
            readers={"nodes": account.member},
            protected=settings.protected,
        ),
        made.behind("artifactregistry", "containerscanning", on=(account,)),
    )


def _cluster(made: _Made, network: Network, key: EncryptionKey, account: NodeAccount) -> Cluster:
    settings = made.settings
    return Cluster(
        "cluster",
        ClusterArgs(
            project=settings.project,
            location=settings.location,
            name=cluster_name(made.stack, settings),
            stack=made.stack,
            network=network.network,
            subnetwork=network.subnetwork,
            account=account.email,
            key=key.key,
            settings=settings.cluster,
            protected=settings.protected,
        ),
        made.behind("container", "containersecurity", "logging", "monitoring", on=(network, key, account)),
    )


def _pool(made: _Made, name: str, cluster: Cluster, key: EncryptionKey, account: NodeAccount) -> NodePool:
    settings = made.settings
    pool = settings.node_pools[name]
    within = cluster_name(made.stack, settings)
    return NodePool(
        name,
        NodePoolArgs(
            project=settings.project,
            location=settings.location,
            zones=settings.zones,
            cluster=within,
            name=node_pool_name(name, pool, within),
            stack=made.stack,
            account=account.email,
            key=key.key,
            settings=pool,
            protected=settings.protected,
        ),
        made.behind(on=(cluster,)),
    )


def _github(made: _Made, account: NodeAccount) -> GithubIdentity | None:
    settings = made.settings
    if settings.github is None:
        return None
    given = {role for roles in settings.identities.values() for role in roles}
    return GithubIdentity(
        "github",
        GithubIdentityArgs(
            project=settings.project,
            repository=settings.github.repository,
            branch=settings.github.branch,
            pool=settings.github.pool or f"{made.stack}-github",
            preview=f"{made.stack}-preview",
            deploy=f"{made.stack}-deploy",
            node_account=account.email,
            gives=(_NODE_ROLE, *given),
        ),
        made.behind("iam", "iamcredentials", "sts", "cloudresourcemanager", on=(account,)),
    )


def _identity(made: _Made, whom: str, cluster: Cluster) -> str:
    namespace, _, name = whom.partition("/")
    identity = WorkloadIdentity(
        whom,
        WorkloadIdentityArgs(
            project=made.settings.project,
            namespace=namespace,
            service_account=name,
            account=application_account(made.stack, namespace, name),
            roles=made.settings.identities[whom],
        ),
        made.behind("iam", "iamcredentials", "cloudresourcemanager", on=(cluster,)),
    )
    return identity.email
