"""A stack with all that its verbs need, and what each of them looks at first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from onestack import engine, stack_secrets, standing
from onestack import settings as stack_settings
from onestack.declaration import Declaration, declared
from onestack.engine import State, Workspace
from onestack.engine.stack_file import restore
from onestack.errors import ClusterNotStarted, ClusterUnreachable, NoClusterYet
from onestack.gcp.cluster import cluster_name
from onestack.gcp.state import cluster_in, going
from onestack.kube.client import Client
from onestack.kube.connection import Connection, connect
from onestack.local.simulation import Simulation
from onestack.local.toolchain import Toolchain, ensure, prepared_pulumi_home
from onestack.local.toolchain.files import replace_file
from onestack.manifests import record
from onestack.manifests.manifest import Identity, Manifest
from onestack.offline import simulated
from onestack.offline import simulation as simulate
from onestack.progress import Discreet, Progress
from onestack.repository import Repository
from onestack.settings import Settings
from onestack.standing import Standing
from onestack.wait import found

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
        if not self.workspace.kubeconfig.exists():
            if self.settings.platform == "embedded":
                raise ClusterNotStarted(str(self.workspace.kubeconfig))
            if self.settings.platform == "gcp":
                raise NoClusterYet(self.settings.stack)
        return connect(self.workspace.kubeconfig, self.context)

    def ask(self, question: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Puts a question to the stack's cluster."""

        async def asked() -> T:
            async with Client(self.connection(), user_agent=USER_AGENT) as client:
                return await question(client)

        try:
            return asyncio.run(asked())
        except ClusterUnreachable as error:
            if self.settings.platform == "embedded":
                error.hint = "'onestack local status' says what of it runs; 'onestack local up' starts it"
            raise


def gather(
    repository: Repository,
    stack: str,
    progress: Progress,
    *,
    offline: bool | None = None,
    plans: bool = False,
) -> Stack:
    """Reads the stack's settings and finds its tools.

    ``offline``: its cloud is simulated, or is not; None: it is where a verb that just ``plans`` can't do
    without.

    Raises: UsageError, Unavailable.
    """
    if restore(repository.root, stack):
        progress.note(f"stacks/Pulumi.{stack}.yaml was left empty by a run that died: it is written back")
    settings = stack_settings.from_file(repository.root, stack)
    toolchain = ensure(repository.root, progress)
    alone = simulated(settings, offline, plans=plans, progress=progress)
    simulation = simulate(repository.root, stack, progress) if alone else None
    kubeconfig, context = _kubeconfig(repository.root, settings, simulation)
    secrets = stack_secrets.from_file(repository.root, stack)
    workspace = Workspace(
        root=repository.root,
        project=repository.project,
        stack=stack,
        bin_dirs=toolchain.bin_dirs(),
        kubeconfig=kubeconfig,
        pulumi_home=prepared_pulumi_home(),
        context=context,
        shared_state=settings.platform != "embedded",
        secrets_provider=secrets.provider if secrets and simulation is None else None,
        home=_home(settings),
        cloud=settings.platform == "gcp",
        simulation=simulation,
    )
    return Stack(repository, settings, toolchain, workspace, context)


def readable(stack: Stack, progress: Discreet) -> Declaration:
    """Reads first what the program will read: its problems are then told, all of them, in seconds.

    Raises: InvalidManifests, DependencyCycle.
    """
    progress.step("reading manifests")
    root, project = stack.repository.root, stack.repository.project
    made = declared(
        root,
        stack.settings,
        project=project,
        tools=lambda name: ensure(root, progress, (name,)).path(name),
        told=lambda what: progress.step(f"reading manifests: {what}"),
    )
    progress.hide(made.plaintexts)
    return made


def located(stack: Stack, state: State) -> bool:
    """Whether the stack has the cluster that it declares; writes the kubeconfig of one that it made itself.

    That holds no secret: its credentials are fetched when it is used. A cluster of another name will be
    replaced, and what it holds is of no account for what the next one will; nor is one that was going.
    """
    if stack.settings.gcp is None:
        return True
    file, cluster = stack.workspace.kubeconfig, cluster_in(state.resources)
    contents = cluster.kubeconfig() if cluster else None
    if cluster is None or contents is None or going(state.begun, cluster):
        file.unlink(missing_ok=True)
        return False
    replace_file(file, contents)
    return cluster.name == cluster_name(stack.settings.stack, stack.settings.gcp)


def reachable(stack: Stack, progress: Progress) -> None:
    """Asks the cluster first: that it is down is then said in seconds, and by itself.

    Raises: ClusterNotStarted, ClusterUnreachable, ApiError.
    """
    progress.step("asking the cluster")
    stack.ask(lambda client: client.request("GET", "/version"))


def survey(
    stack: Stack, manifests: Sequence[Manifest], state: State, progress: Progress, *, there: bool = True
) -> tuple[Standing, record.Found]:
    """What is there of the stack beside what its state holds and what is declared, the record included.

    And what is there of its earlier releases. Where the cluster isn't ``there``, nothing is.
    """
    progress.step("looking at what is there")
    project, name = stack.repository.project, stack.settings.stack
    held = standing.identities(state.held)
    # What a run that died left may be of any kind; else the state knows of everything.
    settled = held and stack.workspace.own_state and not engine.died(stack.workspace)
    among = held | {one.identity for one in manifests} if settled else None

    async def looked(client: Client) -> tuple[Mapping[Identity, Mapping[str, Any]], record.Found]:
        await standing.require_scopes(client, manifests)
        return await asyncio.gather(standing.survey(client, project, name, among), found(client, name))

    if not there:
        return Standing({}, frozenset(), tuple(manifests)), record.Found()
    live, release = stack.ask(looked)
    records = record.manifests(release, project=project, stack=name) if manifests else ()
    declared = (*manifests, *records)
    return Standing(live, held, declared, standing.identities(state.unfinished)), release


def _home(settings: Settings) -> str | None:
    """The state's address, where the settings name a bucket for it."""
    bucket = settings.gcp.state.bucket if settings.gcp else None
    return f"gs://{bucket}" if bucket else None


def _kubeconfig(root: Path, settings: Settings, simulation: Simulation | None) -> tuple[Path, str | None]:
    if settings.platform == "gcp":
        home = simulation.folder if simulation else root / engine.HOME
        return home / f"{settings.stack}.kubeconfig", None
    if settings.kubeconfig is None:
        return root / engine.HOME / "kubeconfig", None
    return root / Path(settings.kubeconfig.path).expanduser(), settings.kubeconfig.context
