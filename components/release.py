"""The release record of a stack, and the collective wait that it stands for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from components.workloads import Object
from onestack.engine.marker import CANCELLED
from onestack.errors import ApiError, ClusterUnreachable, NotReady, WaitCancelled
from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.manifests import record
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.ownership import digest, owner_of
from onestack.wait import WaitProgress, reference, until_ready

USER_AGENT = "onestack-program"
_NOT_FOUND = 404

Live = Mapping[str, Any] | None
"""An object as the API server holds it, or None."""


@dataclass(frozen=True)
class _Standing:
    namespace: Live = None
    record: Live = None


class Release:
    """Declares the record after every workload and waits, in its hook, until all of them are ready.

    ``digest`` is that of the manifests and of the hooks that run ``after`` them, which it doesn't wait
    for: they wait for it. What else it deliberately does not do: wait for deletions
    (the engine deletes after the record is written) or roll anything back.
    """

    def __init__(
        self,
        manifests: Sequence[Manifest],
        workloads: Mapping[Identity, pulumi.Resource],
        provider: pulumi.ProviderResource,
        *,
        connect: Callable[[], Connection],
        project: str,
        stack: str,
        timeout_seconds: float,
        after: Sequence[Manifest] = (),
    ) -> None:
        self.digest = digest((*manifests, *after))
        self._stack, self._connect, self._timeout_seconds = stack, connect, timeout_seconds
        self._objects = [reference(manifest) for manifest in manifests]
        self._project = project
        live = answered(self._live())
        namespace = self._namespace(live.namespace, provider)
        manifest = record.record_manifest(self.digest, project=project, stack=stack)
        self.record = Object(
            manifest,
            {**manifest.body, "data": record.data(self.digest, live.record)},
            pulumi.ResourceOptions(
                provider=provider,
                depends_on=[*namespace, *workloads.values()],
                hooks=pulumi.ResourceHookBinding(
                    after_create=[self._wait_until_ready], after_update=[self._wait_until_ready]
                ),
            ),
        )

    def _namespace(self, live: Live, provider: pulumi.ProviderResource) -> list[pulumi.Resource]:
        """The record's namespace belongs to the first stack on a cluster; the others find it there."""
        manifest = record.namespace_manifest(project=self._project, stack=self._stack)
        if owner_of(live) not in {None, owner_of(manifest.body)}:
            return []
        return [Object(manifest, manifest.body, pulumi.ResourceOptions(provider=provider))]

    async def _live(self) -> _Standing:
        """What is there of earlier releases; nothing where there is no cluster to ask yet."""
        try:
            async with Client(self._connect(), user_agent=USER_AGENT) as client:
                return _Standing(
                    namespace=await _get(client, record.namespace_path()),
                    record=await _get(client, record.record_path(self._stack)),
                )
        except (ApiError, ClusterUnreachable):
            return _Standing()  # The provider meets the same and says it better.

    async def _wait_until_ready(self, _arguments: pulumi.ResourceHookArgs) -> None:
        """Runs after the record is written; raising fails the deployment with the message."""
        async with Client(self._connect(), user_agent=USER_AGENT) as client:
            report = await until_ready(
                client, self._objects, timeout_seconds=self._timeout_seconds, on_progress=_show
            )
            if not report.ok:
                raise NotReady(self._stack, report.message())
            await client.request(
                "PATCH",
                record.record_path(self._stack),
                params={"fieldManager": record.READY_MANAGER},
                body=record.ready_patch(self.digest),
                content_type="application/merge-patch+json",
            )


def _show(progress: WaitProgress) -> None:
    if Path(os.environ.get(CANCELLED, "")).is_file():
        raise WaitCancelled
    pulumi.log.info(progress.line(), ephemeral=True)


async def _get(client: Client, path: str) -> Live:
    try:
        return await client.request("GET", path)
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return None
        raise
