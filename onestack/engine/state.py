"""What a stack's state holds, where it lies, and what is done where a run that died cut it off."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from onestack.engine import bucket, marker, private, stack_file
from onestack.engine.command import command
from onestack.engine.workspace import Workspace
from onestack.errors import DiskFull
from onestack.local.toolchain.files import replace_file


def ensure_stack(workspace: Workspace) -> None:
    """Makes the stack in its backend where it is not there yet.

    Raises: EngineFailed; as `onestack.engine.bucket.reachable`.
    """
    mend(workspace)
    if workspace.own_state and workspace.checkpoint.exists():
        return
    bucket.reachable(workspace)
    workspace.state.mkdir(parents=True, exist_ok=True)
    if workspace.simulation is not None:
        _make(workspace)
        return
    # The stack's file names the key in a cloud, if it has one: another here would replace it there.
    provider = workspace.secrets_provider or "passphrase"
    with stack_file.kept(workspace.root, workspace.stack):
        command(workspace, "stack", "select", "--create", workspace.stack, "--secrets-provider", provider)


def _make(workspace: Workspace) -> None:
    """Makes an empty stack as the engine would, which would also write into the stack's own file."""
    replace_file(workspace.state / ".pulumi" / "meta.yaml", "version: 1\n")
    write(workspace, None, {"version": 3})


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


def _is_json(file: Path) -> bool:
    try:
        return isinstance(orjson.loads(file.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def _readable(file: Path) -> bool:
    return "checkpoint" in _content(file)


def _content(file: Path) -> Mapping[str, Any]:
    """The file's JSON object; an empty one where it holds none."""
    try:
        found = file.stat()
        return _parsed(file, found.st_ino, found.st_mtime_ns, found.st_size)
    except OSError:
        return {}


@lru_cache(maxsize=1)
def _parsed(file: Path, *_version: int) -> Mapping[str, Any]:
    """A state is looked at three times in a run, and that of 2,000 objects takes 0.2 s to read."""
    try:
        content = orjson.loads(file.read_bytes())
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


@dataclass(frozen=True)
class State:
    """What a stack's state holds: ``deployment`` is as the engine writes it, secrets encrypted.

    ``form`` is what the engine says of the form it is written in. ``written`` is when its file was
    written, in nanoseconds; None where it isn't beside the clone.
    """

    deployment: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=lambda: {"version": 3})
    written: int | None = None

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """All resources, each after those it depends on."""
        return self.deployment.get("resources") or ()

    @property
    def pending(self) -> bool:
        """Whether operations were begun of which the state doesn't know how they ended."""
        return bool(self.begun)

    @property
    def begun(self) -> Sequence[Mapping[str, Any]]:
        """Operations of which the state doesn't know how they ended, as the engine writes them."""
        return self.deployment.get("pending_operations") or ()

    @property
    def protected(self) -> frozenset[str]:
        """The URNs of resources that are not to be deleted."""
        return frozenset(str(one["urn"]) for one in self.resources if one.get("protect"))

    @property
    def held(self) -> frozenset[str]:
        """``type::name`` of every resource."""
        return frozenset(map(_typed_name, self.resources))

    @property
    def unfinished(self) -> frozenset[str]:
        """Those of `held` that were created and then didn't become ready."""
        return frozenset(_typed_name(one) for one in self.resources if one.get("initErrors"))


def read(workspace: Workspace) -> State:
    """The stack's state, read from its file where that lies beside the clone. Raises: EngineFailed."""
    when = written(workspace)
    if when is not None:
        return changed(in_file(workspace.checkpoint), written=when)
    document = export(workspace)
    return State(document.pop("deployment"), document)


def in_file(checkpoint: Path) -> State:
    """The state in a file of the file backend; an empty one where there is none that can be read."""
    document = dict(_content(checkpoint))
    return State(document.pop("checkpoint", {}).get("latest") or {}, document)


def write(workspace: Workspace, deployment: Mapping[str, Any] | None, form: Mapping[str, Any]) -> None:
    """Writes the stack's state into its file, at once or not at all.

    The form is the engine's (``apitype.VersionedCheckpoint`` in Pulumi's Go SDK). Raises: DiskFull.
    """
    file = workspace.checkpoint
    file.parent.mkdir(parents=True, exist_ok=True)
    name = f"organization/{workspace.project}/{workspace.stack}"
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            stream.write(orjson.dumps({**form, "checkpoint": {"stack": name, "latest": deployment}}))
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            shutil.copyfile(file, file.with_name(f"{file.name}.bak"))
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"writing {file}: {error.strerror}") from None
        raise
    # The attributes beside it are those of the file that was there.
    file.with_name(f"{file.name}.attrs").unlink(missing_ok=True)
    temporary.replace(file)


def _typed_name(resource: Mapping[str, Any]) -> str:
    return "::".join(str(resource["urn"]).split("::")[2:])


def export(workspace: Workspace) -> dict[str, Any]:
    """The stack's state as the engine exports it, secrets encrypted. Raises: EngineFailed."""
    exported: dict[str, Any] = orjson.loads(command(workspace, "stack", "export", "--stack", workspace.stack))
    return exported


def replace(workspace: Workspace, exported: Mapping[str, Any]) -> None:
    """Makes an export, as it was or changed, the stack's state; takes the stack's lock for that.

    Raises: EngineFailed, StackLocked.
    """
    with private.folder(workspace.root) as folder:
        file = Path(folder) / "state.json"
        file.write_bytes(orjson.dumps(exported))
        command(workspace, "stack", "import", "--stack", workspace.stack, "--file", str(file))


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
        return workspace.checkpoint.stat().st_mtime_ns if workspace.own_state else None
    except OSError:
        return None
