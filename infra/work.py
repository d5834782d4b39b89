"""What this run of the program has to register: as it was handed over, else worked out here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pulumi

from onestack.handover import Handover, given
from onestack.kube.connection import Connection
from onestack.settings import Settings


async def work(
    root: Path, settings: Settings, *, project: str, connect: Callable[[], Connection]
) -> Handover:
    """Raises: as `onestack.worked_out`, where nothing was handed over."""
    handed = given()
    if handed is not None:
        return handed
    from onestack.worked_out import Program, worked_out  # noqa: PLC0415 - 0.4 s, which runs of ours don't pay

    return await worked_out(
        Program(root, project, settings, connect, pulumi.log.warn, planning=pulumi.runtime.is_dry_run())
    )
