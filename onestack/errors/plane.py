"""The embedded control plane."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import OnestackError, Unavailable, UsageError


class PlaneDirectoryForeign(UsageError):
    """The directory meant for the control plane holds something else."""

    def __init__(self, directory: str, why: str) -> None:
        super().__init__(
            "this is not a control plane's directory, so nothing in it is touched",
            where=directory,
            why=why,
            hint="move it away, or give the control plane another directory",
        )


class PlaneDamaged(OnestackError):
    """A file that the control plane can't do without is missing or can't be understood."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the control plane's files are damaged",
            where=where,
            why=why,
            hint="'onestack local reset' removes the control plane with its data; "
            "'onestack local up' then makes a new one",
        )


class PlaneVersionMismatch(OnestackError):
    """The data were written by a Kubernetes that the present one can't follow."""

    def __init__(self, directory: str, was: str, now: str) -> None:
        super().__init__(
            f"the control plane's data are from Kubernetes {was} and the tools are {now}",
            where=directory,
            why="Kubernetes upgrades its data by one minor version at a time and never back",
            hint=f"use Kubernetes {was} tools, or remove the data with 'onestack local reset'",
        )


class PlaneBusy(Unavailable):
    """Another command is working on the control plane and did not end in time."""

    def __init__(self, lock: str, seconds: float) -> None:
        super().__init__(
            "another command is working on the control plane",
            where=lock,
            why=f"it still holds the lock after {seconds:.0f} s",
            hint="wait until it has ended and run again",
        )


class PlaneBinaryUnusable(Unavailable):
    """A component's executable can't be executed."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            "a component of the control plane can't be executed",
            where=path,
            why=why,
            hint="run 'onestack tools', which finds, downloads or builds it",
        )


class PlaneComponentExited(OnestackError):
    """A component of the control plane ended while it was to start."""

    def __init__(self, component: str, log: str, last_lines: Sequence[str]) -> None:
        self.component = component
        super().__init__(
            f"{component} ended while it started",
            where=log,
            why="\n".join(last_lines) or "it wrote nothing",
            hint="the whole log is in that file; mend the cause and run again, "
            "or begin anew with 'onestack local reset'",
        )


class PlaneTimeout(Unavailable):
    """The control plane did not become ready in time. ``last_lines`` are from the log of
    what was waited for, where it has one."""

    def __init__(self, seconds: float, waiting_for: str, logs: str, last_lines: Sequence[str] = ()) -> None:
        super().__init__(
            f"the control plane was not ready after {seconds:.0f} s",
            where=logs,
            why="\n".join((f"still waiting for {waiting_for}", *last_lines)),
            hint="its logs are in that folder; run again, which goes on where this run ended",
        )


class PlanePortTaken(Unavailable):
    """Other processes keep taking the ports that a component is to listen on."""

    def __init__(self, component: str, port: int, holder: str) -> None:
        super().__init__(
            f"port {port} on 127.0.0.1, which {component} is to listen on, is taken",
            why=f"{holder or 'another process'} listens on it",
            hint="run again, which chooses another port, or stop that process",
        )


class NoFreePort(Unavailable):
    """No port of the range that the control plane uses is free."""

    def __init__(self, lowest: int, highest: int) -> None:
        super().__init__(
            "no free port was found for the control plane",
            where=f"127.0.0.1:{lowest}-{highest}",
            why="every port that was tried is listened on",
            hint="stop what listens on them and run again",
        )


class PlaneDiskFull(Unavailable):
    """There is no space for the control plane's files."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the disk is full",
            where=where,
            why=why,
            hint="free some space and run again; nothing that was there is lost",
        )


class PlaneNotPermitted(Unavailable):
    """The user may not read or write the control plane's files."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the control plane's files can't be used",
            where=where,
            why=why,
            hint="give yourself access to it, or run as the user who made it",
        )


class PlaneWillNotStop(OnestackError):
    """Processes of the control plane survived even SIGKILL."""

    def __init__(self, processes: Sequence[str]) -> None:
        super().__init__(
            "the control plane could not be stopped",
            why="still running: " + ", ".join(processes),
            hint="a process that waits for a broken disk can't be killed; look at it, then run again",
        )
