"""From a stack to its plan: the engine's preview, the objects that are live, git, the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from onestack import caution, engine, sources, stack_secrets
from onestack import plan as plans
from onestack.engine import Outcome, Step
from onestack.errors import GitFailed, NotInGit, OnestackError
from onestack.graph import from_state
from onestack.live import Live, live
from onestack.manifests.ownership import is_ours
from onestack.manifests.reference import ObjectRef
from onestack.manifests.registration import Names
from onestack.masking import NOTHING, Mask
from onestack.plan.digest import summed
from onestack.plan.effect import Known, effect
from onestack.plan.held import Held
from onestack.plan.masked import masked
from onestack.plan.model import Missing, Op, Plan
from onestack.plan.planned import Planned, identity_of
from onestack.plan.state import state_digest
from onestack.plan.unchecked import Seen, unchecked
from onestack.plan.veil import veiled
from onestack.preparation import Prepared, prepared
from onestack.progress import Discreet
from onestack.show import EngineProgress
from onestack.stack import Stack

MOST_LIVE: Final = 200
"""So many objects are asked for; of a bigger plan nobody reads each, and it must not take long."""


@dataclass(frozen=True)
class Previewed:
    """A plan, and what the engine's run came to from which it was made."""

    plan: Plan
    outcome: Outcome


@dataclass(frozen=True)
class _Source:
    """The tree of the files and its commit, if one has just these; ``why`` there is no tree of git's."""

    tree: str
    commit: str | None = None
    why: str = ""


class _Overhearing:
    """A `Discreet` that also remembers what must not be said: a plan is a value, and goes elsewhere."""

    def __init__(self, progress: Discreet) -> None:
        self.step = progress.step
        self.note = progress.note
        self.mask = NOTHING
        self._progress = progress

    def hide(self, mask: Mask) -> None:
        """From now on what this masks is masked in what is said, and in the plan."""
        self.mask |= mask
        self._progress.hide(mask)


def plan(stack: Stack, progress: Discreet, *, full: bool = False) -> Plan:
    """What a deployment would do. ``full`` looks at every object, which comes to the same plan.

    Raises: OnestackError.
    """
    return previewed(stack, progress, full=full).plan


def previewed(stack: Stack, progress: Discreet, *, full: bool = False) -> Previewed:
    """The plan, and the outcome of the engine's run. Raises: as ``plan``."""
    heard = _Overhearing(progress)
    with ThreadPoolExecutor(max_workers=1) as beside:
        source = beside.submit(_source, stack)
        ready = prepared(stack, heard, full=full)
        told = _announced(stack, ready, progress)
        show, compare = EngineProgress(progress, "previewing"), bool(ready.found.missing)
        outcome = ready.run(partial(engine.preview, stack.workspace, show, compare=compare))
        there = _live(stack, ready, outcome.steps, progress)
        made = _plan(stack, ready, outcome, there, source.result(), heard.mask, told)
    return Previewed(made, outcome)


def _announced(stack: Stack, ready: Prepared, progress: Discreet) -> tuple[str, ...]:
    """What a run that died left, and what a deployment does about it."""
    caution.announce(stack, ready.run.state, progress)
    found = ready.found
    said = (
        *(
            f"a run that died left {one}, which nothing declares: a deployment deletes it"
            for one in found.strays
        ),
        *(f"a run that died left {one.identity}: a deployment takes it over" for one in found.unheld),
        *(f"a run that died left the hook {one}: a deployment runs it again" for one in found.interrupted),
    )
    for line in said:
        progress.note(line)
    return said


def _source(stack: Stack) -> _Source:
    """What the files of the repository are."""
    # Its package takes a tenth of a second, which passes while the cluster is asked.
    from onestack import revision  # noqa: PLC0415

    root = stack.repository.root
    try:
        tree = revision.tree(root)
        head = revision.revision(root)
    except (NotInGit, GitFailed) as error:
        why = "this repository is not under git" if isinstance(error, NotInGit) else error.what
        return _Source(f"files:{sources.files(root, stack.settings.manifests.path)}", why=why)
    except OnestackError:  # nothing is committed yet
        return _Source(tree)
    return _Source(tree, head.commit if head.tree == tree else None)


def _plan(
    stack: Stack,
    ready: Prepared,
    outcome: Outcome,
    there: Live,
    source: _Source,
    mask: Mask,
    told: Sequence[str],
) -> Plan:
    state = ready.run.state
    names = Names(stack.repository.project, stack.settings.stack)
    applications = {names.of(one): one.application for one in ready.made.applied}
    changing = [_planned(step, there, applications, mask) for step in outcome.steps]
    resources = from_state(state.resources)
    held = Held(resources)
    known = Known(
        stack.settings.stack, resources, ready.run.whole.inventory, ready.made.applied, applications
    )
    return masked(
        Plan(
            project=stack.repository.project,
            stack=stack.settings.stack,
            tree=source.tree,
            settings=_settings(stack),
            state=state_digest(state.resources, state.begun),
            changes=plans.changes(changing, held),
            same=outcome.changes.get("same", 0),
            risks=plans.risks(changing, held),
            unchecked=unchecked(changing, _seen(stack, ready, changing, there, source)),
            warnings=(*outcome.warnings, *told),
            reach=effect(changing, known),
            commit=source.commit,
            against=_against(stack, empty=not resources),
        ),
        mask,
    )


def _planned(step: Step, there: Live, applications: Mapping[str, str], mask: Mask) -> Planned:
    reference = _reference(step)
    found: Any = Missing.UNSEEN
    if reference is not None and reference in there.objects:
        body = there.objects[reference]
        found = Missing.ABSENT if body is None else veiled(step.type, body, mask)
    return Planned(
        op=cast("Op", step.op),
        urn=step.urn,
        type=step.type,
        before=veiled(step.type, step.before, mask),
        after=veiled(step.type, step.after, mask),
        differing=step.differing,
        live=found,
        application=applications.get(step.urn),
    )


def _settings(stack: Stack) -> str:
    """The digest of the settings and of what stands encrypted beside them."""
    secrets = stack_secrets.from_file(stack.repository.root, stack.settings.stack)
    told = stack.settings.model_dump(mode="json", by_alias=True)
    return summed({"settings": told, "secrets": dict(secrets.ciphertexts) if secrets else {}})


def _against(stack: Stack, *, empty: bool) -> Any:
    if stack.workspace.simulation is not None:
        return "simulation"
    return "empty state" if empty else "state"


def _live(stack: Stack, ready: Prepared, steps: Sequence[Step], progress: Discreet) -> Live:
    """The objects that change, as they are now; what can't be asked is told, and stops nothing."""
    refs = [ref for ref in map(_reference, steps) if ref is not None]
    if not refs or not ready.there:
        return Live()
    progress.step("looking at what is live")
    asked, rest = refs[:MOST_LIVE], refs[MOST_LIVE:]
    try:
        found = stack.ask(lambda client: live(client, asked))
    except OnestackError as error:
        return Live(refused=dict.fromkeys(refs, error.what))
    many = f"a plan of more than {MOST_LIVE} changed objects asks for no more"
    return Live(found.objects, {**found.refused, **dict.fromkeys(rest, many)})


def _reference(step: Step) -> ObjectRef | None:
    """The object of a step, in the version that it has after it."""
    identity = identity_of(step.type, step.name)
    if identity is None:
        return None
    version = step.type.split(":")[1].removeprefix("core/")
    return ObjectRef(version, identity.kind, identity.namespace, identity.name)


def _seen(stack: Stack, ready: Prepared, changing: Sequence[Planned], there: Live, source: _Source) -> Seen:
    not_live: dict[str, int] = {}
    for why in there.refused.values():
        not_live[why] = not_live.get(why, 0) + 1
    plugin = [one for one in stack.toolchain.tools if one.name == "pulumi-resource-kubernetes"]
    simulated = stack.workspace.simulation is not None
    return Seen(
        verdicts=ready.made.checked.verdicts,
        there=ready.there,
        not_live=not_live,
        simulated=simulated,
        stand_in=any(one.source == "offline" for one in plugin),
        uncommitted=not source.why and source.commit is None,
        outside_git=source.why,
        taken=tuple(_taken(stack, changing)),
    )


def _taken(stack: Stack, changing: Sequence[Planned]) -> Iterator[str]:
    """What is to be made, is there already, and isn't ours: the engine's preview says nothing of it."""
    ours = (stack.repository.project, stack.settings.stack)
    for one in changing:
        if one.op != "create" or one.identity is None or isinstance(one.live, Missing):
            continue
        if not is_ours(one.live, one.identity, *ours):
            yield one.label
