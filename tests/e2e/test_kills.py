"""Killed at any write, run again: nothing lost, nothing doubled, no step by hand.

Everyday a few kills of each verb; with `make torture` every boundary and 200 kills at random. A trial
is repeated by its name: ``pytest tests/e2e/test_kills.py -m torture -k update-before-request-12``.
``ONESTACK_SHARD=2/5`` takes every fifth trial, from the second on.

A request is held while its sender is killed, so those places are exact. Of files the kernel tells once
they are written: a kill there comes a moment later, and some runs end before it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pytest

from onestack.local.plane import Plane
from tests.faults.files import AVAILABLE
from tests.faults.proxy import Proxy, proxied
from tests.faults.trial import Bed, Boundary, Verb, Where, shard

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not AVAILABLE, reason="only Linux tells at once which files are written"),
]

Run = Literal["up", "update", "destroy"]
Trial = tuple[Run, Boundary]

# How many writes there are at most: `test_there_are_no_more_boundaries` counts them anew.
REQUESTS: Final[dict[Run, int]] = {"up": 64, "update": 57, "destroy": 11}
FILES: Final[dict[Run, int]] = {"up": 130, "update": 150, "destroy": 80}
SEED: Final = 20261127
RANDOM: Final = 200

SHARD: Final = os.environ.get("ONESTACK_SHARD", "")


def every() -> list[Trial]:
    """Every boundary of every run."""
    places: tuple[tuple[Where, dict[Run, int]], ...] = (
        ("before a request", REQUESTS),
        ("after a request", REQUESTS),
        ("after a file", FILES),
    )
    return [
        (run, Boundary(where, number))
        for run in REQUESTS
        for where, counts in places
        for number in range(1, counts[run] + 1)
    ]


def at_random(count: int) -> list[Trial]:
    """Trials chosen at random, always the same."""
    return random.Random(SEED).choices(every(), k=count)  # noqa: S311 - repeatable on purpose


def named(trial: Trial) -> str:
    """The trial's name in the test's."""
    run, boundary = trial
    return f"{run}-{str(boundary).replace(' a ', '-').replace(' ', '-')}"


FEW: Final[list[Trial]] = [
    ("up", Boundary("before a request", 1)),
    ("up", Boundary("after a request", 40)),
    ("update", Boundary("before a request", 30)),
    ("update", Boundary("after a file", 20)),
    ("destroy", Boundary("after a request", 3)),
]


@pytest.fixture(scope="module")
def proxy(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy in front of the worker's control plane."""
    with proxied(plane.kubeconfig, tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture(scope="module")
def beds(plane: Plane, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Beds:
    """Stacks that trials share, where one leaves behind what the next begins with.

    What is left of them goes with the worker's control plane.
    """
    return Beds(tmp_path_factory.mktemp("kills"), plane, proxy)


class Beds:
    """One stack that stays deployed, for updates and destroys, and a new one for each first deployment."""

    def __init__(self, root: Path, plane: Plane, proxy: Proxy) -> None:
        self._root, self._plane, self._proxy = root, plane, proxy
        self._fresh: list[Bed] = []
        self._kept: Bed | None = None
        self._version = "a"

    def fresh(self) -> Bed:
        """A stack of its own, with nothing deployed."""
        name = f"kill-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}-{len(self._fresh)}"
        bed = Bed(self._root, self._plane, self._proxy, name)
        self._fresh.append(bed)
        bed.declare("a")
        return bed

    def deployed(self) -> Bed:
        """The stack that stays, deployed as it was left."""
        if self._kept is None:
            self._kept = Bed(self._root, self._plane, self._proxy, "kill-kept")
            self._kept.declare(self._version)
            assert self._kept.again("deploy") == ""
        return self._kept

    def edit(self, bed: Bed) -> None:
        """Declares the other version."""
        self._version = "b" if self._version == "a" else "a"
        bed.declare(self._version)


def tried(beds: Beds, trial: Trial, *, plainly: bool = False) -> None:
    """One trial: what is prepared, the kill, the run that finishes it, and the account."""
    run, boundary = trial
    bed = beds.fresh() if run == "up" else beds.deployed()
    if run == "update":
        beds.edit(bed)
    verb: Verb = "destroy" if run == "destroy" else "deploy"
    killed = bed.killed_at(verb, boundary).killed
    assert killed or boundary.where == "after a file"
    said = bed.again_plainly() if plainly else bed.again(verb)
    assert said == ""
    found = bed.account(gone=run == "destroy")
    wrong = [one for one in found.wrong if not (plainly and one.endswith(".inflight.json"))]
    assert wrong == []
    if run == "destroy":
        assert bed.again("deploy") == ""


@pytest.mark.parametrize("trial", FEW, ids=named)
def test_a_killed_run_is_finished_by_running_again(beds: Beds, trial: Trial) -> None:
    tried(beds, trial)


@pytest.mark.torture
@pytest.mark.parametrize("trial", at_random(3), ids=named)
def test_and_so_are_three_that_are_killed_anywhere(beds: Beds, trial: Trial) -> None:
    tried(beds, trial)


def test_and_one_is_finished_by_plain_pulumi(beds: Beds) -> None:
    tried(beds, ("up", Boundary("after a request", 25)), plainly=True)


@pytest.mark.torture
@pytest.mark.parametrize("trial", shard(every(), SHARD), ids=named)
def test_every_boundary(beds: Beds, trial: Trial) -> None:
    tried(beds, trial)


@pytest.mark.torture
@pytest.mark.parametrize("trial", shard(at_random(RANDOM), SHARD), ids=named)
def test_kills_at_random(beds: Beds, trial: Trial) -> None:
    tried(beds, trial)


@pytest.mark.torture
@pytest.mark.parametrize(
    "trial", shard([one for one in every() if one[0] != "destroy"][::7], SHARD), ids=named
)
def test_every_seventh_boundary_is_finished_by_plain_pulumi(beds: Beds, trial: Trial) -> None:
    tried(beds, trial, plainly=True)


@pytest.mark.torture
def test_there_are_no_more_boundaries(beds: Beds) -> None:
    never = Boundary("after a request", 1 << 30)
    fresh, kept = beds.fresh(), beds.deployed()
    counts = {"up": fresh.killed_at("deploy", never)}
    beds.edit(kept)
    counts |= {"update": kept.killed_at("deploy", never), "destroy": fresh.killed_at("destroy", never)}
    # A request that is repeated, or a deletion that came with another, makes them differ by a few.
    assert {run: counts[run].requests for run in REQUESTS if counts[run].requests > REQUESTS[run]} == {}
    assert {run: counts[run].files for run in FILES if counts[run].files > FILES[run]} == {}
