"""The verbs as pipelines whose steps can be read like a table of contents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from onestack import chart_tests, engine, stack_secrets, standing
from onestack import settings as stack_settings
from onestack.chart_tests import Ended
from onestack.declaration import Declaration, declared
from onestack.engine import Outcome, Workspace
from onestack.errors import (
    ClusterNotStarted,
    EngineFailed,
    HookFailed,
    NotReady,
    OnestackError,
    PublicSecrets,
)
from onestack.kube.client import Client
from onestack.kube.connection import Connection, connect
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.toolchain import Toolchain, ensure, prepared_pulumi_home
from onestack.manifests import record
from onestack.manifests.hooks import hook
from onestack.manifests.manifest import Manifest
from onestack.manifests.secrets import names_of, unnamed
from onestack.progress import Discreet, Progress
from onestack.rendering.options import Tools
from onestack.repository import Repository
from onestack.settings import Settings
from onestack.show import EngineProgress
from onestack.standing import Standing
from onestack.wait import ObjectRef, WaitReport, assess_now, reference, until_ready
from onestack.wait.absent import ENDED, GONE, VANISHED

USER_AGENT = "onestack"

T = TypeVar("T")


@dataclass(frozen=True)
class Stack:
    """A stack with all that its verbs need, gathered once."""

    repository: Repository
    settings: Settings
    toolchain: Toolchain
    workspace: Workspace
    context: str | None

    def connection(self) -> Connection:
        """How to reach the stack's cluster. Raises: InvalidKubeconfig, ClusterNotStarted."""
        if not self.workspace.kubeconfig.exists() and self.settings.platform == "embedded":
            raise ClusterNotStarted(str(self.workspace.kubeconfig))
        return connect(self.workspace.kubeconfig, self.context)


@dataclass(frozen=True)
class Deployment:
    """What a deployment did and what runs now. ``seconds`` is how long it took."""

    outcome: Outcome
    manifests: tuple[Manifest, ...]
    readiness: WaitReport
    seconds: float


@dataclass(frozen=True)
class Verification:
    """Whether what is declared is ready, and how its chart tests ended."""

    manifests: tuple[Manifest, ...]
    readiness: WaitReport
    tests: tuple[Ended, ...] = ()

    @property
    def ok(self) -> bool:
        """True when all is ready and every test passed."""
        return self.readiness.ok and all(test.state == "passed" for test in self.tests)


def gather(repository: Repository, stack: str, progress: Progress) -> Stack:
    """Reads the stack's settings and finds its tools. Raises: UsageError, Unavailable."""
    settings = stack_settings.from_file(repository.root, stack)
    toolchain = ensure(repository.root, progress)
    kubeconfig, context = _kubeconfig(repository.root, settings)
    workspace = Workspace(
        root=repository.root,
        project=repository.project,
        stack=stack,
        bin_dirs=toolchain.bin_dirs(),
        kubeconfig=kubeconfig,
        pulumi_home=prepared_pulumi_home(),
        context=context,
        shared_state=settings.platform != "embedded",
    )
    return Stack(repository, settings, toolchain, workspace, context)


def plane(repository: Repository, toolchain: Toolchain) -> Plane:
    """The repository's embedded control plane."""
    home = repository.root / engine.HOME
    return Plane(directory=home / "plane", toolchain=toolchain, kubeconfig=home / "kubeconfig")


def reset_plane(repository: Repository, embedded: Plane, progress: Progress) -> PlaneStatus:
    """Removes the embedded control plane's data, and the state of the stacks that lived on it.

    State without its cluster would say that everything is still there.
    """
    status = embedded.reset(progress)
    for stack in stack_settings.stack_names(repository.root):
        if stack_settings.from_file(repository.root, stack).platform == "embedded":
            engine.forget(repository.root, repository.project, stack)
    return status


def read_manifests(repository: Repository, settings: Settings, progress: Discreet) -> Declaration:
    """What the stack declares for its cluster. Raises: InvalidManifests, DependencyCycle."""
    tools = tools_of(repository, progress)
    made = declared(repository.root, settings, project=repository.project, tools=tools)
    progress.hide(made.plaintexts)
    return made


def tools_of(repository: Repository, progress: Progress) -> Tools:
    """Tools by name, each found when an application needs it, not before."""
    return lambda name: ensure(repository.root, progress, (name,)).path(name)


def preview(stack: Stack, progress: Discreet) -> Outcome:
    """What a deployment would change. Raises: OnestackError."""
    manifests = _readable(stack, progress).applied
    _private(stack)
    _reachable(stack, progress)
    engine.ensure_stack(stack.workspace)
    with _hiding(stack, progress, manifests):
        found = _survey(stack, manifests, progress)
    for identity in found.strays:
        progress.note(f"a run that died left {identity}, which nothing declares: a deployment deletes it")
    for manifest in found.unheld:
        progress.note(f"a run that died left {manifest.identity}: a deployment takes it over")
    for identity in found.interrupted:
        progress.note(f"a run that died left the hook {identity}: a deployment runs it again")
    return engine.preview(
        stack.workspace, EngineProgress(progress, "previewing"), compare=bool(found.missing)
    )


def deploy(stack: Stack, progress: Discreet) -> Deployment:
    """Read -> survey -> finish what a dead run left -> up -> readiness. Raises: OnestackError."""
    began = time.monotonic()
    manifests = _readable(stack, progress).applied
    _private(stack)
    _reachable(stack, progress)
    engine.ensure_stack(stack.workspace)
    with _hiding(stack, progress, manifests):
        found = _survey(stack, manifests, progress)
    _finish(stack, found, progress)
    try:
        outcome = _up(stack, found, progress)
    except EngineFailed as error:
        raise _said_by_hooks(stack, manifests, error) from None
    readiness = wait(stack, manifests, progress)
    return Deployment(outcome, manifests, readiness, time.monotonic() - began)


def _finish(stack: Stack, found: Standing, progress: Progress) -> None:
    """Removes what only a dead run knew of, and makes ready what is to be taken over."""
    project, name = stack.repository.project, stack.settings.stack
    if found.strays:
        listed = ", ".join(str(identity) for identity in found.strays)
        progress.note(f"deleting what a run that died left and nothing declares: {listed}")
        _ask(stack, lambda client: standing.remove(client, project, name, found.strays))
    if found.interrupted:
        listed = ", ".join(str(identity) for identity in found.interrupted)
        progress.note(f"deleting hooks that a run that died left, to run them again: {listed}")
        _ask(stack, lambda client: standing.remove(client, project, name, found.interrupted))
    if found.unheld:
        progress.note(f"taking over {len(found.unheld)} objects that a run that died left")
        unknown = [one for one in found.declared if one.identity not in found.held]
        _ask(stack, lambda client: standing.require_no_strangers(client, unknown, project, name))
        _ask(stack, lambda client: standing.hand_over(client, found))


def _up(stack: Stack, found: Standing, progress: Progress) -> Outcome:
    """One run of the engine; after one that took over, another that ends the taking over."""
    if found.missing:
        progress.note(f"gone from the cluster, to be made again: {', '.join(map(str, found.missing))}")
    show = EngineProgress(progress, "deploying")
    outcome = engine.up(stack.workspace, show, compare=bool(found.missing), adopt=bool(found.unheld))
    if found.unheld:
        engine.up(stack.workspace, show)
    return outcome


def _said_by_hooks(stack: Stack, manifests: Sequence[Manifest], error: EngineFailed) -> OnestackError:
    """The failure of a run, with what hooks that didn't end well say where there are any."""
    hooks = [manifest for manifest in manifests if hook(manifest)]
    if not hooks:
        return error
    try:
        report = _ask(stack, lambda client: assess_now(client, _references(hooks)))
        unfinished = standing.identities(engine.unfinished(stack.workspace))
    except OnestackError:
        return error
    said = [str(one) for one in report.not_ready if one.verdict != GONE]
    for manifest, one in zip(hooks, report.outcomes, strict=True):
        if manifest.identity in unfinished and one.verdict in {GONE, VANISHED, ENDED}:
            said.append(f"{one.ref}: didn't end well, and is gone")
    return HookFailed(stack.settings.stack, said, error.why) if said else error


def verify(stack: Stack, progress: Discreet) -> Verification:
    """One look at the readiness of all that the stack declares, then its tests. Raises: OnestackError."""
    made = _readable(stack, progress)
    with _hiding(stack, progress):
        readiness = _ask(stack, lambda client: assess_now(client, _references(made.applied)))
    return Verification(made.applied, readiness, _tested(stack, made.tests, readiness, progress))


def _tested(
    stack: Stack, tests: Sequence[Manifest], readiness: WaitReport, progress: Progress
) -> tuple[Ended, ...]:
    """How the stack's chart tests end; what isn't ready is not tried out."""
    if not (tests and readiness.ok):
        return chart_tests.not_run(tests, chart_tests.NOT_READY)
    owner = chart_tests.Owner(stack.repository.project, stack.settings.stack)
    timeout = stack.settings.readiness.timeout_seconds
    return _ask(
        stack,
        lambda client: chart_tests.run(
            client, tests, owner, timeout_seconds=timeout, on_progress=progress.step
        ),
    )


def wait(stack: Stack, manifests: Sequence[Manifest], progress: Progress) -> WaitReport:
    """Waits until every manifest is ready. Raises: NotReady, ClusterUnreachable."""
    timeout = stack.settings.readiness.timeout_seconds
    report = _ask(
        stack,
        lambda client: until_ready(
            client,
            _references(manifests),
            timeout_seconds=timeout,
            on_progress=lambda state: progress.step(f"waiting: {state.line()}"),
        ),
    )
    if not report.ok:
        raise NotReady(stack.settings.stack, report.message())
    return report


def destroy(stack: Stack, progress: Discreet) -> Outcome:
    """Deletes all that the stack holds, and all of its own that a dead run left. Raises: OnestackError."""
    with _hiding(stack, progress):
        _reachable(stack, progress)
    engine.ensure_stack(stack.workspace)
    outcome = engine.destroy(stack.workspace, EngineProgress(progress, "destroying"))
    if left := _survey(stack, (), progress).strays:
        progress.note(f"deleting what a run that died left: {', '.join(map(str, left))}")
        project, name = stack.repository.project, stack.settings.stack
        _ask(stack, lambda client: standing.remove(client, project, name, left))
    return outcome


def _survey(stack: Stack, manifests: Sequence[Manifest], progress: Progress) -> Standing:
    """What is there of the stack, what its state holds, what is declared: the record included."""
    progress.step("looking at what is there")
    project, name = stack.repository.project, stack.settings.stack
    records = (
        record.namespace_manifest(project=project, stack=name),
        record.record_manifest("", project=project, stack=name),
    )
    return Standing(
        live=_ask(stack, lambda client: standing.survey(client, project, name)),
        held=standing.identities(engine.held(stack.workspace)),
        unfinished=standing.identities(engine.unfinished(stack.workspace)),
        declared=(*manifests, *(records if manifests else ())),
    )


def _ask(stack: Stack, question: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    """Puts a question to the stack's cluster."""

    async def asked() -> T:
        async with Client(stack.connection(), user_agent=USER_AGENT) as client:
            return await question(client)

    return asyncio.run(asked())


def _private(stack: Stack) -> None:
    """Refuses secrets under a passphrase that everybody knows, but on this machine's own cluster.

    Raises: PublicSecrets.
    """
    found = stack_secrets.from_file(stack.repository.root, stack.settings.stack)
    shared = stack.settings.platform != "embedded"
    if found and found.encrypted and found.by_passphrase and stack.workspace.public and shared:
        raise PublicSecrets(found.stack, found.file)


@contextmanager
def _hiding(stack: Stack, progress: Discreet, manifests: Sequence[Manifest] = ()) -> Iterator[None]:
    """Has the stack's secrets decrypted, while something else goes on, and then masks them.

    Not those that are names among the manifests: every other line says them.

    Raises: EngineFailed where they can't be decrypted.
    """
    found = stack_secrets.from_file(stack.repository.root, stack.settings.stack)
    if found is None or not found.encrypted:
        yield
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        values = beside.submit(engine.secrets, stack.workspace)
        try:
            yield
        finally:
            progress.hide(unnamed(values.result(), names_of(manifests)))


def _readable(stack: Stack, progress: Discreet) -> Declaration:
    """Reads first what the program will read: its problems are then told, all of them, in seconds."""
    progress.step("reading manifests")
    return read_manifests(stack.repository, stack.settings, progress)


def _reachable(stack: Stack, progress: Progress) -> None:
    """Asks the cluster first: that it is down is then said in seconds, and by itself.

    Raises: ClusterNotStarted, ClusterUnreachable, ApiError.
    """
    progress.step("asking the cluster")
    _ask(stack, lambda client: client.request("GET", "/version"))


def _kubeconfig(root: Path, settings: Settings) -> tuple[Path, str | None]:
    if settings.kubeconfig is None:
        return root / engine.HOME / "kubeconfig", None
    return root / Path(settings.kubeconfig.path).expanduser(), settings.kubeconfig.context


def _references(manifests: Sequence[Manifest]) -> list[ObjectRef]:
    return [reference(manifest) for manifest in manifests]
