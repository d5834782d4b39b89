"""``onestack gates``: which gates of a stack are open, now or at another time, without deploying anything."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from onestack import checking, history, policies
from onestack import settings as stack_settings
from onestack.child import tokens_aside
from onestack.cli.arguments import json_option, stack_argument
from onestack.cli.document import print_document
from onestack.clock import Watch
from onestack.errors import GateClosed
from onestack.gates.clock import Clock
from onestack.gates.decision import without_plan
from onestack.gates.policy import Review
from onestack.gates.verdict import Verdict, closed, document, lines
from onestack.repository import Repository, find
from onestack.rooted import RootedCommand
from onestack.settings import Settings
from onestack.terminal import Terminal


class Instant(click.ParamType[datetime]):
    """A time with its offset from UTC, as RFC 3339 writes it."""

    name = "TIME"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Raises: BadParameter."""
        try:
            found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            self.fail(f"'{value}' is no time with an offset: write for example 2026-12-24T22:00Z", param, ctx)
        return found.astimezone(UTC)


@click.command("gates", cls=RootedCommand)
@stack_argument
@click.option("--at", type=Instant(), help="Ask for this time, such as 2026-12-24T22:00Z, instead of now.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ask with this plan, that 'onestack preview STACK --plan FILE' wrote of these files.",
)
@click.option("--offline", is_flag=True, help="Fetch no charts or remote bases.")
@json_option
@click.pass_obj
def gates(
    root: Path, stack: str, at: datetime | None, plan_file: Path | None, offline: bool, as_json: bool
) -> None:
    """Say which gates of STACK are open: its policy, over what is declared, and its windows.

    What approvals and limits say depends on a plan: with --plan they are asked, too. Approvals are asked of
    GitHub, which needs GITHUB_TOKEN; without it none counts. A deployment plans again, and asks again.
    Needs no cluster or engine. Exit code 3 if one is closed.
    """
    repository = find(root)
    settings = stack_settings.from_file(repository.root, stack)
    with Terminal() as terminal:
        digest = None
        if plan_file is None:
            clock = Clock(at, True, "the time that was asked for") if at else Watch().read()
            verdicts, now = _asked(repository, settings, clock, terminal, offline=offline), clock.now
        else:
            # It takes the parts of a deployment, which a look at windows can do without.
            from onestack.plan import digest as sealed  # noqa: PLC0415
            from onestack.rollout import asking  # noqa: PLC0415

            store = history.store(repository, stack, None, terminal)
            question = asking.Question(repository, settings, store, at, offline)
            plan = asking.written_plan(question, plan_file)
            verdicts, now = asking.ask(question, plan, terminal)
            digest = sealed(plan)
        terminal.rest()
        if as_json:
            print_document(document(stack, verdicts, now, plan=digest), terminal.mask)
        else:
            for line in lines(verdicts):
                terminal.note(line)
    if closed(verdicts):
        sys.exit(GateClosed.exit_code)


def _asked(
    repository: Repository, settings: Settings, clock: Clock, terminal: Terminal, *, offline: bool
) -> tuple[Verdict, ...]:
    own = settings.gates
    with tokens_aside():
        rules = policies.load(repository.root, settings.stack, own.policy, terminal.note)
        review = Review(checking.objects(repository, settings, terminal, offline=offline))
        return without_plan(own, review=review, rules=rules, clock=clock)
