"""Random edits and operations on a small stack: after each run, the state is sound and equals the cluster.

Everyday twenty short sequences, always the same; with `make torture` three hundred long ones
(``ONESTACK_SEQUENCES`` says how many, ``ONESTACK_SEED`` which). A sequence that fails is shrunk, and
printed as the operations to repeat.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from onestack.local.plane import Plane
from tests.faults.account import Object
from tests.faults.files import AVAILABLE
from tests.faults.proxy import Proxy, proxied
from tests.faults.trial import Bed, Boundary, Where

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not AVAILABLE, reason="only Linux tells at once which files are written"),
]

NAMES: Final = ("c0", "c1", "c2", "secret", "role", "service", "more")
SEQUENCES: Final = int(os.environ.get("ONESTACK_SEQUENCES", "300"))
SEED: Final = int(os.environ.get("ONESTACK_SEED", "1"))

World = Mapping[str, int]
"""Which of the objects are declared, and with which value."""


@dataclass(frozen=True)
class Edit:
    """Declares an object with a value, or, with None, no more."""

    name: str
    value: int | None


@dataclass(frozen=True)
class Run:
    """``deploy``, ``deploy --full``, plain ``pulumi up``, or ``destroy``."""

    how: str


@dataclass(frozen=True)
class Kill:
    """A deployment that is killed, then one that isn't."""

    at: Boundary


@dataclass(frozen=True)
class Remove:
    """Somebody deletes an object by hand."""

    name: str


Operation = Edit | Run | Kill | Remove

EDITS: Final = st.builds(Edit, st.sampled_from(NAMES), st.one_of(st.none(), st.integers(0, 2)))
WHERE: Final[tuple[Where, ...]] = ("before a request", "after a request", "after a file")
KILLS: Final = st.builds(
    Kill, st.builds(Boundary, st.sampled_from(WHERE), st.integers(min_value=1, max_value=14))
)
RUNS: Final = st.builds(Run, st.sampled_from(("deploy", "deploy", "full", "plain", "destroy")))
OPERATIONS: Final = st.one_of(RUNS, KILLS, st.builds(Remove, st.sampled_from(NAMES)))


def sequences(longest: int) -> st.SearchStrategy[list[Sequence[Operation]]]:
    """Steps of some edits and an operation."""
    step = st.builds(lambda edits, then: (*edits, then), st.lists(EDITS, max_size=4), OPERATIONS)
    return st.lists(step, min_size=1, max_size=longest)


def objects(space: str, world: World) -> Iterator[Object]:
    """The declared objects; without any there is still their namespace."""
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}}
    for name, value in sorted(world.items()):
        yield _object(space, name, value)


def _object(space: str, name: str, value: int) -> Object:
    named = {"name": name, "namespace": space}
    if name == "more":
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{space}-more"}}
    if name == "role":
        rules: Any = [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"][: value + 1]}
        ]
        return {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": named,
            "rules": rules,
        }
    if name == "service":
        spec = {"ports": [{"port": 80 + value}], "selector": {"app": "web"}}
        # A headless one can't become another: it is replaced.
        spec |= {"clusterIP": "None"} if value == 2 else {}
        return {"apiVersion": "v1", "kind": "Service", "metadata": named, "spec": spec}
    kind = "Secret" if name == "secret" else "ConfigMap"
    field = "stringData" if name == "secret" else "data"
    return {"apiVersion": "v1", "kind": kind, "metadata": named, field: {"a": f"value-{value}"}}


class Stand:
    """A stack on which one sequence is carried out."""

    def __init__(self, bed: Bed) -> None:
        self._bed = bed
        self._world: dict[str, int] = {"c0": 0, "c1": 0, "secret": 0}

    def take(self, operation: Operation) -> None:
        """Carries out one operation and, where that was a run, looks at what came of it."""
        match operation:
            case Edit(name=name, value=None):
                self._world.pop(name, None)
            case Edit(name=name, value=int(value)):
                self._world[name] = value
            case Remove(name=name):
                self._remove(name)
            case Kill(at=boundary):
                self._declare()
                self._bed.killed_at("deploy", boundary)
                self._run("deploy")
            case Run(how=how):
                self._declare()
                self._run(how)

    def _declare(self) -> None:
        self._bed.declare_these(tuple(objects(self._bed.space, self._world)))

    def _remove(self, name: str) -> None:
        body = _object(self._bed.space, name, 0)
        if name != "more":
            kind = str(body["kind"]).lower()
            self._bed.made.shell(f"kubectl -n {self._bed.space} delete {kind} {name} --ignore-not-found")
            # Plain pulumi believes its state; what is gone it makes again after a look at the cluster.
            self._declare()
            self._run("deploy")

    def _run(self, how: str) -> None:
        runs: dict[str, Callable[[], str]] = {
            "deploy": partial(self._bed.again, "deploy"),
            "full": partial(self._bed.again, "deploy", "--full"),
            "plain": self._bed.again_plainly,
            "destroy": partial(self._bed.again, "destroy"),
        }
        assert runs[how]() == ""
        assert self._bed.account(gone=how == "destroy").wrong == ()


@pytest.fixture(scope="module")
def proxy(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy in front of the worker's control plane."""
    with proxied(plane.kubeconfig, tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture(scope="module")
def beds(plane: Plane, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """A new stack each time."""
    folder = tmp_path_factory.mktemp("integrity")
    names = (f"many-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}-{number}" for number in itertools.count())
    return (Bed(folder, plane, proxy, name) for name in names)


def carried_out(beds: Iterator[Bed], steps: Sequence[Sequence[Operation]]) -> None:
    """One sequence, on a stack of its own, which goes with the worker's control plane."""
    stand = Stand(next(beds))
    for operation in itertools.chain.from_iterable(steps):
        stand.take(operation)


COMMON: Final = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    print_blob=True,
    verbosity=Verbosity.normal,
)


@settings(COMMON, max_examples=20, derandomize=True)
@given(steps=sequences(1))
def test_twenty_short_sequences_leave_state_and_cluster_equal(
    beds: Iterator[Bed], steps: list[Sequence[Operation]]
) -> None:
    carried_out(beds, steps)


@pytest.mark.torture
@seed(SEED)
@settings(COMMON, max_examples=SEQUENCES)
@given(steps=sequences(6))
def test_many_long_sequences_leave_state_and_cluster_equal(
    beds: Iterator[Bed], steps: list[Sequence[Operation]]
) -> None:
    carried_out(beds, steps)
