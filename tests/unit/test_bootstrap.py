"""The home of a state is made once, whatever happens meanwhile, and never made weaker."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from onestack import errors
from onestack import settings as stack_settings
from onestack.bootstrap import Report, bootstrap, document, lines, next_steps
from onestack.cli import bootstrap as command
from onestack.cli import cli
from onestack.cloud.keys import Keys, keys_api
from onestack.cloud.storage import Buckets, storage_api
from onestack.progress import Silent
from onestack.state_home import StateHome
from tests.google_stand_in import Google, Trouble, refusal, serving

HOME = StateHome("acme-dev", "europe-west4", "acme-dev-onestack-state")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SLOW_FREE: dict[str, Any] = {"retries": 2, "pause": 0.01}
BUCKETS, BUCKET = "^/storage/v1/b$", "^/storage/v1/b/"
RING, KEY = "keyRings/onestack$", "cryptoKeys/state$"
RINGS, KEYS = "keyRings$", "cryptoKeys$"
CALLS = [("GET", BUCKETS), ("POST", BUCKETS), ("GET", RING), ("POST", RINGS), ("GET", KEY), ("POST", KEYS)]
MADE = [
    "POST /storage/v1/b",
    "POST /v1/projects/acme-dev/locations/europe-west4/keyRings",
    "POST /v1/projects/acme-dev/locations/europe-west4/keyRings/onestack/cryptoKeys",
]


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    with serving(Google()) as running:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", running.url)
        monkeypatch.setenv("GOOGLE_KMS_CUSTOM_ENDPOINT", f"{running.url}/v1/")
        yield running


def done() -> Report:
    """A run against what the environment names."""
    with storage_api(**SLOW_FREE) as storage, keys_api(**SLOW_FREE) as keys:
        return bootstrap(HOME, Buckets(storage, HOME.project), Keys(keys, HOME, NOW), Silent())


def states(report: Report) -> list[str]:
    return [part.state for part in report.parts]


def test_an_empty_project_gets_all_of_it_and_the_next_run_changes_nothing(google: Google) -> None:
    assert states(done()) == ["created", "created", "created"]
    assert google.wrote == MADE
    before = (dict(google.buckets), dict(google.keys))
    again = done()
    assert states(again) == ["there", "there", "there"]
    assert again.ok
    assert (google.wrote, google.buckets, google.keys) == (MADE, *before)


def test_the_bucket_is_closed_versioned_and_never_deletes_what_is_current(google: Google) -> None:
    done()
    project, bucket = google.buckets[HOME.bucket]
    assert (project, bucket["location"]) == ("acme-dev", "EUROPE-WEST4")
    assert bucket["versioning"] == {"enabled": True}
    assert bucket["iamConfiguration"] == {
        "uniformBucketLevelAccess": {"enabled": True},
        "publicAccessPrevention": "enforced",
    }
    assert bucket["softDeletePolicy"] == {"retentionDurationSeconds": "2592000"}
    (rule,) = bucket["lifecycle"]["rule"]
    assert rule["condition"] == {"isLive": False, "numNewerVersions": 100, "daysSinceNoncurrentTime": 30}
    assert bucket["labels"]["managed-by"] == "onestack"


def test_the_key_encrypts_rotates_and_is_destroyed_late(google: Google) -> None:
    done()
    key = google.keys[HOME.key_name]
    assert key["purpose"] == "ENCRYPT_DECRYPT"
    assert (key["rotationPeriod"], key["nextRotationTime"]) == ("7776000s", "2027-02-25T12:00:00Z")
    assert key["destroyScheduledDuration"] == "2592000s"
    assert key["labels"]["purpose"] == "pulumi-state"


@pytest.mark.parametrize("call", CALLS)
def test_interrupted_at_any_request_the_next_run_goes_on(google: Google, call: tuple[str, str]) -> None:
    google.troubles = [Trouble(*call, 403, refusal(403, "not now", reason="forbidden"))]
    with pytest.raises(errors.PermissionRefused):
        done()
    assert states(done()).count("there") == CALLS.index(call) // 2
    assert sorted(set(google.wrote)) == sorted(MADE)
    assert len(google.wrote) == len(MADE) + (call[0] == "POST")
    assert states(done()) == ["there", "there", "there"]


@pytest.mark.parametrize("call", CALLS[1::2])
def test_a_creation_whose_answer_was_lost_is_found_when_it_is_tried_again(
    google: Google, call: tuple[str, str]
) -> None:
    google.troubles = [Trouble(*call, 503, refusal(503, "lost"), done=True)]
    assert states(done()).count("there") == 1
    assert states(done()) == ["there", "there", "there"]


def test_a_bucket_of_another_project_is_not_ours_though_it_lets_us_in(google: Google) -> None:
    google.buckets[HOME.bucket] = ("a-strangers", {"name": HOME.bucket, "metageneration": "1"})
    with pytest.raises(errors.BucketTaken, match="acme-dev") as told:
        done()
    assert told.value.exit_code == 2
    assert google.rings == set()
    assert google.buckets[HOME.bucket][1] == {"name": HOME.bucket, "metageneration": "1"}


def test_a_bucket_with_a_longer_name_is_another_one(google: Google) -> None:
    longer = f"{HOME.bucket}-old"
    google.buckets[longer] = ("acme-dev", {"name": longer, "metageneration": "1"})
    assert states(done())[0] == "created"


def loosened(google: Google, **settings: Any) -> None:
    """Changes the bucket's settings behind our back."""
    project, bucket = google.buckets[HOME.bucket]
    google.buckets[HOME.bucket] = (project, {**bucket, **settings})


def test_versioning_that_was_turned_off_is_turned_on_and_nothing_else_is_touched(google: Google) -> None:
    done()
    loosened(google, versioning={"enabled": False}, labels={"team": "platform"}, lifecycle={"rule": []})
    report = done()
    bucket = google.buckets[HOME.bucket][1]
    assert bucket["versioning"] == {"enabled": True}
    assert (bucket["labels"], bucket["lifecycle"]) == ({"team": "platform"}, {"rule": []})
    assert [one.what for one in report.parts[0].mended] == ["versioning"]
    assert [one.what for one in report.parts[0].differs] == ["life cycle", "labels"]
    assert report.ok
    assert google.asked[-3].body == {"versioning": {"enabled": True}}


def test_a_bucket_that_is_open_is_told_and_left_as_it_is(google: Google) -> None:
    done()
    open_to_all = {"uniformBucketLevelAccess": {"enabled": False}, "publicAccessPrevention": "inherited"}
    loosened(google, iamConfiguration=open_to_all)
    report = done()
    assert not report.ok
    assert google.wrote == MADE
    told = "\n".join(lines(report))
    assert "UNSAFE: public access prevention: wanted enforced, is inherited" in told
    assert "gcloud storage buckets update gs://acme-dev-onestack-state --public-access-prevention" in told


def test_settings_that_somebody_else_changes_meanwhile_are_not_overwritten(google: Google) -> None:
    done()
    loosened(google, versioning={"enabled": False})
    google.troubles = [Trouble("PATCH", BUCKET, 412, refusal(412, "changed", reason="conditionNotMet"))]
    with pytest.raises(errors.CloudRefused, match="conditionNotMet"):
        done()
    assert google.asked[-1].query["ifMetagenerationMatch"] == "1"
    assert states(done())[0] == "mended"


def test_a_key_that_is_not_rotated_is_from_now_on(google: Google) -> None:
    done()
    key = google.keys[HOME.key_name]
    del key["rotationPeriod"], key["nextRotationTime"]
    assert states(done()) == ["there", "there", "mended"]
    assert google.keys[HOME.key_name]["nextRotationTime"] == "2027-02-25T12:00:00Z"
    assert google.keys[HOME.key_name]["labels"] == {"managed-by": "onestack", "purpose": "pulumi-state"}


def test_a_key_that_can_not_encrypt_is_told_and_left_as_it_is(google: Google) -> None:
    done()
    google.keys[HOME.key_name]["primary"] = {"state": "DISABLED"}
    report = done()
    assert (report.ok, states(report)[2]) == (False, "differs")
    assert google.wrote == MADE


def test_the_document_holds_what_the_lines_say(google: Google) -> None:
    found = document(done(), "dev")
    assert found["backend"] == "gs://acme-dev-onestack-state"
    assert found["secretsProvider"] == f"gcpkms://{HOME.key_name}"
    assert [(part["kind"], part["state"], part["created"]) for part in found["parts"]] == [
        ("bucket", "created", True),
        ("key ring", "created", True),
        ("key", "created", True),
    ]
    assert json.loads(json.dumps(found)) == found


def test_the_next_steps_are_lines_to_copy() -> None:
    told = [line.strip() for line in next_steps(HOME, "dev")]
    assert "export PULUMI_BACKEND_URL=gs://acme-dev-onestack-state" in told
    assert f"pulumi stack init dev --secrets-provider=gcpkms://{HOME.key_name}" in told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    (tmp_path / "stacks").mkdir()
    settings = "config: {onestack:platform: embedded, onestack:manifests: {applications: {}}}\n"
    (tmp_path / "stacks/Pulumi.dev.yaml").write_text(settings)
    return tmp_path


def called(root: Path, *arguments: str) -> tuple[int, str, str, BaseException | None]:
    result = CliRunner().invoke(cli, ["bootstrap", "dev", "--root", str(root), *arguments])
    return result.exit_code, result.stdout, result.stderr, result.exception


def on_google(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the stack's settings say what those of a cloud stack say."""
    place = SimpleNamespace(project="acme-dev", region="europe-west4", state=SimpleNamespace(bucket=None))
    settings = SimpleNamespace(stack="dev", platform="gcp", gcp=place)
    monkeypatch.setattr(stack_settings, "from_file", lambda *_: settings)


def test_the_command_says_what_it_did_and_what_to_do(
    google: Google, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_google(monkeypatch)
    code, out, err, _ = called(root)
    assert (code, out) == (0, "")
    assert "bucket gs://acme-dev-onestack-state: created" in err
    assert "export PULUMI_BACKEND_URL=gs://acme-dev-onestack-state" in err
    code, out, _, _ = called(root, "--json")
    assert code == 0
    assert [part["state"] for part in json.loads(out)["parts"]] == ["there", "there", "there"]
    assert len(google.wrote) == 3


def test_what_is_unsafe_ends_with_1_and_without_next_steps(
    google: Google, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_google(monkeypatch)
    called(root)
    loosened(google, retentionPolicy={"retentionPeriod": "604800"})
    code, _, err, _ = called(root)
    assert code == 1
    assert "retention policy" in err
    assert "PULUMI_BACKEND_URL" not in err
    code, out, _, _ = called(root, "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_a_stack_that_is_not_on_google_has_nothing_to_prepare(root: Path) -> None:
    _, _, _, failed = called(root)
    assert isinstance(failed, errors.NotOnGoogle)
    assert failed.exit_code == 2


def test_a_teams_own_name_for_the_bucket_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    place = SimpleNamespace(project="p", region="r", state=SimpleNamespace(bucket="acme-states"))
    home = command.home_of(SimpleNamespace(stack="dev", platform="gcp", gcp=place))  # type: ignore[arg-type]
    assert home.bucket == "acme-states"


def test_googles_library_is_read_only_where_google_is_asked() -> None:
    """It takes 0.2 s, which every other verb can do without."""
    code = "import sys, onestack.engine, onestack.cli.bootstrap; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"google.auth", "requests"} & set(done.stdout.split())
