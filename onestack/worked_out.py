"""What a program that was handed nothing works out itself: plain ``pulumi`` then does the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from onestack.declaration import Declaration, declared
from onestack.handover import Handover
from onestack.inventory import Inventory
from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.manifests.aliases import Aliases
from onestack.manifests.ownership import digest
from onestack.manifests.reference import reference
from onestack.manifests.registration import Names, registrations
from onestack.rendering.options import on_path
from onestack.settings import Settings
from onestack.wait import found

USER_AGENT = "onestack-program"


async def worked_out(
    root: Path, settings: Settings, *, project: str, connect: Callable[[], Connection]
) -> Handover:
    """Reads and checks the manifests, and asks the cluster for earlier releases.

    Raises: as `onestack.declaration.declared`.
    """
    made = declared(root, settings, project=project, tools=on_path)
    async with Client(connect(), user_agent=USER_AGENT) as client:
        return Handover(inventory(made, settings, project=project), await found(client, settings.stack))


def inventory(declaration: Declaration, settings: Settings, *, project: str) -> Inventory:
    """What a declaration comes to in the stack of ``settings``. Raises: DependencyCycle."""
    aliases = Aliases(declaration.applied, settings.manifests.custom_kinds())
    names = Names(project, settings.stack)
    seconds = settings.readiness.timeout_seconds
    before, after = (
        registrations(manifests, declaration.needs, aliases, names, hook_seconds=seconds)
        for manifests in (declaration.manifests, declaration.after)
    )
    return Inventory(
        before=before,
        after=after,
        awaited=tuple(map(reference, declaration.manifests)),
        digest=digest(declaration.applied),
        objects=len(declaration.applied),
    )
