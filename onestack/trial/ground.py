"""Where trials take place: a throwaway control plane, and a folder in which revisions take turns."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from onestack import settings as stack_settings
from onestack.engine.workspace import HOME
from onestack.local.plane import Plane, throwaway
from onestack.local.toolchain import ensure
from onestack.manifests.reader import read
from onestack.progress import Discreet
from onestack.repository import content, find
from onestack.settings import STACKS, Settings, stack_file
from onestack.stack import Stack, gather
from onestack.trial.environment import apart
from onestack.trial.settings_file import own_secrets, placed


@dataclass(frozen=True)
class Put:
    """A revision whose files have their turn: its stack, made to run here.

    ``declared`` are the settings as the revision has them; ``readable``: the trial reads its own secrets.
    """

    stack: Stack
    declared: Settings
    readable: bool


@dataclass(frozen=True)
class Ground:
    """``folder`` holds the state, and the files of the revision whose turn it is."""

    plane: Plane
    folder: Path
    name: str

    @contextmanager
    def put(self, files: Path, progress: Discreet) -> Iterator[Put]:
        """A revision's files in their place: the same for all, as in a clone that is updated.

        The state stays beside them from one to the next. Raises: UsageError, Unavailable.
        """
        place, state = self.folder / "files", self.folder / "state"
        files.rename(place)
        own = place / HOME
        if own.is_dir() and not own.is_symlink():
            shutil.rmtree(own)
        else:
            own.unlink(missing_ok=True)
        state.rename(own)
        try:
            declared = stack_settings.from_file(place, self.name)
            file = f"{STACKS}/{stack_file(place, self.name).name}"
            (document,) = read(content(place, file), file).documents
            stack_file(place, self.name).unlink()  # it may be a link
            stack_file(place, self.name).write_text(json.dumps(placed(document.value)))
            stack = gather(find(place), self.name, progress)
            yield Put(stack, declared, own_secrets(document.value))
        finally:
            own.rename(state)
            place.rename(files)


@contextmanager
def ground(root: Path, name: str, progress: Discreet) -> Iterator[Ground]:
    """A ground for the stack ``name``; no trace of it is left, however this ends.

    All that happens on it happens without the caller's credentials. Raises: as `throwaway`.
    """
    with tempfile.TemporaryDirectory(prefix="onestack-trial-") as temporary:
        folder = Path(temporary).resolve()
        for part in ("home", "state"):
            (folder / part).mkdir()
        with apart(folder / "home"):
            tools = ensure(root, progress)
            progress.step("starting a throwaway control plane")
            with throwaway(tools) as plane:
                shutil.copy(plane.kubeconfig, folder / "state" / "kubeconfig")
                yield Ground(plane, folder, name)
