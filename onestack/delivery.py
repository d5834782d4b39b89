"""The verbs as pipelines whose steps can be read like a table of contents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from onestack import engine
from onestack import settings as stack_settings
from onestack.engine import Outcome, Workspace
from onestack.errors import ClusterNotStarted, EngineFailed, NotReady
from onestack.kube.client import Client
from onestack.kube.connection import Connection, connect
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.toolchain import Toolchain, ensure, prepared_pulumi_home
from onestack.manifests.declared import declared
from onestack.manifests.manifest import Manifest
from onestack.progress import Progress
from onestack.repository import Repository
from onestack.settings import Settings
from onestack.show import EngineProgress
from onestack.wait import ObjectRef, WaitReport, assess_now, reference, until_ready

USER_AGENT = "onestack"


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


def read_manifests(repository: Repository, settings: Settings) -> tuple[Manifest, ...]:
    """The stack's manifests as they go to the cluster. Raises: InvalidManifests, DependencyCycle."""
    return declared(
        repository.root,
        settings.manifests.path,
        settings.manifests.selected(),
        project=repository.project,
        stack=settings.stack,
    )


def preview(stack: Stack, progress: Progress) -> Outcome:
    """What a deployment would change. Raises: OnestackError."""
    _readable(stack, progress)
    _reachable(stack, progress)
    engine.ensure_stack(stack.workspace)
    return engine.preview(stack.workspace, EngineProgress(progress, "previewing"))


def deploy(stack: Stack, progress: Progress) -> Deployment:
    """Read -> up -> readiness. Raises: OnestackError."""
    began = time.monotonic()
    manifests = _readable(stack, progress)
    _reachable(stack, progress)
    engine.ensure_stack(stack.workspace)
    outcome = engine.up(stack.workspace, EngineProgress(progress, "deploying"))
    readiness = wait(stack, manifests, progress)
    return Deployment(outcome, manifests, readiness, time.monotonic() - began)


def verify(stack: Stack, progress: Progress) -> tuple[tuple[Manifest, ...], WaitReport]:
    """One look at the readiness of all that the stack declares. Raises: OnestackError."""
    manifests = _readable(stack, progress)
    return manifests, asyncio.run(_assess(stack.connection(), _references(manifests)))


def wait(stack: Stack, manifests: Sequence[Manifest], progress: Progress) -> WaitReport:
    """Waits until every manifest is ready. Raises: NotReady, ClusterUnreachable."""
    timeout = stack.settings.readiness.timeout_seconds
    report = asyncio.run(_until_ready(stack.connection(), _references(manifests), timeout, progress))
    if not report.ok:
        raise NotReady(stack.settings.stack, report.message())
    return report


def destroy(stack: Stack, progress: Progress) -> Outcome:
    """Deletes all that the stack holds. Raises: OnestackError."""
    _reachable(stack, progress)
    engine.ensure_stack(stack.workspace)
    if engine.died(stack.workspace):
        # What the dead run created is in no state yet; deploying takes it over.
        progress.note("the last run on this stack died: finding what it left behind first")
        with suppress(EngineFailed):
            engine.up(stack.workspace, EngineProgress(progress, "recovering"))
    return engine.destroy(stack.workspace, EngineProgress(progress, "destroying"))


def _readable(stack: Stack, progress: Progress) -> tuple[Manifest, ...]:
    """Reads first what the program will read: its problems are then told, all of them, in seconds."""
    progress.step("reading manifests")
    return read_manifests(stack.repository, stack.settings)


def _reachable(stack: Stack, progress: Progress) -> None:
    """Asks the cluster first: that it is down is then said in seconds, and by itself.

    Raises: ClusterNotStarted, ClusterUnreachable, ApiError.
    """
    progress.step("asking the cluster")
    asyncio.run(_asked(stack.connection()))


async def _asked(connection: Connection) -> None:
    async with Client(connection, user_agent=USER_AGENT) as client:
        await client.request("GET", "/version")


def _kubeconfig(root: Path, settings: Settings) -> tuple[Path, str | None]:
    if settings.kubeconfig is None:
        return root / engine.HOME / "kubeconfig", None
    return root / Path(settings.kubeconfig.path).expanduser(), settings.kubeconfig.context


def _references(manifests: Sequence[Manifest]) -> list[ObjectRef]:
    return [reference(manifest) for manifest in manifests]


async def _assess(connection: Connection, objects: Sequence[ObjectRef]) -> WaitReport:
    async with Client(connection, user_agent=USER_AGENT) as client:
        return await assess_now(client, objects)


async def _until_ready(
    connection: Connection, objects: Sequence[ObjectRef], timeout_seconds: float, progress: Progress
) -> WaitReport:
    async with Client(connection, user_agent=USER_AGENT) as client:
        return await until_ready(
            client,
            objects,
            timeout_seconds=timeout_seconds,
            on_progress=lambda state: progress.step(f"waiting: {state.line()}"),
        )
