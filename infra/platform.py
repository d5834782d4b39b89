"""The platform of a stack: the cluster that its manifests go to, and the provider that reaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from onestack.engine.workspace import HOME
from onestack.errors import ClusterNotStarted, NoClusterYet, PartNotEnough
from onestack.gcp.settings import GcpSettings
from onestack.kube.connection import Connection, connect
from onestack.settings import Settings

EMBEDDED_KUBECONFIG = f"{HOME}/kubeconfig"


@dataclass(frozen=True)
class Platform:
    """``identifier`` names the cluster: it is another one exactly when the cluster is.

    ``kubeconfig`` is a file or contents. ``connect`` reads the cluster, and raises NoClusterYet where that
    isn't there before this run has made it. ``nodes`` are what workloads need to run.
    """

    kubeconfig: pulumi.Input[str]
    context: str | None
    identifier: str
    connect: Callable[[], Connection]
    nodes: Sequence[pulumi.Resource] = ()


async def platform(settings: Settings, root: Path) -> Platform:
    """Declares the platform that the settings ask for; a cluster that has to be made is, by then.

    Raises: ClusterNotStarted, InvalidKubeconfig.
    """
    if settings.gcp is not None:
        return await _google(settings.stack, settings.gcp)
    kubeconfig, context = _kubeconfig(settings, root)
    reach = partial(connect, kubeconfig, context)
    return Platform(str(kubeconfig), context, _identifier(settings, reach()), reach)


def provider(cluster: Platform, *, adopting: bool, keeping: str | None = None) -> kubernetes.Provider:
    """Declares the provider of the cluster's objects.

    ``adopting``: objects that exist already are taken over, which the caller knows to be the stack's own.

    ``keeping`` is the cluster that it has to be where only a part is registered. A provider for another one
    isn't even registered: only in the run that replaces it does the engine replace what holds on to it.

    Raises: PartNotEnough where a part is not enough.
    """
    if keeping not in {None, cluster.identifier}:
        raise PartNotEnough("the cluster is another one, and every object is to be made anew")
    return kubernetes.Provider(
        "cluster",
        kubernetes.ProviderArgs(
            kubeconfig=cluster.kubeconfig,
            context=cluster.context,
            # Without it a kubeconfig that changes would plan the replacement of every object.
            cluster_identifier=cluster.identifier,
            enable_server_side_apply=True,
            # Replacing a ConfigMap that pods mount takes it away from them for a moment.
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
            # What a run that died created is not in the state.
            upsert_existing_objects=True if adopting else None,
        ),
        pulumi.ResourceOptions(depends_on=list(cluster.nodes)) if cluster.nodes else None,
    )


async def _google(stack: str, settings: GcpSettings) -> Platform:
    """The network, the cluster and all that belongs to it in Google Cloud."""
    from infra.google import google  # noqa: PLC0415 - its packages take a second, which only such stacks pay

    made = google(stack, settings)
    contents = await made.kubeconfig.future()

    def reach() -> Connection:
        if not contents:
            raise NoClusterYet(stack)
        return connect(contents)

    return Platform(made.kubeconfig, None, made.identifier, reach, nodes=made.node_pools)


def _kubeconfig(settings: Settings, root: Path) -> tuple[Path, str | None]:
    if settings.kubeconfig is not None:
        return root / Path(settings.kubeconfig.path).expanduser(), settings.kubeconfig.context
    embedded = root / EMBEDDED_KUBECONFIG
    if not embedded.exists():
        raise ClusterNotStarted(EMBEDDED_KUBECONFIG)
    return embedded, None


def _identifier(settings: Settings, connection: Connection) -> str:
    chosen = settings.kubeconfig.cluster_identifier if settings.kubeconfig else None
    anchor = connection.tls.ca or connection.server.encode()
    return chosen or f"{settings.platform}-{sha256(anchor).hexdigest()[:16]}"
