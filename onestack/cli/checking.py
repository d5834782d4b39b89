"""What can be said of a stack without cluster, engine and credentials: ``check`` and ``render``."""

from __future__ import annotations

from pathlib import Path

import click

from onestack import delivery
from onestack import settings as stack_settings
from onestack.cli.arguments import json_option, stack_argument
from onestack.cli.document import print_document
from onestack.errors import UnknownApplication
from onestack.manifests.order import dependencies, waves
from onestack.manifests.writer import write
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal


@click.command("check", cls=RootedCommand)
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
            print_document({"stacks": {stack: {"objects": count} for stack, count in counts.items()}})
            return
        for stack, count in counts.items():
            terminal.note(
                f"{stack}: {count} objects: names, kinds and YAML are well-formed; "
                "fields are checked by the cluster"
            )


@click.command("render", cls=RootedCommand)
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
