"""What every verb that plans or deploys looks at first."""

from __future__ import annotations

from dataclasses import dataclass

from onestack import caution, engine
from onestack.declaration import Declaration
from onestack.discretion import hiding, private
from onestack.manifests.garbage import uncollected
from onestack.progress import Discreet
from onestack.runs import Runs
from onestack.stack import Stack, located, reachable, readable, survey
from onestack.standing import Standing


@dataclass(frozen=True)
class Prepared:
    """What is declared, what stands in the cluster, and how runs go about it.

    ``there``: the stack has the cluster that it declares.
    """

    made: Declaration
    found: Standing
    run: Runs
    there: bool


def prepared(stack: Stack, progress: Discreet, *, full: bool, writes: bool = False) -> Prepared:
    """Reads what is declared and looks at what is there. Raises: OnestackError."""
    caution.require_official(stack)
    with uncollected():
        made = readable(stack, progress)
        private(stack)
        if not stack.workspace.cloud:
            reachable(stack, progress)
        engine.ensure_stack(stack.workspace)
        if writes:
            caution.take_up(stack, progress)
        with hiding(stack, progress, made.applied):
            state = engine.read_state(stack.workspace)
            there = located(stack, state)
            if there and stack.workspace.cloud:
                reachable(stack, progress)
            found, release = survey(stack, made.applied, state, progress, there=there)
    return Prepared(made, found, Runs(stack, made, found, release, state, full), there)
