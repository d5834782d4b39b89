"""The release record of a stack, and the collective wait that it stands for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi

from onestack.engine.marker import CANCELLED
from onestack.errors import NotReady, WaitCancelled
from onestack.inventory import Inventory
from onestack.kube.connection import Connection
from onestack.manifests import record
from onestack.manifests.manifest import Manifest

if TYPE_CHECKING:
    from onestack.wait import WaitProgress

USER_AGENT = "onestack-program"


class Object(pulumi.CustomResource):
    """A Kubernetes object as a property tree under its type token, as it is registered elsewhere."""

    def __init__(
        self, manifest: Manifest, properties: Mapping[str, Any], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__(manifest.type_token, manifest.resource_name, dict(properties), opts)


class Release:
    """Declares the record, which the caller does after every workload, and waits, in its hook, until
    all that the inventory awaits is ready.

    ``found`` is what earlier releases left. ``timeout_seconds`` is None where whoever started the run
    waits itself. What it deliberately does not do: wait for deletions (the engine deletes after the record
    is written) or roll anything back. The record doesn't name the workloads as its dependencies:
    a list of all of them would make a change of one a change of all.
    """

    def __init__(
        self,
        inventory: Inventory,
        provider: pulumi.ProviderResource,
        *,
        found: record.Found,
        connect: Callable[[], Connection],
        project: str,
        stack: str,
        timeout_seconds: float | None,
    ) -> None:
        self._inventory, self._stack = inventory, stack
        self._connect, self._timeout_seconds = connect, timeout_seconds
        needed = [
            Object(namespace, namespace.body, pulumi.ResourceOptions(provider=provider))
            for namespace in record.namespaces(found, project=project, stack=stack)
        ]
        manifest = record.record_manifest(inventory.digest, project=project, stack=stack)
        hooks = pulumi.ResourceHookBinding(
            after_create=[self._wait_until_ready], after_update=[self._wait_until_ready]
        )
        self.record = Object(
            manifest,
            {**manifest.body, "data": record.data(inventory.digest, found.record)},
            pulumi.ResourceOptions(
                provider=provider,
                depends_on=needed,
                hooks=None if timeout_seconds is None else hooks,
            ),
        )

    async def _wait_until_ready(self, _arguments: pulumi.ResourceHookArgs) -> None:
        """Runs after the record is written; raising fails the deployment with the message."""
        from onestack.kube.client import Client  # noqa: PLC0415 - takes 0.2 s, which runs of ours don't pay
        from onestack.wait import mark_ready, until_ready  # noqa: PLC0415 - the same

        async with Client(self._connect(), user_agent=USER_AGENT) as client:
            report = await until_ready(
                client,
                self._inventory.awaited,
                timeout_seconds=self._timeout_seconds or 0.0,
                on_progress=_show,
            )
            if not report.ok:
                raise NotReady(self._stack, report.message())
            await mark_ready(client, self._stack, self._inventory.digest)


def _show(progress: WaitProgress) -> None:
    if Path(os.environ.get(CANCELLED, "")).is_file():
        raise WaitCancelled
    pulumi.log.info(progress.line(), ephemeral=True)
