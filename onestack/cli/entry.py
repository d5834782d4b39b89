"""Where the command begins and ends: its verbs, signals, messages of failures and exit codes."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from onestack.cli.checking import check, render
from onestack.cli.delivery import deploy, destroy, env, preview, verify
from onestack.cli.local import local
from onestack.cli.tools import tools
from onestack.errors import OnestackError
from onestack.harmless import harmless
from onestack.rooted import RootedGroup

INTERRUPTED = 130


@click.group(cls=RootedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onestack")
@click.pass_context
def cli(context: click.Context) -> None:
    """One repository and one stack per environment: cloud, cluster and every manifest."""
    context.ensure_object(Path)


for verb in (tools, local, env, check, render, preview, deploy, verify, destroy):
    cli.add_command(verb)


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
        click.echo(harmless(error.message()), err=True)
        sys.exit(error.exit_code)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Being told to end is as good as Ctrl-C: what is under way is ended in good order."""
    raise KeyboardInterrupt
