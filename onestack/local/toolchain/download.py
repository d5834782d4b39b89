"""Has the makers' own installers download what they make. No address stands here: they know theirs."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from onestack.local.toolchain import network
from onestack.local.toolchain.catalogue import Plugin
from onestack.local.toolchain.disk import NO_SPACE, disk_full, line_with, no_room_for_output
from onestack.local.toolchain.files import tree_bytes
from onestack.local.toolchain.lock import held
from onestack.local.toolchain.network import Patience
from onestack.local.toolchain.onpath import is_program, plugin_in_home
from onestack.local.toolchain.places import Places, prepared_pulumi_home
from onestack.local.toolchain.process import OWNER, end_leftover, run
from onestack.progress import Progress

UNREACHABLE = "the makers' server can't be reached"
_START_SECONDS = 15.0
_RETRY_WORD = "Will retry"
_RETRIES_ENOUGH = 4


def downloaded_pulumi(version: str, places: Places) -> Path:
    """Where a downloaded pulumi is kept; the folder appears whole or not at all."""
    return places.tools / "pulumi" / f"{version}-official" / "bin" / "pulumi"


def download_pulumi(version: str, places: Places, progress: Progress) -> str:
    """Downloads pulumi with its language hosts. Returns why it could not, empty if it is there.

    Raises ToolsDiskFull.
    """
    subject = f"pulumi {version}"
    with held(places, "download", progress, f"downloading {subject}"):
        if is_program(downloaded_pulumi(version, places)):
            return ""
        if why := network.why_closed(places, subject):
            return why
        target = downloaded_pulumi(version, places).parents[1]
        with _scratch(places) as scratch:
            fresh = scratch / "root"
            seconds = str(network.patience(places.environ).first_byte)
            command = [places.python, "-P", "-m", "onestack.local.toolchain.installer", str(fresh), seconds]
            why = _download(subject, command, scratch, (scratch,), places, progress)
            if why:
                return why
            if not is_program(fresh / "bin" / "pulumi"):
                return _failed(places, subject, "the installer left no program behind", arrived=1)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)
        network.forget_closed(places)
        return ""


def download_plugin(plugin: Plugin, version: str, pulumi: Path, places: Places, progress: Progress) -> str:
    """Has pulumi download a provider plugin into our PULUMI_HOME. Returns why it could not.

    Raises ToolsDiskFull.
    """
    subject = f"{plugin.name} {version}"
    home = prepared_pulumi_home(places.environ)
    with held(places, "download", progress, f"downloading {subject}"):
        if plugin_in_home(plugin, version, home):
            return ""
        if why := network.why_closed(places, subject):
            return why
        with _scratch(places) as scratch:
            command = [str(pulumi), "plugin", "install", "resource", plugin.provider, version]
            growing = (scratch, home / "plugins")
            why = _download(subject, command, scratch, growing, places, progress)
        if not why and plugin_in_home(plugin, version, home) is None:
            why = _failed(places, subject, "the installer left no plugin behind", arrived=1)
        if not why:
            network.forget_closed(places)
        return why


@dataclass
class Watchdog:
    """Stops a download on which nothing arrives.

    ``size`` gives bytes so far, ``clock`` seconds. With ``announced``, the installer says a first
    word when it begins, and only what comes after it counts as the network's time.
    """

    patience: Patience
    size: Callable[[], int]
    announced: bool = False
    clock: Callable[[], float] = time.monotonic
    arrived: int = 0
    _base: int = field(init=False)
    _since: float = field(init=False)
    _waiting_for_word: bool = field(init=False)
    _retries: int = 0

    def __post_init__(self) -> None:
        self._base = self.size()
        self._since = self.clock()
        self._waiting_for_word = self.announced

    def why_stop(self, lines: Sequence[str]) -> str:
        """Why to give up now; empty while there is hope."""
        now = self.clock()
        if lines and self._waiting_for_word:
            self._waiting_for_word, self._since = False, now
        self._retries += sum(_RETRY_WORD in line for line in lines)
        arrived = self.size() - self._base
        if arrived > self.arrived:
            self.arrived, self._since = arrived, now
        if self.arrived == 0 and self._retries >= _RETRIES_ENOUGH:
            return UNREACHABLE
        allowed = self.patience.stalled if self.arrived else self.patience.first_byte
        if self._waiting_for_word:
            allowed = max(allowed, _START_SECONDS)
        if now - self._since <= allowed:
            return ""
        return f"nothing arrived for {allowed:.0f} s ({network.VARIABLE}=always waits longer)"


def _download(
    subject: str,
    command: Sequence[str],
    scratch: Path,
    growing: tuple[Path, ...],
    places: Places,
    progress: Progress,
) -> str:
    """Runs an installer under the watchdog. Returns why it failed; remembers and tells it."""
    progress.step(f"downloading {subject}")
    announced = command[0] == places.python
    watchdog = Watchdog(network.patience(places.environ), lambda: tree_bytes(*growing), announced)

    def tick(lines: Sequence[str], _: int) -> str:
        stop = watchdog.why_stop(lines)
        if watchdog.arrived:
            progress.step(f"downloading {subject} ({watchdog.arrived / 2**20:.1f} MiB so far)")
        return stop

    environ = {
        **places.environ,
        # Installers put half-finished downloads there; in our own folder they can be counted and removed.
        "TMPDIR": str(scratch),
        "PULUMI_HOME": str(places.pulumi_home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The plugins' names need no registry to look them up, and the look-up is slow where it fails.
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    }
    log = places.logs / f"download-{subject.replace(' ', '-')}.log"
    owner = scratch.parent / OWNER
    ended = run(command, log=log, environ=environ, folder=scratch, tick=tick, owner=owner)
    if ended.code == 0 and not ended.stopped:
        return ""
    if NO_SPACE in ended.output.lower() or no_room_for_output(places):
        raise disk_full(f"downloading {subject}", line_with(NO_SPACE, ended.output), places.cache)
    return _failed(places, subject, ended.stopped or _gave_up(watchdog.arrived, log), watchdog.arrived)


def _gave_up(arrived: int, log: Path) -> str:
    return f"the makers' installer gave up; its output is in {log}" if arrived else UNREACHABLE


def _failed(places: Places, subject: str, why: str, arrived: int) -> str:
    """Remembers a failure: as the network's where not one byte came, else as this download's own."""
    network.remember_closed(places, subject if arrived else "network", why)
    return why


@contextmanager
def _scratch(places: Places) -> Iterator[Path]:
    """A folder of this download's own. Held under the lock, so older ones belong to dead runs."""
    parent = places.cache / "scratch"
    end_leftover(parent / OWNER)
    shutil.rmtree(parent, ignore_errors=True)
    parent.mkdir(parents=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(parent, ignore_errors=True)
