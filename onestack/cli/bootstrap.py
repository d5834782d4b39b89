"""``onestack bootstrap``: what the state of a cloud stack needs before its first deployment."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from onestack import bootstrap as pipeline
from onestack import settings as stack_settings
from onestack.cli.arguments import json_option, stack_argument
from onestack.cli.document import print_document
from onestack.cloud.keys import Keys, keys_api
from onestack.cloud.storage import Buckets, storage_api
from onestack.errors import NotOnGoogle, OnestackError
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.settings import Settings
from onestack.state_home import StateHome, state_home
from onestack.terminal import Terminal, clock


@click.command("bootstrap", cls=RootedCommand)
@stack_argument
@json_option
@click.pass_obj
def bootstrap(root: Path, stack: str, as_json: bool) -> None:
    """Make, or check, the bucket and the key that the state of STACK needs in Google Cloud.

    Once for a project, not for every stack: they share both. Running it again changes nothing.
    """
    with Terminal() as terminal:
        home = home_of(stack_settings.from_file(find(root).root, stack))
        with storage_api() as storage, keys_api() as keys:
            report = pipeline.bootstrap(
                home, Buckets(storage, home.project), Keys(keys, home, datetime.now(UTC)), terminal
            )
        terminal.rest()
        if as_json:
            print_document(pipeline.document(report, stack), terminal.mask)
        else:
            for line in pipeline.lines(report):
                terminal.note(line)
            terminal.note(f"the home of the state of {stack} is looked after ({clock(terminal.elapsed())})")
            for line in pipeline.next_steps(home, stack) if report.ok else ():
                terminal.note(line)
        if not report.ok:
            sys.exit(OnestackError.exit_code)


def home_of(settings: Settings) -> StateHome:
    """The one place where settings become the home of a state. Raises: NotOnGoogle."""
    if settings.gcp is None:
        raise NotOnGoogle(settings.stack, settings.platform)
    return state_home(settings.gcp, settings.gcp.state.bucket)
