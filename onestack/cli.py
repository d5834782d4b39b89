"""The ``onestack`` command: arguments in, a verb of `onestack.delivery`, tables or JSON out."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import click
import orjson

from onestack import delivery, engine, tables
from onestack import settings as stack_settings
from onestack.addresses import of_release
from onestack.errors import OnestackError, UnknownApplication
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.toolchain import Toolchain, document, ensure, prune, pruned_document, pruned_lines, rows
from onestack.manifests.order import dependencies, waves
from onestack.manifests.writer import write
from onestack.repository import Repository, find
from onestack.rooted import RootedGroup
from onestack.terminal import Terminal, clock

INTERRUPTED = 130

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
stack_argument = click.argument("stack")


@click.group(cls=RootedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onestack")
@click.pass_context
def cli(context: click.Context) -> None:
    """One repository and one stack per environment: cloud, cluster and every manifest."""
    context.ensure_object(Path)


@cli.command()
@json_option
@click.option("--prune", "to_prune", is_flag=True, help="Remove kept tools that this repository doesn't pin.")
@click.pass_obj
def tools(root: Path, as_json: bool, to_prune: bool) -> None:
    """Find, download or build the tools that everything else needs."""
    with Terminal() as terminal:
        if to_prune:
            _prune(find(root).root, as_json, terminal)
            return
        toolchain = ensure(find(root).root, terminal, look_again=True)
        terminal.rest()
        if as_json:
            _document(document(toolchain))
            return
        terminal.console.print(tables.tools(rows(toolchain)))
        terminal.note(f"the tools are there ({clock(terminal.elapsed())})")


def _prune(root: Path, as_json: bool, terminal: Terminal) -> None:
    gone = prune(root)
    if as_json:
        _document(pruned_document(gone))
        return
    for line in pruned_lines(gone):
        terminal.note(line)


@cli.group()
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
    embedded = delivery.plane(repository, Toolchain(()))  # Stopping takes no tools.
    was = embedded.status().state
    failed: OnestackError | None = None
    with Terminal() as terminal:
        if stack is not None:
            failed = _destroyed(repository, stack, was, terminal)
        status = embedded.down(terminal)
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
        outcome = delivery.destroy(delivery.gather(repository, stack, terminal), terminal)
    except OnestackError as error:
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
    _on_plane(root, as_json, lambda plane, terminal: delivery.reset_plane(repository, plane, terminal))


def _on_plane(root: Path, as_json: bool, action: Callable[[Plane, Terminal], PlaneStatus]) -> PlaneStatus:
    repository = find(root)
    with Terminal() as terminal:
        status = action(delivery.plane(repository, ensure(repository.root, terminal)), terminal)
        terminal.rest()
        _say_plane(status, as_json, terminal)
    return status


def _say_plane(status: PlaneStatus, as_json: bool, terminal: Terminal, already: str = "") -> None:
    if as_json:
        _document(tables.plane_document(status))
        return
    terminal.console.print(tables.plane(status))
    terminal.note(f"control plane: {already}{status.state}{tables.located(status)}")


@cli.command()
@stack_argument
@click.pass_obj
def env(root: Path, stack: str) -> None:
    """Print shell exports with which plain pulumi and kubectl work on STACK.

    Use it as: eval "$(onestack env STACK)"
    """
    with Terminal() as terminal:
        workspace = delivery.gather(find(root), stack, terminal).workspace
        for holder in engine.unlock(workspace):
            terminal.note(f"took away a lock {holder}, which is dead")
        if engine.died(workspace):
            terminal.note(
                f"the last run on {stack} died: 'onestack deploy {stack}' or 'onestack destroy {stack}' "
                "finishes it; until then plain 'pulumi up' refuses, and plain 'pulumi destroy' would "
                "leave objects behind"
            )
        click.echo(tables.exports(workspace.settings(), workspace.search_path()))


@cli.command()
@click.argument("stacks", nargs=-1)
@json_option
@click.pass_obj
def check(root: Path, stacks: tuple[str, ...], as_json: bool) -> None:
    """Read the manifests of STACKS (all of them by default): no cluster, no engine, no credentials."""
    repository = find(root)
    with Terminal() as terminal:
        counts = {}
        for stack in stacks or stack_settings.stack_names(repository.root):
            terminal.step(f"checking {stack}")
            settings = stack_settings.from_file(repository.root, stack)
            counts[stack] = len(delivery.read_manifests(repository, settings, terminal))
        terminal.rest()
        if as_json:
            _document({"stacks": {stack: {"objects": count} for stack, count in counts.items()}})
            return
        for stack, count in counts.items():
            terminal.note(
                f"{stack}: {count} objects: names, kinds and YAML are well-formed; "
                "fields are checked by the cluster"
            )


@cli.command()
@stack_argument
@click.option("--app", help="Only this application.")
@click.pass_obj
def render(root: Path, stack: str, app: str | None) -> None:
    """Print the objects of STACK as YAML, in the order in which they are applied."""
    repository = find(root)
    settings = stack_settings.from_file(repository.root, stack)
    if app is not None and app not in settings.manifests.applications:
        raise UnknownApplication(stack, app, known=tuple(sorted(settings.manifests.applications)))
    with Terminal() as terminal:
        manifests = delivery.read_manifests(repository, settings, terminal)
    ordered = [manifest for wave in waves(manifests, dependencies(manifests)) for manifest in wave]
    chosen = [manifest.body for manifest in ordered if app in {None, manifest.application}]
    click.echo(write(chosen), nl=False)


@cli.command()
@stack_argument
@json_option
@click.pass_obj
def preview(root: Path, stack: str, as_json: bool) -> None:
    """Show what a deployment of STACK would change."""
    with Terminal() as terminal:
        outcome = delivery.preview(delivery.gather(find(root), stack, terminal), terminal)
        terminal.rest()
        if as_json:
            _document(tables.outcome_document(outcome))
            return
        if outcome.steps:
            terminal.console.print(tables.changes(outcome.steps))
        terminal.note(
            f"preview of {stack}: {tables.counted(outcome, planned=True)} ({clock(terminal.elapsed())})"
        )


@cli.command()
@stack_argument
@json_option
@click.pass_obj
def deploy(root: Path, stack: str, as_json: bool) -> None:
    """Make STACK what the repository declares, and wait until it is ready."""
    with Terminal() as terminal:
        gathered = delivery.gather(find(root), stack, terminal)
        deployment = delivery.deploy(gathered, terminal)
        terminal.rest()
        if as_json:
            readiness = tables.readiness_document(deployment.manifests, deployment.readiness)
            _document(tables.outcome_document(deployment.outcome) | readiness)
            return
        terminal.console.print(tables.applications(deployment.manifests, deployment.readiness))
        terminal.note(f"{stack}: {tables.counted(deployment.outcome)}; took {deployment.seconds:.1f} s")
        if found := of_release(gathered.connection(), deployment.manifests):
            terminal.console.print(tables.addresses(found))
        for line in tables.next_steps(gathered.connection().server, stack, gathered.settings.platform):
            terminal.note(line)


@cli.command()
@stack_argument
@json_option
@click.pass_obj
def verify(root: Path, stack: str, as_json: bool) -> None:
    """Say whether all that STACK declares is ready now."""
    with Terminal() as terminal:
        manifests, readiness = delivery.verify(delivery.gather(find(root), stack, terminal), terminal)
        terminal.rest()
        if as_json:
            _document(tables.readiness_document(manifests, readiness))
        else:
            terminal.console.print(tables.applications(manifests, readiness))
            terminal.note(readiness.message())
        if not readiness.ok:
            sys.exit(OnestackError.exit_code)


@cli.command()
@stack_argument
@json_option
@click.pass_obj
def destroy(root: Path, stack: str, as_json: bool) -> None:
    """Delete all that STACK holds."""
    with Terminal() as terminal:
        outcome = delivery.destroy(delivery.gather(find(root), stack, terminal), terminal)
        terminal.rest()
        if as_json:
            _document(tables.outcome_document(outcome))
        else:
            terminal.note(f"{stack}: {tables.counted(outcome)} ({clock(terminal.elapsed())})")


def main() -> None:
    """Runs the command; a typed failure becomes its message and its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was done is kept; run again to go on", err=True)
        sys.exit(INTERRUPTED)
    except OnestackError as error:
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(error.message(), err=True)
        sys.exit(error.exit_code)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Being told to end is as good as Ctrl-C: what is under way is ended in good order."""
    raise KeyboardInterrupt


def _document(document: Any) -> None:
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
