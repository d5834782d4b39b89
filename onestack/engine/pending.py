"""Operations that a state says were begun and doesn't know the end of: what a run that died leaves in it.

The engine carries creations on from run to run, until somebody answers for each of them
(``pulumi refresh``, interactively).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

from onestack.engine.state import State, export, replace
from onestack.engine.workspace import Workspace
from onestack.errors import OnestackError
from onestack.local.toolchain.files import replace_file

_OBJECTS: Final = "kubernetes:"


def unanswered(state: State) -> tuple[str, ...]:
    """The operations that a run which ended well doesn't answer for, in words.

    What was made after all is held by the state. Objects of the cluster are looked for there, and are
    taken over or deleted. Of anything else nobody knows whether it exists.
    """
    held = {str(one["urn"]) for one in state.resources}
    return tuple(
        f"{operation['resource']['urn']} ({operation.get('type', 'begun')})"
        for operation in state.begun
        if not _answered(operation["resource"], held)
    )


def _answered(resource: Mapping[str, Any], held: set[str]) -> bool:
    return str(resource["urn"]) in held or str(resource.get("type", "")).startswith(_OBJECTS)


def note(workspace: Workspace, creating: Sequence[Mapping[str, Any]]) -> None:
    """Writes down, beside the marker, creations that an interrupt cut off. Raises: OSError.

    A provider that is told to end gives up on them, and the engine takes that for *not created*.
    """
    lost = [one for one in creating if one and not str(one.get("type", "")).startswith(_OBJECTS)]
    if lost:
        replace_file(_file(workspace), orjson.dumps([*_noted(workspace), *lost]).decode())


def cut_off(workspace: Workspace) -> tuple[Mapping[str, Any], ...]:
    """The creations that were written down, as operations of a state."""
    return tuple({"type": "creating", "resource": one} for one in _noted(workspace))


def forget(workspace: Workspace) -> None:
    """Forgets them, now that it is known what came of them."""
    _file(workspace).unlink(missing_ok=True)


def _noted(workspace: Workspace) -> list[Mapping[str, Any]]:
    try:
        content = orjson.loads(_file(workspace).read_bytes())
    except (OSError, ValueError):
        return []
    return content if isinstance(content, list) else []


def _file(workspace: Workspace) -> Path:
    return workspace.marker.with_suffix(".creating")


def settle(workspace: Workspace) -> tuple[str, ...]:
    """Has the engine forget the operations of earlier runs, after one that ended well; returns what it can't.

    As ``pulumi stack import`` of an export does it, which takes the stack's lock. A run of somebody else's
    that takes it first keeps the state as it is, and the next run tries again.

    Raises: EngineFailed where the state can't be read.
    """
    exported = export(workspace)
    left = unanswered(State(exported["deployment"]))
    if left:
        return left
    with suppress(OnestackError):
        replace(workspace, exported)
    return ()
