"""What can be said of a stack without cluster, engine and credentials: ``check`` and ``render``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from onestack import checking, loose
from onestack import settings as stack_settings
from onestack.cli.arguments import json_option, stack_argument
from onestack.cli.document import print_document
from onestack.declaration import Declaration
from onestack.errors import OnestackError, UnknownApplication, UsageError
from onestack.findings import document, github, order, text
from onestack.findings.remark import merged, of_finding
from onestack.findings.report import Report
from onestack.manifests.secrets import shown
from onestack.manifests.waves import order_rows, waves
from onestack.manifests.writer import write
from onestack.masking import Mask
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal

offline_option = click.option("--offline", is_flag=True, help="Fetch nothing, not even from allowed hosts.")


@click.command("check", cls=RootedCommand)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option(
    "--manifests",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Check this folder of applications, or folder or file of YAML, by default settings and without a "
    "stack; STACK is then an overlay to build, without it each that there is.",
)
@json_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: also annotations of the pull request, on stdout.",
)
@offline_option
@click.pass_obj
def check(
    root: Path, stacks: tuple[str, ...], manifests: Path | None, as_json: bool, style: str, offline: bool
) -> None:
    """Say what is wrong in the manifests of each STACK, or of all.

    Reads, renders, validates and orders them. Needs no cluster, engine or credentials, runs no code of the
    repository and decrypts nothing.

    Exit code: 0 if there is no error; 2 if settings are wrong, else 1 if manifests are, else 4 if something
    could not be had.
    """
    if as_json and style == "github":
        raise click.UsageError("--json and --format github both write to stdout: choose one")
    with Terminal() as terminal:
        if manifests is None:
            repository = find(root)
            top, report = repository.root, checking.check(repository, stacks, terminal, offline=offline)
        else:
            found = loose.loose(manifests, stacks)
            tools = checking.tools_here(_pinning(root, found[0].root))
            top, report = found[0].root, checking.check_loose(found, tools, terminal, offline=offline)
        terminal.rest()
        _say(report, top, terminal, as_json=as_json, style=style)
    sys.exit(report.exit_code)


def _pinning(root: Path, manifests: Path) -> Path:
    """The folder whose ``tools/`` says which builds fit: the repository at hand, if there is one."""
    try:
        return find(root).root
    except UsageError:
        return manifests


def _say(report: Report, top: Path, terminal: Terminal, *, as_json: bool, style: str) -> None:
    if as_json:
        print_document(document.document(report))
        return
    for line in text.lines(report):
        terminal.console.print(line, soft_wrap=True)
    for stack in report.stacks:
        terminal.note(text.summary(stack))
    if style == "github":
        for command in github.commands(report, _from_checkout(top)):
            click.echo(command)


def _from_checkout(top: Path) -> str:
    """The way from the checkout, which annotations' files are relative to, to the repository."""
    checkout = os.environ.get("GITHUB_WORKSPACE")
    if not checkout or not top.is_relative_to(Path(checkout).resolve()):
        return ""
    way = top.relative_to(Path(checkout).resolve()).as_posix()
    return "" if way == "." else way


@click.command("render", cls=RootedCommand)
@stack_argument
@click.option("--app", help="Only this application.")
@click.option(
    "--order", "as_order", is_flag=True, help="Print the waves instead, and why each object waits for others."
)
@json_option
@offline_option
@click.pass_obj
def render(root: Path, stack: str, app: str | None, as_order: bool, as_json: bool, offline: bool) -> None:
    """Print the objects of STACK as YAML, in the order in which they are applied.

    Secret values are masked, so what is printed is for reading: applied by hand it would overwrite Secrets
    with masks. Needs no cluster, engine or credentials. Exit code 1 if a check finds errors in them.
    """
    repository = find(root)
    settings = stack_settings.from_file(repository.root, stack)
    if app is not None and app not in settings.manifests.applications:
        raise UnknownApplication(stack, app, known=tuple(sorted(settings.manifests.applications)))
    with Terminal() as terminal:
        terminal.step(f"rendering {stack}")
        made = checking.declare(
            repository,
            settings,
            offline=offline,
            told=lambda what: terminal.step(f"rendering {stack}: {what}"),
        )
        terminal.hide(made.plaintexts)
        terminal.rest()
        _print(made, app, terminal.mask, as_order=as_order, as_json=as_json)
        remarks = merged(of_finding(found, stack) for found in made.checked.errors)
        for line in text.lines_of(remarks, name_stacks=False):
            terminal.console.print(line, soft_wrap=True)
    if remarks:
        sys.exit(OnestackError.exit_code)


def _print(made: Declaration, app: str | None, mask: Mask, *, as_order: bool, as_json: bool) -> None:
    printed: Any
    if as_order:
        rows = order_rows(made.manifests, made.needs, made.after)
        rows = [row for row in rows if app in {None, row["application"]}]
        printed = {"order": rows} if as_json else "\n".join(order.lines(rows)) + "\n"
    else:
        grouped = (*waves(made.manifests, made.needs), *waves(made.after, made.needs))
        chosen = (one for wave in grouped for one in wave if app in {None, one.application})
        bodies = [mask.body(shown(one.body)) for one in chosen]
        printed = {"objects": bodies} if as_json else write(bodies)
    if as_json:
        print_document(printed, mask)
    else:
        click.echo(printed, nl=False)
