"""What a program that was handed nothing works out itself: plain ``pulumi`` then does the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onestack import recovery, standing
from onestack.declaration import Declaration, declared
from onestack.engine import marker, private
from onestack.engine.state import in_file
from onestack.engine.workspace import checkpoint, marker_file, program_state
from onestack.errors import ApiError, ClusterUnreachable, NoClusterYet, StateBehind, StateElsewhere
from onestack.handover import Handover
from onestack.inventory import Inventory
from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.manifests import record
from onestack.manifests.aliases import Aliases
from onestack.manifests.ownership import digest
from onestack.manifests.reference import reference
from onestack.manifests.registration import Names, registrations
from onestack.overtaken import overtaken
from onestack.rendering.options import on_path
from onestack.settings import Settings
from onestack.standing import Standing
from onestack.wait import begin, found

USER_AGENT = "onestack-program"


@dataclass(frozen=True)
class Program:
    """A program that nobody handed anything: where it runs, for which stack, and how it speaks.

    ``planning`` is True where nothing may be changed.
    """

    root: Path
    project: str
    settings: Settings
    connect: Callable[[], Connection]
    note: Callable[[str], None]
    planning: bool


async def worked_out(program: Program) -> Handover:
    """Reads and checks the manifests, asks the cluster for earlier releases, and finishes a run that died.

    Raises: as `onestack.declaration.declared`; StateBehind, StateElsewhere, ForeignObjects.
    """
    settings, project = program.settings, program.project
    made = declared(program.root, settings, project=project, tools=on_path)
    whole = inventory(made, settings, project=project)
    try:
        connection = program.connect()
    except NoClusterYet:
        return Handover(whole, record.Found())
    async with Client(connection, user_agent=USER_AGENT) as client:
        try:
            release = await found(client, settings.stack)
        except (ApiError, ClusterUnreachable):
            if not program.planning:
                raise
            release = record.Found()  # There may be no cluster yet.
        adopting = False
        if marker.died(marker_file(program_state(program.root), project, settings.stack)):
            adopting = await _finished(program, client, made, whole, release)
        if not program.planning:
            await begin(client, settings.stack, release, whole.digest)
        return Handover(whole, release, adopting=adopting)


async def _finished(
    program: Program, client: Client, made: Declaration, whole: Inventory, release: record.Found
) -> bool:
    """Puts right what a run that died left; says whether objects of it are there to be taken over."""
    project, stack = program.project, program.settings.stack
    folder = program_state(program.root)
    if os.environ.get("PULUMI_BACKEND_URL") != folder.as_uri():
        raise StateElsewhere(stack)
    state = in_file(checkpoint(folder, project, stack))
    there = Standing(
        live=await standing.survey(client, project, stack),
        held=standing.identities(state.held),
        declared=(*made.applied, *record.manifests(release, project=project, stack=stack)),
        unfinished=standing.identities(state.unfinished),
    )
    changed = overtaken(state, there.live, whole)
    if there.missing or changed:
        raise StateBehind(stack, tuple(map(str, there.missing)), tuple(map(str, changed)))
    if not program.planning:
        private.sweep(program.root)
        await recovery.finish(client, there, project, stack, program.note)
    return bool(there.unheld)


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
