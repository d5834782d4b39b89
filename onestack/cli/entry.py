"""Where the command begins and ends: its verbs, signals, messages of failures and exit codes."""

from __future__ import annotations

import errno
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from onestack.errors import DiskFull, OnestackError
from onestack.harmless import harmless
from onestack.rooted import RootedGroup

INTERRUPTED = 130

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
"""Without git's program there is a message, where it is needed, and no traceback as this is imported."""

_VERBS = {
    "bootstrap": "onestack.cli.bootstrap",
    "check": "onestack.cli.checking",
    "comment": "onestack.cli.comment",
    "deploy": "onestack.cli.delivery",
    "destroy": "onestack.cli.delivery",
    "diff": "onestack.cli.difference",
    "env": "onestack.cli.delivery",
    "gates": "onestack.cli.gates",
    "graph": "onestack.cli.graph",
    "history": "onestack.cli.history",
    "local": "onestack.cli.local",
    "preview": "onestack.cli.delivery",
    "render": "onestack.cli.checking",
    "rollback": "onestack.cli.rollback",
    "tools": "onestack.cli.tools",
    "trial": "onestack.cli.trial",
    "verify": "onestack.cli.delivery",
}
"""Each verb's module, imported when the verb is called: to talk to a cluster takes half a second of imports,
which ``check`` can do without."""


class _Verbs(RootedGroup):
    """Finds the verbs by `_VERBS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        found: click.Command = getattr(import_module(_VERBS[cmd_name]), cmd_name)
        return found


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onestack")
@click.pass_context
def cli(context: click.Context) -> None:
    """One repository and one stack per environment: cloud, cluster and every manifest."""
    context.ensure_object(Path)


def main() -> None:
    """Runs the command; a typed failure becomes its message and its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup wants it
        # A terminal that is closed leaves no lease behind, and an end in the ledger.
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was done is kept; run again to go on", err=True)
        sys.exit(INTERRUPTED)
    except OnestackError as error:
        _fail(error)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        # Any file that is written may be the first that finds no room.
        _fail(DiskFull(f"writing {error.filename or 'a file'}: {error.strerror}"))


def _fail(error: OnestackError) -> NoReturn:
    click.secho("error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(harmless(error.message()), err=True)
    sys.exit(error.exit_code)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Being told to end is as good as Ctrl-C: what is under way is ended in good order."""
    raise KeyboardInterrupt
