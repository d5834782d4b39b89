"""What a control plane looks like now, as a value for renderers and programs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

State = Literal["running", "degraded", "stopped", "absent"]


@dataclass(frozen=True)
class ComponentStatus:
    """One process of the plane. ``port`` is None where it has none; ``detail`` says in
    words what is the matter and is empty where nothing is."""

    name: str
    pid: int | None
    port: int | None
    alive: bool
    ready: bool
    detail: str
    log: Path


@dataclass(frozen=True)
class PlaneStatus:
    """The plane as a whole. ``since`` is when its oldest running component was started."""

    state: State
    components: tuple[ComponentStatus, ...]
    server: str
    kubernetes_version: str
    kubeconfig: Path
    directory: Path
    since: datetime | None

    @property
    def dead(self) -> tuple[str, ...]:
        """The names of the components that do not run."""
        return tuple(component.name for component in self.components if not component.alive)


def overall(components: Sequence[ComponentStatus], *, present: bool) -> State:
    """The state of the whole from its parts; ``present`` is whether it was ever made."""
    if not present:
        return "absent"
    if not any(component.alive for component in components):
        return "stopped"
    if all(component.alive and component.ready for component in components):
        return "running"
    return "degraded"
