"""The embedded control plane's four verbs: up, down, status, reset."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from onestack.errors import PlaneBusy, PlanePortTaken, PlaneTimeout, PlaneWillNotStop
from onestack.local.plane import marker as markers
from onestack.local.plane import preparation, starting, stopping
from onestack.local.plane.certificates import Pki
from onestack.local.plane.commands import Tools
from onestack.local.plane.files import filesystem_errors
from onestack.local.plane.layout import Layout
from onestack.local.plane.looking import look
from onestack.local.plane.readiness import Readiness, StartAgainError
from onestack.local.plane.status import PlaneStatus
from onestack.progress import Progress

_LOCK_SECONDS: Final = 180.0
# Another process can take a port between our choosing it and the component's listening.
_STARTS: Final = 3


@dataclass(frozen=True)
class Plane:
    """A control plane that keeps its data in ``directory`` and writes ``kubeconfig``.

    ``durable`` data survive a power failure; throwaway planes give that up for speed.
    ``timeout_seconds`` bounds one start. Without ``own_node`` nothing runs on the plane's own node, and
    it plays all others that are added to it. ``authority`` is one that several planes share.
    """

    directory: Path
    toolchain: Tools
    kubeconfig: Path
    durable: bool = True
    own_node: bool = True
    authority: Pki | None = None
    timeout_seconds: float = 120.0
    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layout", Layout(self.directory.absolute()))

    def up(self, progress: Progress) -> PlaneStatus:
        """Makes the plane run and waits until it is ready; starts only what does not run.

        Raises:
            PlaneDirectoryForeign, PlaneDamaged, PlaneVersionMismatch: the directory.
            PlaneBinaryUnusable, PlaneComponentExited, PlaneTimeout, PlanePortTaken: the start.
            PlaneDiskFull, PlaneNotPermitted, NoFreePort, PlaneBusy: the machine.
        """
        with self._locked(progress):
            return self._up(progress)

    def down(self, progress: Progress) -> PlaneStatus:
        """Stops the plane and keeps its data. Does nothing where nothing runs.

        Raises PlaneDirectoryForeign, PlaneDamaged, PlaneNotPermitted, PlaneBusy, PlaneWillNotStop.
        """
        with self._locked(progress):
            if markers.read(self.layout) is not None:
                self._stop(progress)
            return self.status()

    def status(self) -> PlaneStatus:
        """Looks at every component now; changes nothing and waits for nobody.

        Raises PlaneDirectoryForeign, PlaneDamaged, PlaneNotPermitted.
        """
        return look(self.layout, self.kubeconfig)

    def reset(self, progress: Progress) -> PlaneStatus:
        """Stops the plane and removes its directory, data and all, and its kubeconfig.

        A marker that can't be understood is still a marker: reset is the way out of damage.
        Raises PlaneDirectoryForeign, PlaneNotPermitted, PlaneBusy, PlaneWillNotStop.
        """
        with self._locked(progress):
            if not self.layout.marker.exists():
                markers.read(self.layout)
                return self.status()
            self._stop(progress)
            progress.step("removing the control plane's data")
            with filesystem_errors(self.directory):
                preparation.remove(self.layout)
                self.kubeconfig.unlink(missing_ok=True)
            return self.status()

    def discard(self) -> None:
        """Kills the plane and removes its files, for one whose data nobody wants."""
        stopping.kill(self.layout)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.kubeconfig.unlink(missing_ok=True)

    def _up(self, progress: Progress) -> PlaneStatus:
        prepared = preparation.prepare(
            self.layout, self.toolchain, progress, own_node=self.own_node, authority=self.authority
        )
        for attempt in range(1, _STARTS + 1):
            plan = preparation.configure(prepared, self.toolchain, progress, durable=self.durable)
            preparation.write_admin_kubeconfig(plan, self.kubeconfig)
            readiness = Readiness(plan, self.timeout_seconds, progress)
            try:
                starting.start(plan, readiness, progress)
                return self.status()
            except PlanePortTaken as taken:
                if attempt == _STARTS:
                    raise
                progress.note(f"{taken.what}; choosing another")
            except StartAgainError as again:
                progress.note(str(again))
        raise PlaneTimeout(self.timeout_seconds, "components that keep ending", str(self.layout.logs))

    def _stop(self, progress: Progress) -> None:
        left = stopping.stop(self.layout, progress)
        if left:
            raise PlaneWillNotStop([f"{name} (process {record.pid})" for name, record in left])

    @contextmanager
    def _locked(self, progress: Progress) -> Iterator[None]:
        lock = self.layout.lock
        folder_made = lock.parent
        with filesystem_errors(folder_made):
            folder_made.mkdir(parents=True, exist_ok=True)
        with filesystem_errors(lock):
            held = FileLock(lock, timeout=0)
            try:
                held.acquire()
            except Timeout:
                progress.step("waiting for another command that works on the control plane")
                try:
                    held.acquire(timeout=_LOCK_SECONDS)
                except Timeout as error:
                    raise PlaneBusy(str(lock), _LOCK_SECONDS) from error
        try:
            yield
        finally:
            held.release()
