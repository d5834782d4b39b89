"""Looking at what changed comes to the same as looking at everything, whatever the edit.

The everyday run tries a few edits; ``ONESTACK_EXAMPLES`` says how many the long one does, and
``ONESTACK_SEED`` which.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, Verbosity, example, given, note, seed, settings
from hypothesis import strategies as st

from onestack import runs
from onestack.engine import State
from onestack.inventory import Inventory
from onestack.local.plane import Plane
from onestack.narrowing import Part, narrowed
from tests.e2e import edits
from tests.e2e.clone import clone
from tests.e2e.comparing import Repository, agree, deployed, is_settled
from tests.e2e.world import baseline

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::ResourceWarning")]

SETTINGS = "stacks/Pulumi.parts.yaml"
Steps = set[str]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, plane: Plane) -> Iterator[Repository]:
    """The baseline, live: every test leaves it so."""
    with deployed(clone(tmp_path_factory.mktemp("parts") / "repository", plane.kubeconfig, "parts")) as found:
        yield found


lists = st.lists(st.tuples(st.sampled_from(edits.EDITS), st.integers(0, 99)), min_size=2, max_size=8)


def tried(repository: Repository, chosen: Sequence[tuple[edits.Edit, int]]) -> None:
    """From the baseline through a few edits to another world, and back."""
    note(", ".join(f"({edit.__name__}, {number})" for edit, number in chosen))
    world = before = baseline()
    for edit, number in chosen:
        world = edit(world, number)
    try:
        agree(repository, before, world)
        agree(repository, world, before)
    except BaseException:
        # The next example begins from the same again.
        repository.lay(before)
        repository.deploy(full=True)
        raise


EVERYDAY = settings(
    max_examples=1,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit],
    suppress_health_check=list(HealthCheck),
)


@EVERYDAY
@example([(edits.value, 3), (edits.title, 1), (edits.immutable, 6), (edits.removed, 4), (edits.elsewhere, 9)])
@given(lists)
def test_a_part_comes_to_the_same_as_everything(
    repository: Repository, chosen: Sequence[tuple[edits.Edit, int]]
) -> None:
    tried(repository, chosen)


@pytest.mark.torture
@seed(int(os.environ.get("ONESTACK_SEED", "0")))
@settings(
    EVERYDAY,
    max_examples=int(os.environ.get("ONESTACK_EXAMPLES", "40")),
    derandomize=False,
    phases=[Phase.generate, Phase.shrink],
    verbosity=Verbosity.verbose,
)
@given(lists)
def test_many_parts_come_to_the_same_as_everything(
    repository: Repository, chosen: Sequence[tuple[edits.Edit, int]]
) -> None:
    tried(repository, chosen)


RECORD = "ConfigMap onestack-system/onestack-release-parts"
PART, WHOLE = ("preview", True), ("preview", False)


def alike(repository: Repository, *runs: tuple[str, bool]) -> Steps:
    """What the part plans, which is what the whole does, by the runs that are said."""
    repository.ran()
    part = repository.preview()
    assert repository.ran() == list(runs)
    assert part == repository.preview(full=True)
    planned = {f"{op} {token.rpartition(':')[2]} {name}" for op, token, name, _fields in part[0]}
    return planned - {f"update {RECORD}"}


@contextmanager
def written(repository: Repository, path: str, change: Callable[[str], str]) -> Iterator[None]:
    """A file of the repository, changed for a while."""
    file = repository.made.root / path
    before = file.read_text()
    file.write_text(change(before))
    assert file.read_text() != before
    try:
        yield
    finally:
        file.write_text(before)


def kubeconfig(**settings_: str) -> Callable[[str], str]:
    """Sets more about the kubeconfig in a stack's file."""

    def change(text: str) -> str:
        content = yaml.safe_load(text)
        content["config"]["onestack:kubeconfig"] |= settings_
        return str(yaml.safe_dump(content))

    return change


def program(lines: str) -> Callable[[str], str]:
    """Adds to what the program declares."""
    before = '        pulumi.export("cluster"'
    return lambda text: text.replace(before, f"{textwrap.indent(lines, ' ' * 8)}\n{before}")


@pytest.mark.torture
def test_another_cluster_is_everything_anew(repository: Repository) -> None:
    with written(repository, SETTINGS, kubeconfig(clusterIdentifier="another")):
        planned = alike(repository, PART, WHOLE)
    assert {one.partition(" ")[0] for one in planned - {f"replace {RECORD}"}} == {"replace"}
    assert len(planned) == len(repository.held()) - 1  # all but the stack itself


@pytest.mark.torture
def test_another_way_to_the_same_cluster_has_everything_looked_at(repository: Repository) -> None:
    held = yaml.safe_load(Path(repository.stack.workspace.kubeconfig).read_text())
    with written(repository, SETTINGS, kubeconfig(context=held["current-context"])):
        assert alike(repository, PART, WHOLE) == {"update kubernetes cluster"}
        assert repository.deploy()[0] == {("update", "pulumi:providers:kubernetes", "cluster", ("context",))}
        assert repository.ran()[-2:] == [("up", True), ("up", False)]
        is_settled(repository, baseline())
    repository.deploy()


MINE = """
import pulumi_kubernetes as kubernetes
class Both(pulumi.ComponentResource):
    def __init__(self, name, data, provider):
        super().__init__("mine:index:Both", name)
        at = {"name": name, "namespace": "default"}
        options = pulumi.ResourceOptions(parent=self, provider=provider)
        kubernetes.core.v1.ConfigMap(name, metadata=at, data=data, opts=options)
Both("mine", {"a": "VALUE"}, objects)
"""
OTHER_PROVIDER = """
import pulumi_kubernetes as kubernetes
kubernetes.core.v1.ConfigMap("theirs", metadata={"name": "theirs", "namespace": "default"}, data={"a": "b"})
"""


@pytest.mark.torture
def test_resources_that_somebody_adds_to_the_program_are_planned_alike(repository: Repository) -> None:
    with written(repository, "__main__.py", program(MINE)):
        assert alike(repository, WHOLE) == {"create Both mine", "create ConfigMap mine"}
        repository.deploy()
        assert alike(repository, PART) == set()
        with written(repository, "__main__.py", lambda text: text.replace("VALUE", "other")):
            assert alike(repository, WHOLE) == {"update ConfigMap mine"}
    assert alike(repository, WHOLE) == {"delete Both mine", "delete ConfigMap mine"}
    repository.deploy()
    is_settled(repository, baseline())


@pytest.mark.torture
def test_with_a_provider_of_their_own_everything_is_looked_at(repository: Repository) -> None:
    with written(repository, "__main__.py", program(OTHER_PROVIDER)):
        assert alike(repository, WHOLE) == {"create ConfigMap theirs"}
        repository.deploy()
        assert alike(repository, WHOLE) == set()
    assert alike(repository, WHOLE) == {"delete ConfigMap theirs"}
    repository.deploy()
    is_settled(repository, baseline())


@pytest.mark.torture
def test_a_state_that_changes_after_it_was_read_is_looked_at_as_a_whole(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(state: State, whole: Inventory, digest: str) -> Part | None:
        repository.stack.workspace.checkpoint.touch()
        return narrowed(state, whole, digest)

    monkeypatch.setattr(runs, "narrowed", late)
    world = edits.value(baseline(), 0)
    repository.lay(world)
    repository.ran()
    repository.deploy()
    assert repository.ran() == [("up", False)]
    is_settled(repository, world)
    monkeypatch.undo()
    repository.lay(baseline())
    repository.deploy()
