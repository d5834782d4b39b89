"""The platform of a stack: the cluster that its manifests go to, and the provider that reaches it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import pulumi_kubernetes as kubernetes

from onestack.adoption import require_ours
from onestack.engine import marker
from onestack.engine.workspace import HOME, checkpoint, held
from onestack.errors import ClusterNotStarted
from onestack.kube.connection import Connection, connect
from onestack.manifests.manifest import Manifest
from onestack.settings import Settings

EMBEDDED_KUBECONFIG = f"{HOME}/kubeconfig"


@dataclass(frozen=True)
class Platform:
    """``provider`` registers objects in the cluster, ``connect`` reads it, ``identifier`` names it.

    ``adopts`` says that the last run on this state died, so that this one takes over what it left;
    ``believed`` are then the resources that the state holds and nobody compared with the cluster.
    """

    provider: kubernetes.Provider
    connect: Callable[[], Connection]
    identifier: str
    project: str
    stack: str
    adopts: bool
    believed: frozenset[str]

    def require_adoptable(self, manifests: Sequence[Manifest]) -> None:
        """Makes sure, in a run that adopts, that nobody else's object would be taken over.

        Raises: ForeignObjects, StateBehind, ClusterUnreachable.
        """
        if self.adopts:
            require_ours(
                self.connect(),
                manifests,
                project=self.project,
                stack=self.stack,
                believed=self.believed,
            )


def platform(settings: Settings, root: Path, project: str) -> Platform:
    """Declares the platform that the settings ask for.

    Raises: ClusterNotStarted, InvalidKubeconfig.
    """
    kubeconfig, context = _kubeconfig(settings, root)
    reach = partial(connect, kubeconfig, context)
    identifier = _identifier(settings, reach())
    adopt = marker.must_adopt(marker.path(root / HOME / "state", project, settings.stack))
    state = checkpoint(root, project, settings.stack)
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
            # What a run that died created is not in the state; it is adopted, ownership checked.
            upsert_existing_objects=True if adopt else None,
        ),
    )
    return Platform(
        provider=provider,
        connect=reach,
        identifier=identifier,
        project=project,
        stack=settings.stack,
        adopts=adopt,
        believed=frozenset() if marker.COMPARED in os.environ else held(state),
    )


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
