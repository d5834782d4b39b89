"""A stack whose state lies in a Google bucket: the real engine, on a real emulator of Cloud Storage."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onestack.bootstrap import bootstrap
from onestack.cloud.keys import Keys, keys_api
from onestack.cloud.storage import Buckets, storage_api
from onestack.local.plane import Plane
from onestack.state_home import StateHome
from tests.e2e.clone import Clone, clone
from tests.e2e.gcs import BUCKET, Emulator
from tests.e2e.test_recovery import kill_tree
from tests.google_stand_in import Google, serving

pytestmark = pytest.mark.e2e

NAMESPACE = "in-a-bucket"
STATE = ".pulumi/stacks/onestack/test.json"
LOCKS = ".pulumi/locks/"
PASSPHRASE = "the team's own"
MANY = 120


class Told:
    """A Progress that keeps nothing."""

    def step(self, what: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


@pytest.fixture
def repository(
    tmp_path: Path, plane: Plane, bucket: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clone]:
    """A repository whose stack keeps its state in the bucket, taken down afterwards."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=NAMESPACE)
    write(made, 3)
    yield made
    made.destroy()


def write(made: Clone, count: int, value: str = "b") -> None:
    """Declares that many ConfigMaps."""
    made.write(
        "manifests/shop/all.yaml",
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {NAMESPACE}}}\n"
        + "".join(
            f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata: {{a: {value}}}\n"
            for number in range(count)
        ),
    )


def held(made: Clone) -> list[str]:
    """The names of the ConfigMaps in the stack's state."""
    named = [one["urn"].rpartition("::")[2] for one in made.state() if one["type"].endswith(":ConfigMap")]
    return sorted(name.removeprefix(f"{NAMESPACE}/") for name in named if name.startswith(NAMESPACE))


def changed(made: Clone) -> dict[str, int]:
    """What a deployment changes, by operation."""
    return {op: count for op, count in made.deploy()["changes"].items() if op != "same"}


def test_a_stack_is_deployed_previewed_and_destroyed_over_the_bucket(
    repository: Clone, bucket: Emulator
) -> None:
    assert changed(repository)["create"] >= 4
    assert STATE in bucket.objects(BUCKET)
    assert bucket.objects(BUCKET, LOCKS) == []
    assert held(repository) == ["c0", "c1", "c2"]
    assert repository.planned() == {}
    assert changed(repository) == {}
    write(repository, 3, value="new")
    assert set(repository.planned().values()) == {"update"}
    repository.deploy()
    done = repository.shell("pulumi stack history --json")
    assert [one["kind"] for one in json.loads(done.out)][-1] == "update"
    assert not (repository.root / ".onestack/state/.pulumi/stacks").exists()
    repository.destroy()
    assert held(repository) == []
    assert bucket.objects(BUCKET, LOCKS) == []


@pytest.mark.torture
def test_a_colleague_goes_on_from_a_clone_of_their_own(repository: Clone, tmp_path: Path) -> None:
    repository.deploy()
    theirs = Clone(tmp_path / "theirs", repository.stack)
    shutil.copytree(repository.root, theirs.root, ignore=shutil.ignore_patterns(".onestack"))
    assert theirs.planned() == {}
    write(theirs, 4)
    assert changed(theirs)["create"] == 1
    write(repository, 4)
    assert repository.planned() == {}
    plain = repository.shell("pulumi preview --expect-no-changes --non-interactive")
    assert plain.code == 0, plain.out + plain.err


def test_a_killed_run_leaves_its_lock_in_the_bucket_and_the_next_one_takes_it_away(
    repository: Clone, bucket: Emulator
) -> None:
    kill_halfway(repository, bucket)
    repository.deploy()
    is_settled(repository, bucket)


@pytest.mark.torture
def test_what_was_killed_on_another_machine_is_finished_once_its_lock_is_cancelled(
    repository: Clone, bucket: Emulator, tmp_path: Path
) -> None:
    kill_halfway(repository, bucket)
    theirs = Clone(tmp_path / "theirs", repository.stack)
    shutil.copytree(repository.root, theirs.root, ignore=shutil.ignore_patterns(".onestack"))
    refused = theirs.onestack("deploy", theirs.stack)
    assert refused.code == 4
    assert "pulumi cancel" in refused.err
    assert theirs.shell("pulumi cancel --yes").code == 0
    theirs.deploy()
    is_settled(theirs, bucket)
    repository.deploy()
    is_settled(repository, bucket)


def kill_halfway(made: Clone, bucket: Emulator) -> None:
    """Kills a deployment with all its processes once its state knows of part of many objects."""
    write(made, MANY)
    victim = subprocess.Popen(
        [sys.executable, "-m", "onestack", "deploy", made.stack],
        cwd=made.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while victim.poll() is None and b"::kubernetes:core/v1:ConfigMap::" not in state_text(bucket):
        pass
    kill_tree(victim)
    (lock,) = bucket.objects(BUCKET, LOCKS)
    assert json.loads(bucket.content(BUCKET, lock))["hostname"] == socket.gethostname()
    assert state_text(bucket).count(b"::kubernetes:core/v1:ConfigMap::") < MANY


def is_settled(made: Clone, bucket: Emulator) -> None:
    """All of it is there and known, each once, and nobody holds a lock."""
    assert bucket.objects(BUCKET, LOCKS) == []
    assert held(made) == sorted(f"c{number}" for number in range(MANY))
    assert b"pending_operations" not in state_text(bucket)
    assert made.planned() == {}


def state_text(bucket: Emulator) -> bytes:
    """The stack's state as it stands in the bucket."""
    return bucket.content(BUCKET, STATE) if bucket.objects(BUCKET, STATE) else b""


@pytest.mark.torture
def test_a_lock_of_another_machine_stops_a_run_that_leaves_no_trace(
    repository: Clone, bucket: Emulator
) -> None:
    repository.deploy()
    lock = f"{LOCKS}organization/onestack/test/0b1f.json"
    content = {"pid": 7, "username": "ada", "hostname": "elsewhere", "timestamp": "2026-11-27T12:00:00Z"}
    bucket.write(BUCKET, lock, json.dumps(content).encode())
    write(repository, 2)
    refused = repository.onestack("deploy", repository.stack)
    assert refused.code == 4
    assert "held by process 7 of ada on elsewhere" in refused.err
    assert "pulumi cancel" in refused.err
    assert bucket.objects(BUCKET, LOCKS) == [lock]
    assert repository.planned()[f"ConfigMap {NAMESPACE}/c2"] == "delete"
    assert not (repository.root / ".onestack/state/onestack.test.inflight.json").exists()
    assert repository.shell("pulumi cancel --yes").code == 0
    repository.deploy()
    assert held(repository) == ["c0", "c1"]


@pytest.mark.torture
def test_an_older_version_of_the_state_is_brought_back_and_a_deployment_finds_what_it_lacks(
    repository: Clone, bucket: Emulator
) -> None:
    repository.deploy()
    older = bucket.generations(BUCKET, STATE)[-1]
    write(repository, 5, value="new")
    repository.deploy()
    bucket.write(BUCKET, STATE, bucket.content(BUCKET, STATE, older))
    assert held(repository) == ["c0", "c1", "c2"]
    repository.deploy()
    assert held(repository) == ["c0", "c1", "c2", "c3", "c4"]
    assert repository.planned() == {}


def test_a_bucket_that_is_not_there_is_told(repository: Clone) -> None:
    refused = repository.onestack("preview", repository.stack, PULUMI_BACKEND_URL="gs://not-there")
    assert refused.code == 4
    assert "gs://not-there: the state of stack 'test' can't be reached" in refused.err


def test_a_storage_that_does_not_answer_is_told_in_seconds(repository: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    began = time.monotonic()
    refused = repository.onestack("preview", repository.stack, STORAGE_EMULATOR_HOST=f"127.0.0.1:{port}")
    assert refused.code == 4
    assert "Google Cloud can't be reached" in refused.err
    assert time.monotonic() - began < 20


def test_the_bucket_is_made_on_the_emulator_and_found_again(
    bucket: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps versions and tells of it; of the bucket's other settings it knows nothing."""
    home = StateHome("acme-dev", "europe-west4", "acme-dev-onestack-state")
    with serving(Google()) as google:
        monkeypatch.setenv("GOOGLE_KMS_CUSTOM_ENDPOINT", f"{google.url}/v1/")
        reports = []
        for _ in range(2):
            with storage_api() as storage, keys_api() as keys:
                made = Keys(keys, home, datetime.now(UTC))
                reports.append(bootstrap(home, Buckets(storage, home.project), made, Told()))
    assert [report.parts[0].created for report in reports] == [True, False]
    assert [report.parts[2].state for report in reports] == ["created", "there"]
    found = bucket.call("GET", f"/storage/v1/b/{home.bucket}").json()
    assert found["versioning"] == {"enabled": True}
    differs = {one.what for one in reports[1].parts[0].differs}
    assert "versioning" not in differs
    assert "public access prevention" in differs
