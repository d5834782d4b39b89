"""Where the records of a stack are: beside its state, in a folder that the engine doesn't look into."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from onestack.engine import shared_folder
from onestack.engine.workspace import HOME, Workspace
from onestack.records.folder import Folder
from onestack.records.store import Store

FOLDER: Final = "onestack"
"""The folder beside ``.pulumi``, in which the engine keeps everything of its own."""
_ALONE: Final = (
    "the state is kept at {address}, where onestack can't keep records: ledger and lease are kept on this "
    "machine alone, in {folder}, and other machines don't know of them"
)


def beside(workspace: Workspace) -> Store:
    """The store of a stack's records; nothing is asked or made yet."""
    return at(workspace.backend, workspace.root)


def at(backend: str, root: Path) -> Store:
    """The store beside the state at the engine's address ``backend``, of the repository in ``root``.

    A state that is neither in a folder nor in a Google bucket (``s3://``, ``https://``) has its records
    beside the clone, and their store says in ``note`` what that means: the engine's own lock still keeps
    two runs apart there, and a stack that is deployed today is not refused for where its state is.
    """
    parts = urlsplit(backend)
    if parts.scheme == "file":
        return Folder(shared_folder.folder(backend, root) / FOLDER)
    if parts.scheme == "gs":
        # Google's library takes 0.2 s to read, which other states can do without.
        from onestack.records.bucket import Bucket  # noqa: PLC0415

        return Bucket(parts.netloc, "/".join(filter(None, (parts.path.strip("/"), FOLDER))))
    own = hashlib.sha256(backend.encode()).hexdigest()[:12]
    folder = root / HOME / "records" / own
    address = f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme else "an address without a scheme"
    return Folder(folder, note=_ALONE.format(address=address, folder=folder))
