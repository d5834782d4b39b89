"""A deployed stack whose verbs run in this process, looked at in part and as a whole."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from onestack import delivery, engine, planning, standing, wait
from onestack.engine import Outcome, run
from onestack.engine.process import How
from onestack.engine.workspace import Workspace
from onestack.manifests.manifest import Identity, group_of
from onestack.manifests.record import NAMESPACE, namespaces, record_name
from onestack.masking import Mask
from onestack.repository import find
from onestack.stack import Stack, gather
from tests.e2e.clone import Clone
from tests.e2e.valid import require_valid
from tests.e2e.world import Placed, World, baseline, files

Changes = tuple[frozenset[tuple[str, str, str, tuple[str, ...]]], Mapping[str, int]]


class Quiet:
    """Somebody who is told and says nothing."""

    def step(self, what: str) -> None: ...

    def note(self, text: str) -> None: ...

    def hide(self, mask: Mask) -> None: ...


@dataclass
class Repository:
    """A deployed stack whose verbs run in this process; ``runs`` says of each run of the engine whether it
    was given an excerpt."""

    made: Clone
    runs: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def stack(self) -> Stack:
        return gather(find(self.made.root), self.made.stack, Quiet())

    def lay(self, world: World) -> None:
        """Writes the manifests of a world, and no others."""
        for file in (self.made.root / "manifests").glob("*/*.yaml"):
            file.unlink()
        for path, text in files(world).items():
            self.made.write(path, text)
        self.made.applications(**{one.application: None for one in world.values()})

    def preview(self, *, full: bool = False) -> Changes:
        return changes(planning.previewed(self.stack, Quiet(), full=full).outcome)

    def deploy(self, *, full: bool = False) -> Changes:
        return changes(delivery.deploy(self.stack, Quiet(), full=full).outcome)

    def ran(self) -> list[tuple[str, bool]]:
        """The runs since this was asked last: the verb, and whether it was of a part."""
        runs, self.runs[:] = list(self.runs), []
        return runs

    @property
    def records(self) -> set[Identity]:
        """What the stack declares beside its manifests; the namespace only as the first on its cluster."""
        record = Identity("", "ConfigMap", NAMESPACE, record_name(self.made.stack))
        left = self.stack.ask(lambda client: wait.found(client, self.made.stack))
        own = namespaces(left, project="onestack", stack=self.made.stack)
        return {record, *(one.identity for one in own)}

    def held(self) -> Sequence[Mapping[str, Any]]:
        state = engine.read_state(self.stack.workspace)
        assert not state.pending
        return state.resources

    def live(self) -> set[Identity]:
        """The stack's own objects in the cluster."""
        return set(self.stack.ask(lambda client: standing.survey(client, "onestack", self.made.stack)))


def changes(outcome: Outcome) -> Changes:
    """What a run comes to, comparable."""
    steps = frozenset((step.op, step.type, step.name, step.fields) for step in outcome.steps)
    assert len(steps) == len(outcome.steps)
    return steps, dict(outcome.changes)


def identity(one: Placed) -> Identity:
    """What an object is."""
    return Identity(group_of(one.body["apiVersion"]), one.kind, one.space, one.body["metadata"]["name"])


@contextmanager
def deployed(made: Clone) -> Iterator[Repository]:
    """The baseline, live, and taken down afterwards. Under a passphrase of its own, for it has a secret."""
    found, whole = Repository(made), run._run

    def spied(workspace: Workspace, how: How, *arguments: Any) -> Outcome:
        found.runs.append((how.verb, workspace.aside is not None))
        return whole(workspace, how, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_CONFIG_PASSPHRASE", "of-this-test-alone")
        patch.setattr(run, "_run", spied)
        secret = "printf %s pw-of-parts | pulumi config set --secret secrets:password"
        done = made.shell(f"pulumi stack select --create {made.stack} && {secret}")
        assert done.code == 0, done.err
        found.lay(baseline())
        found.deploy()
        found.ran()
        yield found
        made.destroy()
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # connections that a command would have closed by its end


def agree(repository: Repository, before: World, after: World) -> None:
    """From one world to another: part and whole plan the same, and the part leaves what the whole would."""
    repository.lay(after)
    repository.ran()
    part, whole = repository.preview(), repository.preview(full=True)
    assert part == whole
    narrow = not reversioned(before, after)
    assert repository.ran() == [("preview", narrow), ("preview", False)]
    deployed = repository.deploy()
    assert repository.ran() == [("up", narrow)]
    assert deployed == part
    is_settled(repository, after)


def reversioned(before: World, after: World) -> bool:
    """Whether an object is there under another version's type: then everything is looked at."""
    there = {identity(one): one.body["apiVersion"] for one in before.values()}
    return any(
        there.get(identity(one), one.body["apiVersion"]) != one.body["apiVersion"] for one in after.values()
    )


def is_settled(repository: Repository, world: World) -> None:
    """State, cluster and manifests agree; who looks at everything finds nothing to do."""
    held = repository.held()
    require_valid(held)
    wanted = set(map(identity, world.values())) | repository.records
    objects = standing.identities("::".join(one["urn"].split("::")[2:]) for one in held)
    assert objects == wanted
    assert len([one for one in held if one["type"].startswith("kubernetes:")]) == len(wanted)
    assert repository.live() == wanted
    steps, counts = repository.preview(full=True)
    assert not steps
    assert counts == {"same": len(held)}
    done = repository.made.shell("pulumi preview --expect-no-changes --non-interactive")
    assert done.code == 0, done.out + done.err
