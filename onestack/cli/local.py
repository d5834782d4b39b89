"""``onestack local``: the embedded control plane."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from onestack import embedded, rollout, tables
from onestack import settings as stack_settings
from onestack.cli.arguments import json_option
from onestack.cli.document import print_document
from onestack.errors import OnestackError
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.toolchain import Toolchain, ensure
from onestack.repository import Repository, find
from onestack.rooted import RootedGroup
from onestack.stack import gather
from onestack.terminal import Terminal, clock


@click.group("local", cls=RootedGroup)
def local() -> None:
    """The embedded control plane of this repository."""


@local.command("up")
@json_option
@click.pass_obj
def local_up(root: Path, as_json: bool) -> None:
    """Start it, or repair what has died of it."""
    _on_plane(root, as_json, lambda plane, terminal: plane.up(terminal))


@local.command("down")
@json_option
@click.option("--destroy", "stack", metavar="STACK", help="Before that, delete all that STACK holds.")
@click.pass_obj
def local_down(root: Path, as_json: bool, stack: str | None) -> None:
    """Stop it; its data stay. It stops even if what STACK holds can't be deleted; that is told at the end."""
    repository = find(root)
    plane = embedded.plane(repository, Toolchain(()))  # Stopping takes no tools.
    was = plane.status().state
    failed: OnestackError | None = None
    with Terminal() as terminal:
        if stack is not None:
            failed = _destroyed(repository, stack, was, terminal)
        embedded.stop_simulated(repository, terminal)
        status = plane.down(terminal)
        terminal.rest()
        already = "already down, " if was in {"stopped", "absent"} else ""
        _say_plane(status, as_json, terminal, already)
    if failed is not None:
        raise failed


def _destroyed(repository: Repository, stack: str, plane: str, terminal: Terminal) -> OnestackError | None:
    """Why the stack could not be destroyed; None if it was, or its plane is down with all that it holds."""
    try:
        settings = stack_settings.from_file(repository.root, stack)
        if settings.platform == "embedded" and plane in {"stopped", "absent"}:
            return None
        outcome = rollout.destroy(gather(repository, stack, terminal), terminal, rollout.Order())
    except OnestackError as error:
        error.mask(terminal.mask)
        return error
    terminal.note(f"{stack}: {tables.counted(outcome)} ({clock(terminal.elapsed())})")
    return None


@local.command("status")
@json_option
@click.pass_obj
def local_status(root: Path, as_json: bool) -> None:
    """Say what runs; exit code 1 unless all of it does."""
    status = _on_plane(root, as_json, lambda plane, _terminal: plane.status())
    if status.state != "running":
        sys.exit(OnestackError.exit_code)


@local.command("reset")
@json_option
@click.pass_obj
def local_reset(root: Path, as_json: bool) -> None:
    """Stop it and remove its data, and the state of the stacks that lived on it."""
    repository = find(root)
    _on_plane(root, as_json, lambda plane, terminal: embedded.reset(repository, plane, terminal))


def _on_plane(root: Path, as_json: bool, action: Callable[[Plane, Terminal], PlaneStatus]) -> PlaneStatus:
    repository = find(root)
    with Terminal() as terminal:
        status = action(embedded.plane(repository, ensure(repository.root, terminal)), terminal)
        terminal.rest()
        for name, one in embedded.simulated(repository).items():
            terminal.note(f"simulated cluster {name}: {one.state}{tables.located(one)}")
        _say_plane(status, as_json, terminal)
    return status


def _say_plane(status: PlaneStatus, as_json: bool, terminal: Terminal, already: str = "") -> None:
    if as_json:
        print_document(tables.plane_document(status))
        return
    terminal.console.print(tables.plane(status))
    terminal.note(f"control plane: {already}{status.state}{tables.located(status)}")
