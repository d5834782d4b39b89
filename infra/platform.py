"""The platform of a stack: the cluster that its manifests go to, and the provider that reaches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import pulumi_kubernetes as kubernetes

from onestack.engine.workspace import HOME
from onestack.errors import ClusterNotStarted, PartNotEnough
from onestack.kube.connection import Connection, connect
from onestack.settings import Settings

EMBEDDED_KUBECONFIG = f"{HOME}/kubeconfig"


@dataclass(frozen=True)
class Platform:
    """``provider`` registers objects in the cluster, ``identifier`` names it."""

    provider: kubernetes.Provider
    identifier: str


def reach(settings: Settings, root: Path) -> Callable[[], Connection]:
    """How the stack's cluster is read. Raises: ClusterNotStarted."""
    return partial(connect, *_kubeconfig(settings, root))


def platform(settings: Settings, root: Path, *, adopting: bool, keeping: str | None = None) -> Platform:
    """Declares the platform that the settings ask for.

    ``adopting``: objects that exist already are taken over, which the caller knows to be the stack's own.

    ``keeping`` is the cluster that it has to be where only a part is registered. A provider for another one
    isn't even registered: only in the run that replaces it does the engine replace what holds on to it.

    Raises: ClusterNotStarted, InvalidKubeconfig; PartNotEnough where a part is not enough.
    """
    kubeconfig, context = _kubeconfig(settings, root)
    identifier = _identifier(settings, reach(settings, root)())
    if keeping not in {None, identifier}:
        raise PartNotEnough("the cluster is another one, and every object is to be made anew")
    provider = kubernetes.Provider(
        "cluster",
        kubernetes.ProviderArgs(
            kubeconfig=str(kubeconfig),
            context=context,
            # Without it a kubeconfig that changes would plan the replacement of every object.
            cluster_identifier=identifier,
            enable_server_side_apply=True,
            # Replacing a ConfigMap that pods mount takes it away from them for a moment.
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
            # What a run that died created is not in the state.
            upsert_existing_objects=True if adopting else None,
        ),
    )
    return Platform(provider=provider, identifier=identifier)


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
