"""Killed at a write to Google Cloud, run again: nothing lost, nothing doubled, no step by hand.

A story, in order, of a first deployment and a destroy; then a kill before and after a write of every type
there is. The write is held while its sender is killed, so each place is exact. A
trial is repeated by its name: ``pytest tests/e2e/test_google_cloud_kills.py -m torture -k
after-create-container-cluster``. ``ONESTACK_SHARD=2/5`` takes every fifth trial, from the second on.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest

from onestack.local.gcp.faults import Operation
from onestack.local.toolchain import Toolchain
from tests.e2e.cloud import SETTINGS, cloud
from tests.faults.cloud_trial import CloudBed, Verb, Write
from tests.faults.files import AVAILABLE
from tests.faults.trial import shard

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.torture,
    pytest.mark.skipif(not AVAILABLE, reason="only Linux tells at once which files are written"),
]

SHARD: Final = os.environ.get("ONESTACK_SHARD", "")
POOL: Final = SETTINGS["nodePools"]["default"]
ZONE: Final = "europe-west4-a"
ALL: Final[Mapping[str, Any]] = {
    "github": {"repository": "acme/shop"},
    "identities": {"shop/web": ["roles/cloudtrace.agent"]},
}
"""Settings with which a stack has a resource of every type."""

# How many there are of each: `test_there_are_no_other_writes` counts them anew.
WRITES: Final[Mapping[str, int]] = {
    "artifactregistry/repository": 1,
    "artifactregistry/repositoryIamMember": 1,
    "compute/firewall": 1,
    "compute/network": 1,
    "compute/router": 1,
    "compute/routerNat": 1,
    "compute/subnetwork": 1,
    "container/cluster": 1,
    "container/nodePool": 1,
    "iam/workloadIdentityPool": 1,
    "iam/workloadIdentityPoolProvider": 1,
    "kms/cryptoKey": 1,
    "kms/cryptoKeyIAMMember": 2,
    "kms/keyRing": 1,
    "projects/iAMMember": 19,
    "projects/service": 12,
    "projects/serviceIdentity": 1,
    "serviceaccount/account": 4,
    "serviceaccount/iAMMember": 4,
}
# Google keeps these, and what a deployment makes anew has another name.
KEPT: Final = ("gcp:kms/", "gcp:projects/", "gcp:iam/workloadIdentityPool")

# Settings that update a resource of the type in place, by how often it has been by then.
UPDATES: Final[Mapping[str, Callable[[int], Mapping[str, Any]]]] = {
    # A subnet can grow and not shrink.
    "compute/subnetwork": lambda done: {
        "network": {**SETTINGS["network"], "nodes": f"10.10.0.0/{20 - done}"}
    },
    "container/cluster": lambda done: {
        "cluster": {"location": ZONE, "channel": "stable" if done % 2 else "regular"}
    },
    "container/nodePool": lambda done: {"nodePools": {"default": {**POOL, "max": POOL["max"] + done}}},
}

REPLACED: Final[tuple[tuple[Operation, str], ...]] = (
    ("create", "kms/keyRing"),
    ("create", "container/cluster"),
    ("create", "container/nodePool"),
    ("delete", "container/nodePool"),
    ("delete", "container/cluster"),
)
"""Writes of a deployment that replaces the cluster."""


def both(operation: Operation, kind: str) -> tuple[Write, Write]:
    """A kill before a type's first write and one after."""
    return Write("before", operation, (kind, "")), Write("after", operation, (kind, ""))


def of_every_type(operation: Operation) -> tuple[Write, ...]:
    """A kill before the first write of each type and one after."""
    return shard([write for kind in WRITES for write in both(operation, kind)], SHARD)


Fresh = Callable[[], CloudBed]


@pytest.fixture(scope="module")
def fresh(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Makes stacks with nothing deployed."""
    assert toolchain
    made: list[CloudBed] = []

    def another() -> CloudBed:
        if made:
            made[-1].made.discard()
        made.append(CloudBed(cloud(tmp_path_factory.mktemp("killed") / "repository")))
        return made[-1]

    yield another
    for one in made:
        one.made.discard()


@pytest.fixture(scope="module")
def story(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudBed]:
    """The stack of the everyday story, at first not deployed."""
    assert toolchain
    bed = CloudBed(cloud(tmp_path_factory.mktemp("story") / "repository"))
    yield bed
    bed.made.discard()


@pytest.fixture(scope="module")
def kept(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudBed]:
    """A stack that stays deployed."""
    assert toolchain
    bed = CloudBed(cloud(tmp_path_factory.mktemp("kept") / "repository"))
    assert bed.again("deploy") == ""
    yield bed
    bed.made.discard()


def finished(bed: CloudBed, verb: Verb) -> None:
    """The run that finishes what a killed one began, and the account."""
    assert bed.again(verb) == ""
    assert bed.wrong() == ()
    if verb == "deploy":
        assert bed.made.planned() == {}
        assert len(bed.made.clusters()) == 1
    else:
        assert [one for one in bed.there() if not one.startswith(KEPT)] == []
        assert bed.made.clusters() == ()


def kinds(bed: CloudBed) -> Counter[str]:
    """How many resources of each type are in the project."""
    return Counter(one.partition(":")[2].partition(":")[0] for one in bed.there())


def test_a_first_deployment_is_killed_twice_and_finished_by_running_again(story: CloudBed) -> None:
    assert story.killed_at("deploy", Write("after", "create", ("compute/network", "")))
    assert story.killed_at("deploy", Write("after", "create", ("container/cluster", "")))
    finished(story, "deploy")
    assert set(kinds(story).values()) <= {1, 2, 12}
    assert kinds(story)["compute/network"] == 1


def test_and_so_is_a_destroy(story: CloudBed) -> None:
    assert story.again("deploy") == ""  # another worker may have run the test before
    assert story.killed_at("destroy", Write("after", "delete", ("container/cluster", "")))
    finished(story, "destroy")


@pytest.mark.parametrize("write", of_every_type("create"), ids=str)
def test_every_type_of_a_first_deployment(fresh: Fresh, write: Write) -> None:
    bed = fresh()
    bed.made.settings(**ALL)
    assert bed.killed_at("deploy", write)
    finished(bed, "deploy")
    assert kinds(bed) == WRITES


@pytest.mark.parametrize("write", of_every_type("delete"), ids=str)
def test_every_type_of_a_destroy(fresh: Fresh, write: Write) -> None:
    bed = fresh()
    bed.made.settings(**ALL)
    assert bed.again("deploy") == ""
    assert bed.killed_at("destroy", write)
    finished(bed, "destroy")


def test_every_update(kept: CloudBed) -> None:
    before, done = kinds(kept), dict.fromkeys(UPDATES, 0)
    for write in (one for kind in UPDATES for one in both("update", kind)):
        done[write.resource[0]] += 1
        settings = {key: held for kind in UPDATES for key, held in UPDATES[kind](done[kind]).items()}
        kept.made.settings(**settings)
        assert kept.killed_at("deploy", write), write
        finished(kept, "deploy")
        assert kinds(kept) == before


@pytest.mark.parametrize("when", [0, 1], ids=["before", "after"])
@pytest.mark.parametrize(("operation", "kind"), REPLACED)
def test_every_write_of_a_replacement(fresh: Fresh, operation: Operation, kind: str, when: int) -> None:
    bed = fresh()
    assert bed.again("deploy") == ""
    before = kinds(bed)
    bed.made.settings(cluster={"location": ZONE, "generation": 2})
    assert bed.killed_at("deploy", both(operation, kind)[when])
    finished(bed, "deploy")
    assert kinds(bed) == before


def test_a_replacement_that_is_given_up_keeps_the_cluster(fresh: Fresh) -> None:
    bed = fresh()
    assert bed.again("deploy") == ""
    name = bed.made.clusters()
    bed.made.settings(cluster={"location": "europe-west4-b"})
    assert bed.killed_at("deploy", Write("before", "create", ("container/cluster", "")))
    bed.made.settings()
    finished(bed, "deploy")
    assert bed.made.clusters() == name


def test_there_are_no_other_writes(fresh: Fresh) -> None:
    bed = fresh()
    bed.made.settings(**ALL)
    assert bed.again("deploy") == ""
    assert kinds(bed) == WRITES
    assert bed.wrong() == ()
