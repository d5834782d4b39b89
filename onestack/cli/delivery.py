"""The verbs that look at a cluster or change it: a verb of `onestack.delivery`, then tables or JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from onestack import delivery, engine, planning, tables
from onestack import plan as plans
from onestack.addresses import of_release
from onestack.cli.arguments import (
    OutputFile,
    full_option,
    json_option,
    offline_option,
    stack_argument,
    take_over_option,
)
from onestack.cli.document import print_document
from onestack.errors import OnestackError, PlanNotWritten
from onestack.local.simulation import current
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.stack import gather, located
from onestack.terminal import Terminal, clock

_file = OutputFile(folders=True)


@click.command("env", cls=RootedCommand)
@stack_argument
@offline_option
@click.pass_obj
def env(root: Path, stack: str, offline: bool | None) -> None:
    """Print shell exports with which plain pulumi and kubectl work on STACK.

    Use it as: eval "$(onestack env STACK)"
    """
    with Terminal() as terminal:
        # Nothing is planned here: without credentials a stack is what it says that it is.
        asked = False if offline is None and current() is None else offline
        gathered = gather(find(root), stack, terminal, offline=asked)
        workspace = gathered.workspace
        # Plain pulumi, such as one that sets a secret before anything is deployed, doesn't make it itself.
        workspace.state.mkdir(parents=True, exist_ok=True)
        if workspace.simulation is not None:
            engine.ensure_stack(workspace)  # 'pulumi stack init' would write into the stack's own file.
        for holder in engine.unlock(workspace):
            terminal.note(f"took away a lock {holder}, which is dead")
        if engine.died(workspace):
            terminal.note(
                f"the last run on {stack} died: 'onestack deploy {stack}' or 'onestack destroy {stack}' "
                "finishes it, and so does plain 'pulumi up'; plain 'pulumi destroy' would leave objects"
            )
        if workspace.cloud and workspace.own_state and workspace.checkpoint.exists():
            located(gathered, engine.read_state(workspace))
        click.echo(tables.exports(workspace.settings(), workspace.search_path()))


@click.command("preview", cls=RootedCommand)
@stack_argument
@offline_option
@full_option
@json_option
@click.option("--markdown", "markdown_file", type=_file, metavar="FILE", help="Write the comment to FILE.")
@click.option("--plan", "plan_file", type=_file, metavar="FILE", help="Write the sealed plan to FILE.")
@click.pass_obj
def preview(
    root: Path,
    stack: str,
    offline: bool | None,
    full: bool,
    as_json: bool,
    markdown_file: Path | None,
    plan_file: Path | None,
) -> None:
    """Show what a deployment of STACK would change, and what of that is risky.

    The comment is what a pull request gets; the sealed plan is what 'onestack deploy' takes.
    """
    with Terminal() as terminal:
        gathered = gather(find(root), stack, terminal, offline=offline, plans=True)
        against = _against(gathered.workspace)
        found = planning.previewed(gathered, terminal, full=full)
        terminal.rest()
        if markdown_file is not None:
            _write(terminal, markdown_file, terminal.mask(plans.markdown(found.plan)).encode())
        if plan_file is not None:
            _write(terminal, plan_file, plans.write(found.plan))
        if as_json:
            document = tables.outcome_document(found.outcome) | {"plan": plans.document(found.plan)}
            print_document(document, terminal.mask)
            return
        terminal.console.print(plans.text(found.plan))
        said = plans.verdict(found.plan, tables.counted(found.outcome, planned=True))
        terminal.note(f"preview of {stack}{against}: {said} ({clock(terminal.elapsed())})")


def _write(terminal: Terminal, file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise PlanNotWritten(str(file), error.strerror or str(error)) from None
    terminal.note(f"wrote {file}")


def _against(workspace: engine.Workspace) -> str:
    """What a plan that isn't of anything real was made against."""
    if workspace.simulation is None:
        return ""
    held = engine.read_state(workspace).resources if workspace.checkpoint.exists() else ()
    return " (simulated, against " + ("this machine's simulation)" if held else "an empty state)")


@click.command("deploy", cls=RootedCommand)
@stack_argument
@offline_option
@full_option
@click.option(
    "--sealed",
    metavar="DIGEST",
    help="Deploy this very plan, as 'onestack preview' names it, or nothing.",
)
@click.option(
    "--override",
    metavar="REASON",
    help="Pass closed gates for this reason, which the ledger keeps. For emergencies.",
)
@click.option(
    "--once",
    is_flag=True,
    help="Only what is new, what a gate had stopped, or what could not be planned: for a clock.",
)
@take_over_option
@json_option
@click.pass_obj
def deploy(
    root: Path,
    stack: str,
    offline: bool | None,
    full: bool,
    sealed: str | None,
    override: str | None,
    once: bool,
    take_over: str | None,
    as_json: bool,
) -> None:
    """Make STACK what the repository declares, wait until it is ready, and test it.

    One at a time: whoever deploys holds the stack's lease. What its gates don't let pass ends with exit
    code 3. From first to last it is in the stack's ledger (onestack history).
    """
    # What only those need that change something: it would take a preview 0.1 s.
    from onestack import rollout  # noqa: PLC0415
    from onestack.gates.approvals import NAMED  # noqa: PLC0415
    from onestack.rollout.parties import parties  # noqa: PLC0415
    from onestack.rollout.table import document  # noqa: PLC0415

    if sealed is not None and not NAMED.fullmatch(sealed):
        message = "a digest is sha256: and 64 hexadecimal digits, or the first 12 of them at least"
        raise click.BadParameter(message, param_hint="--sealed")
    if override is not None and not override.strip():
        raise click.BadParameter("the ledger keeps a reason: write one", param_hint="--override")
    with Terminal() as terminal:
        gathered = gather(find(root), stack, terminal, offline=offline)
        if once and (done := rollout.tried(gathered, terminal)) is not None:
            terminal.rest()
            terminal.note(done)
            if as_json:
                print_document({"skipped": done}, terminal.mask)
            return
        order = rollout.Order(full=full, sealed=sealed, take_over=take_over, override=override)
        told = parties(gathered, terminal, asks=override is None)
        made = rollout.deploy(gathered, terminal, order, told.listeners, told.asked)
        terminal.rest()
        deployment = made.deployment
        if as_json:
            readiness = tables.readiness_document(deployment.manifests, deployment.readiness)
            outcome = tables.outcome_document(deployment.outcome)
            print_document(outcome | readiness | document(made), terminal.mask)
            return
        terminal.console.print(tables.applications(deployment.manifests, deployment.readiness))
        for line in made.tests.lines():
            terminal.note(line)
        terminal.note(f"{stack}: {tables.counted(deployment.outcome)}; took {deployment.seconds:.1f} s")
        if found := of_release(gathered.connection(), deployment.manifests):
            terminal.console.print(tables.addresses(found))
        platform = gathered.settings.platform
        if tables.newcomer(deployment.outcome, platform, watched=terminal.console.is_terminal):
            called = f"{stack} --offline" if gathered.workspace.simulation else stack
            for line in tables.next_steps(gathered.connection().server, called, platform):
                terminal.note(line)


@click.command("verify", cls=RootedCommand)
@stack_argument
@offline_option
@click.option(
    "--junit",
    type=OutputFile(folders=True),
    metavar="FILE",
    help="Where the acceptance tests' results go as JUnit XML; else .onestack/acceptance/STACK.xml.",
)
@json_option
@click.pass_obj
def verify(root: Path, stack: str, offline: bool | None, junit: Path | None, as_json: bool) -> None:
    """Say whether all that STACK declares is ready now, and run its chart tests and acceptance tests."""
    with Terminal() as terminal:
        found = delivery.verify(gather(find(root), stack, terminal, offline=offline), terminal, junit=junit)
        terminal.rest()
        if as_json:
            readiness = tables.readiness_document(found.manifests, found.readiness)
            tests = tables.tests_document(found.tests) | {"acceptance": found.acceptance.document()}
            print_document(readiness | tests, terminal.mask)
        else:
            terminal.console.print(tables.applications(found.manifests, found.readiness))
            terminal.note(found.readiness.message())
            for line in (*tables.tests(found.tests), *found.acceptance.lines()):
                terminal.note(line)
        if not found.ok:
            sys.exit(OnestackError.exit_code)


@click.command("destroy", cls=RootedCommand)
@stack_argument
@offline_option
@take_over_option
@json_option
@click.pass_obj
def destroy(root: Path, stack: str, offline: bool | None, take_over: str | None, as_json: bool) -> None:
    """Delete all that STACK holds."""
    from onestack import rollout  # noqa: PLC0415 - as above

    with Terminal() as terminal:
        gathered = gather(find(root), stack, terminal, offline=offline)
        outcome = rollout.destroy(gathered, terminal, rollout.Order(take_over=take_over))
        terminal.rest()
        if as_json:
            print_document(tables.outcome_document(outcome), terminal.mask)
        else:
            terminal.note(f"{stack}: {tables.counted(outcome)} ({clock(terminal.elapsed())})")
