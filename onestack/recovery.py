"""What a run that died left in the cluster, put right before the next run, whoever starts that."""

from __future__ import annotations

from collections.abc import Callable

from onestack import standing
from onestack.kube.client import Client
from onestack.standing import Standing

Note = Callable[[str], None]


async def finish(client: Client, found: Standing, project: str, stack: str, note: Note) -> None:
    """Removes what only the dead run knew of, and makes ready what the next run is to take over.

    Raises: ForeignObjects, ApiError, ClusterUnreachable.
    """
    if found.strays:
        listed = ", ".join(map(str, found.strays))
        note(f"deleting what a run that died left and nothing declares: {listed}")
        await standing.remove(client, project, stack, found.strays)
    if found.interrupted:
        listed = ", ".join(map(str, found.interrupted))
        note(f"deleting hooks that a run that died left, to run them again: {listed}")
        await standing.remove(client, project, stack, found.interrupted)
    if found.unheld:
        note(f"taking over {len(found.unheld)} objects that a run that died left")
        unknown = [one for one in found.declared if one.identity not in found.held]
        await standing.require_no_strangers(client, unknown, project, stack)
        await standing.hand_over(client, found)
