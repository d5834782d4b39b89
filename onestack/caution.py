"""What is done with more care where a stack has a cloud: planned first, looked for, kept from going."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from onestack import engine
from onestack.engine import State, Workspace
from onestack.errors import EngineFailed, OfficialPluginMissing, OnestackError, Protected
from onestack.gcp.left import Lead, left
from onestack.progress import Progress
from onestack.runs import Runs
from onestack.show import EngineProgress
from onestack.stack import Stack


def take_up(stack: Stack, progress: Progress) -> None:
    """Looks in the cloud for what a run that died was creating, so that it isn't created twice."""
    if stack.settings.gcp is None:
        return
    state, workspace = engine.read_state(stack.workspace), stack.workspace
    leads = _leads(stack, state, engine.cut_off(workspace))
    if leads:
        progress.note(f"a run that died was creating {_names(leads)}: looking for them")
        engine.look_for(workspace, leads, EngineProgress(progress, "looking"))
    engine.forget_cut_off(workspace)


def announce(stack: Stack, state: State, progress: Progress) -> None:
    """Says what a deployment would look for first, which a plan shows as yet to be created."""
    leads = _leads(stack, state, engine.cut_off(stack.workspace))
    if leads:
        progress.note(f"a run that died was creating {_names(leads)}: a deployment takes over what is there")


def look_again(stack: Stack, error: EngineFailed, progress: Progress) -> None:
    """Takes up what was made after all while a run gave up on it: the provider forgets most of that.

    What isn't there yet is made again by the next run, which Google may refuse if it comes meanwhile.
    """
    begun = [{"type": "creating", "resource": one} for one in error.unfinished]
    leads = _leads(stack, State(), begun)
    if leads:
        progress.note(f"{_names(leads)} took too long: looking what came of it")
        with suppress(OnestackError):  # what failed first is what is to be told
            engine.look_for(stack.workspace, leads, EngineProgress(progress, "looking"))


def planned(stack: Stack, run: Runs, progress: Progress, *, compare: bool) -> Workspace:
    """How to carry out what is planned for a cloud: with checkpoints, unless objects alone will change.

    Raises: Protected before anything is done.
    """
    show = EngineProgress(progress, "planning")
    plan = run(partial(engine.preview, stack.workspace, show, compare=compare))
    require_unprotected(stack, [step.urn for step in plan.steps if step.op in {"delete", "replace"}])
    settled = not compare and not engine.died(stack.workspace)
    alone = settled and all(step.type.startswith("kubernetes:") for step in plan.steps)
    return replace(stack.workspace, cloud=not alone)


def require_unprotected(stack: Stack, urns: Iterable[str] | None = None) -> None:
    """Raises: Protected where any of these, of all if None, is not to be deleted."""
    protected = engine.read_state(stack.workspace).protected
    going = protected if urns is None else protected.intersection(urns)
    if going:
        raise Protected(stack.settings.stack, sorted(map(_words, going)))


def require_official(stack: Stack) -> None:
    """Refuses to have Google Cloud simulated where that is not meant. Raises: OfficialPluginMissing."""
    if not stack.workspace.cloud or stack.workspace.simulation is not None:
        return
    name = "pulumi-resource-gcp"
    plugin = next((tool for tool in stack.toolchain.tools if tool.name == name), None)
    if plugin is None or plugin.source == "offline":
        raise OfficialPluginMissing(stack.settings.stack, name)


def _leads(stack: Stack, state: State, more: Iterable[Mapping[str, Any]]) -> Sequence[Lead]:
    """What to look for, of operations that the state has and of more; not what the state holds by now."""
    if stack.settings.gcp is None:
        return ()
    where = {"project": stack.settings.gcp.project, "region": stack.settings.gcp.region}
    # By declared names on both sides: the ids in a state are written in more than one way.
    there = [{"type": "creating", "resource": one} for one in state.resources if not one.get("delete")]
    held = {(lead.urn, lead.id) for lead in left(there, **where)}
    return tuple(lead for lead in left([*state.begun, *more], **where) if (lead.urn, lead.id) not in held)


def _names(leads: Sequence[Lead]) -> str:
    return ", ".join(sorted({_words(lead.urn) for lead in leads}))


def _words(urn: str) -> str:
    kind, name = urn.split("::")[-2:]
    return f"{kind.rpartition(':')[2]} {name}"
