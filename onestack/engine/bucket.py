"""A state in a Google bucket (``gs://``): whether it can be reached, and the engine's lock in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from onestack.engine import lock, marker
from onestack.engine.lock import Lock
from onestack.engine.workspace import Workspace
from onestack.errors import CloudRefused, OnestackError, StateBucketMissing

if TYPE_CHECKING:
    from onestack.cloud.storage import Objects

_SCHEME: Final = "gs"


def reachable(workspace: Workspace) -> None:
    """Asks the bucket first: what keeps the state from being read is then said in seconds.

    The engine itself tries for minutes where nobody answers. Of a state elsewhere nothing is asked.

    Raises: StateBucketMissing, and as `onestack.cloud.api.Api.call`.
    """
    if not _in_a_bucket(workspace):
        return
    try:
        with _objects(workspace) as objects:
            next(objects.below(f"{_folder(workspace)}.pulumi/meta.yaml"), None)
    except CloudRefused as error:
        if error.missing:
            raise StateBucketMissing(workspace.backend, workspace.stack) from None
        raise


def release_own_lock(workspace: Workspace) -> tuple[Lock, ...]:
    """Removes the lock of an engine that this clone started, if that is dead, as its marker says.

    A name of a machine is no proof in a bucket that others share: containers and laptops are often called
    the same. So of no other lock is it decided here whether its holder lives. It is removed only if it is
    still the one that was read; ``pulumi cancel`` would remove all, also one that was taken meanwhile.

    Where the bucket can't be asked nothing is removed: the engine then says why.
    """
    number = marker.dead_engine(workspace.marker)
    if not _in_a_bucket(workspace) or not number:
        return ()
    gone: list[Lock] = []
    try:
        with _objects(workspace) as objects:
            for name, generation in objects.below(locks(workspace)):
                found = lock.parsed(Path(name), objects.read(name))
                if found.pid == number and found.proven_dead():
                    objects.delete(name, generation)
                    gone.append(found)
    except OnestackError:
        return tuple(gone)
    return tuple(gone)


def locks(workspace: Workspace) -> str:
    """How the names of the stack's locks begin."""
    return f"{_folder(workspace)}.pulumi/locks/organization/{workspace.project}/{workspace.stack}/"


def _in_a_bucket(workspace: Workspace) -> bool:
    return urlsplit(workspace.backend).scheme == _SCHEME


def _folder(workspace: Workspace) -> str:
    """The folder of the bucket that the state lies in, with a slash; empty where it is the bucket itself."""
    path = urlsplit(workspace.backend).path.strip("/")
    return f"{path}/" if path else ""


@contextmanager
def _objects(workspace: Workspace) -> Iterator[Objects]:
    # Google's library takes 0.2 s to read, which runs on other states can do without.
    from onestack.cloud.storage import Objects, storage_api  # noqa: PLC0415

    with storage_api(seconds=10.0, retries=2) as api:
        yield Objects(api, urlsplit(workspace.backend).netloc)
