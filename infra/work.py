"""What this run of the program has to register: as it was handed over, else worked out here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from onestack.handover import Handover, given
from onestack.kube.connection import Connection
from onestack.settings import Settings


async def work(
    root: Path, settings: Settings, *, project: str, connect: Callable[[], Connection]
) -> Handover:
    """Raises: as `onestack.declaration.declared`, where nothing was handed over."""
    handed = given()
    if handed is not None:
        return handed
    from onestack.worked_out import worked_out  # noqa: PLC0415 - takes 0.4 s, which runs of ours don't pay

    return await worked_out(root, settings, project=project, connect=connect)
