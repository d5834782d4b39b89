"""What a stack's state holds, where it lies, and what is done where a run that died cut it off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from onestack.engine import marker
from onestack.engine.command import command
from onestack.engine.workspace import Workspace


def ensure_stack(workspace: Workspace) -> None:
    """Makes the stack in its backend where it is not there yet.

    Raises: EngineFailed.
    """
    mend(workspace)
    if not workspace.shared_state and workspace.checkpoint.exists():
        return
    workspace.state.mkdir(parents=True, exist_ok=True)
    command(workspace, "stack", "select", "--create", workspace.stack, "--secrets-provider", "passphrase")


def mend(workspace: Workspace) -> None:
    """Puts the engine's backup in the place of a state that was cut off while it was written.

    Without a usable backup the stack begins anew, and what it has is found in the cluster. The
    broken file is kept beside it. The file store also writes attributes beside each file: without
    them it goes on, cut-off ones it can't read ("failed to load checkpoint: EOF").
    """
    file = workspace.checkpoint
    for attributes in file.parent.glob(f"{file.name}*.attrs"):
        if not _is_json(attributes):
            attributes.unlink()
            marker.note_death(workspace.marker)
    if not file.exists() or _readable(file):
        return
    backup = file.with_name(f"{file.name}.bak")
    file.replace(file.with_name(f"{file.name}.broken"))
    if _readable(backup):
        shutil.copyfile(backup, file)
    marker.note_death(workspace.marker)


def _readable(file: Path) -> bool:
    return _is_json(file) and "checkpoint" in orjson.loads(file.read_bytes())


def _is_json(file: Path) -> bool:
    try:
        return isinstance(orjson.loads(file.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def held(workspace: Workspace) -> frozenset[str]:
    """``type::name`` of every resource that the stack's state holds. Raises: EngineFailed."""
    return frozenset(_typed_name(one) for one in _resources(workspace))


def unfinished(workspace: Workspace) -> frozenset[str]:
    """Those of `held` that were created and then didn't become ready. Raises: EngineFailed."""
    return frozenset(_typed_name(one) for one in _resources(workspace) if one.get("initErrors"))


def _typed_name(resource: Mapping[str, Any]) -> str:
    return "::".join(str(resource["urn"]).split("::")[2:])


def _resources(workspace: Workspace) -> Sequence[Mapping[str, Any]]:
    if workspace.checkpoint.exists():
        state = orjson.loads(workspace.checkpoint.read_bytes())["checkpoint"].get("latest") or {}
    else:
        state = export(workspace)["deployment"]
    return state.get("resources") or ()


def export(workspace: Workspace) -> dict[str, Any]:
    """The stack's state as the engine exports it, secrets encrypted. Raises: EngineFailed."""
    exported: dict[str, Any] = orjson.loads(command(workspace, "stack", "export", "--stack", workspace.stack))
    return exported


def secrets(workspace: Workspace) -> frozenset[bytes]:
    """The values that the stack's configuration holds encrypted, to be masked. Raises: EngineFailed."""
    ensure_stack(workspace)
    said = command(workspace, "config", "--show-secrets", "--json", "--stack", workspace.stack)
    held = [one for one in orjson.loads(said).values() if one.get("secret")]
    texts = [text for one in held for text in (one.get("value"), *_texts(one.get("objectValue")))]
    return frozenset(text.encode() for text in texts if text)


def _texts(value: Any) -> Iterator[str]:
    """Every string of a structured value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for held in value.values() if isinstance(value, dict) else value:
            yield from _texts(held)


def written(workspace: Workspace) -> int | None:
    """When the stack's state was last written, in nanoseconds; None where it isn't beside the clone."""
    try:
        return workspace.checkpoint.stat().st_mtime_ns
    except OSError:
        return None
