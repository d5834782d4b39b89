"""The release record of a stack, and the collective wait that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from components.workloads import Object
from onestack.errors import ApiError, ClusterUnreachable, NotReady
from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.manifests import record
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.ownership import digest
from onestack.wait import WaitProgress, reference, until_ready

USER_AGENT = "onestack-program"


class Release:
    """Declares the record after every workload and waits, in its hook, until all of them are ready.

    ``digest`` is that of the manifests. What it deliberately does not do: wait for deletions
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
    ) -> None:
        self.digest = digest(manifests)
        self._stack, self._connect, self._timeout_seconds = stack, connect, timeout_seconds
        self._objects = [reference(manifest) for manifest in manifests]
        holder = record.namespace_manifest(project=project, stack=stack)
        namespace = Object(holder, holder.body, pulumi.ResourceOptions(provider=provider))
        manifest = record.record_manifest(self.digest, project=project, stack=stack)
        self.record = Object(
            manifest,
            {**manifest.body, "data": pulumi.Output.from_input(self._data())},
            pulumi.ResourceOptions(
                provider=provider,
                depends_on=[namespace, *workloads.values()],
                hooks=pulumi.ResourceHookBinding(
                    after_create=[self._wait_until_ready], after_update=[self._wait_until_ready]
                ),
            ),
        )

    async def _data(self) -> dict[str, str]:
        return record.data(self.digest, await self._live())

    async def _live(self) -> dict[str, Any] | None:
        """The live record; None where there is none, or no cluster to ask (the provider says so better)."""
        try:
            async with Client(self._connect(), user_agent=USER_AGENT) as client:
                return await client.request("GET", record.record_path(self._stack))
        except (ApiError, ClusterUnreachable):
            return None

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
    pulumi.log.info(progress.line(), ephemeral=True)
