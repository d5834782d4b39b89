"""Where tools are looked for and kept."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from onestack.cache import cache_folder

_OLD_LOGS = ".logs-"


@dataclass(frozen=True)
class Places:
    """Folders of one run.

    ``root`` is the repository; everything below ``cache`` is shared by all clones of one user.
    ``path`` are the absolute folders of PATH that are not ours, in order.
    """

    root: Path
    cache: Path
    path: tuple[Path, ...]
    environ: Mapping[str, str]
    python: str

    @property
    def pins(self) -> Path:
        return self.root / "tools"

    @property
    def launchers(self) -> Path:
        return self.root / ".onestack" / "bin"

    @property
    def tools(self) -> Path:
        return self.cache / "tools"

    @property
    def pulumi_home(self) -> Path:
        return self.cache / "pulumi-home"

    @property
    def logs(self) -> Path:
        return self.cache / "logs"

    @property
    def locks(self) -> Path:
        return self.cache / "locks"

    @property
    def versions(self) -> Path:
        return self.cache / "versions.json"

    @property
    def closed(self) -> Path:
        return self.cache / "downloads-closed.json"


def places(root: Path, environ: Mapping[str, str] | None = None) -> Places:
    """The folders for a repository. ``ONESTACK_CACHE`` moves the cache."""
    environ = dict(os.environ if environ is None else environ)
    root = root.absolute()
    cache = cache_folder(environ)
    ours = (cache, root / ".onestack")
    folders = [Path(entry) for entry in environ.get("PATH", "").split(os.pathsep)]
    # A relative entry would make the toolchain depend on where the command was started.
    # Our own folders are on PATH inside `onestack env`; what lies there was not there before us.
    foreign = [f for f in folders if f.is_absolute() and not any(f.is_relative_to(own) for own in ours)]
    return Places(root, cache, tuple(dict.fromkeys(foreign)), environ, sys.executable)


def prepared_pulumi_home(environ: Mapping[str, str] | None = None) -> Path:
    """Our own PULUMI_HOME, made ready for the engine.

    ``logs`` is a plain file on purpose: engine 3.255 writes every property of every call, secrets
    too, to an automatic log below that folder, has no switch for it, and goes on without the log
    where the folder can't be made. Measured: that log is 40 to 70% of the engine's CPU. A folder that an
    engine made there before is moved away in one step, even from under an engine that runs, and
    removed. Raises OSError, InvalidSwitch.
    """
    home = cache_folder(environ) / "pulumi-home"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    logs = home / "logs"
    if logs.is_symlink():
        logs.unlink(missing_ok=True)
    if logs.is_dir():
        with contextlib.suppress(FileNotFoundError):  # another run was faster
            logs.rename(Path(tempfile.mkdtemp(prefix=_OLD_LOGS, dir=home)) / "logs")
    if not logs.exists():
        logs.touch(mode=0o600)
    # What was logged may hold secrets. Those that a killed run did not come to remove go too.
    for old in home.glob(f"{_OLD_LOGS}*"):
        shutil.rmtree(old, ignore_errors=True)
    return home
