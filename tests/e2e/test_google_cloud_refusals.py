"""What Google would refuse is said before anything is done; what it does refuse, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from onestack.local.toolchain import Toolchain
from tests.e2e.cloud import SETTINGS, Cloud, cloud
from tests.faults.cloud_trial import CloudBed

pytestmark = pytest.mark.e2e

FILE: Final = "stacks/Pulumi.dev.yaml"
RANGES: Final = SETTINGS["network"]

# Settings, and what is said of them behind file, line and column.
WRONG: Final[Mapping[str, tuple[Mapping[str, Any], str]]] = {
    "ranges that overlap": (
        {"network": {**RANGES, "services": "10.22.0.0/20"}},
        "onestack:gcp.network.services: 10.22.0.0/20 overlaps with pods",
    ),
    "a range that is too small": (
        {"network": {**RANGES, "pods": "10.20.0.0/22"}},
        "onestack:gcp.network.pods: 10.20.0.0/22 is too small",
    ),
    "an unknown region": (
        {"region": "europe-west5", "cluster": {}},
        "onestack:gcp.region: 'europe-west5' is no region",
    ),
    "an unknown machine type": (
        {"nodePools": {"default": {"machineType": "e2-standard-5"}}},
        "onestack:gcp.nodePools.default.machineType: 'e2-standard-5'",
    ),
    "an unknown channel": (
        {"cluster": {"location": "europe-west4-a", "channel": "rappid"}},
        "onestack:gcp.cluster.channel: Input should be 'rapid', 'regular', 'stable'",
    ),
    "a node pool's name": (
        {"nodePools": {"Default": {}}},
        "onestack:gcp.nodePools.Default: 'Default' can't name a node pool",
    ),
    "a registry's name": ({"registry": {"name": "Images"}}, "onestack:gcp.registry.name: "),
    "a project's name": ({"project": "Acme"}, "onestack:gcp.project: 'Acme' can't be a project's id"),
    "no project": ({"project": None}, "onestack:gcp.project: Field required"),
}


@pytest.fixture(scope="module")
def google(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A repository with a stack of Google Cloud, at first not deployed."""
    assert toolchain
    made = cloud(tmp_path_factory.mktemp("refused") / "repository")
    yield made
    made.discard()


@pytest.mark.parametrize(("settings", "said"), WRONG.values(), ids=WRONG.keys())
def test_settings_that_google_would_refuse_name_file_key_and_line(
    google: Cloud, settings: Mapping[str, Any], said: str
) -> None:
    google.settings(**settings)
    done = google.clone.onestack("check", "dev")
    assert done.code == 2, done.err
    place, _, words = done.err.partition(f": error: {said}")
    assert words, done.err
    file, line, column = place.splitlines()[-1].rsplit(":", 2)
    assert file == FILE
    # What is missing is told at what it is missing from.
    key = "onestack:gcp" if "required" in said else said.partition(": ")[0].rpartition(".")[2]
    there = (google.clone.root / FILE).read_text().splitlines()[int(line) - 1]
    assert there[int(column) - 1 :].startswith(f"{key}:")


@pytest.mark.parametrize("verb", ["preview", "deploy"])
def test_and_nothing_is_done_before(google: Cloud, verb: str) -> None:
    google.settings(region="europe-west5")
    done = google.onestack(verb)
    assert done.code == 2, done.err
    assert f"{FILE}:" in done.err
    assert not google.simulation.exists()


def test_without_credentials_nothing_is_changed_and_it_is_said_how_to_get_some(google: Cloud) -> None:
    google.settings()
    nowhere = str(google.clone.root)
    done = google.clone.onestack("deploy", "dev", CLOUDSDK_CONFIG=nowhere, GOOGLE_APPLICATION_CREDENTIALS="")
    assert done.code == 4, done.err
    assert "there are no Google credentials for stack dev" in done.err
    assert "gcloud auth application-default login" in done.err


def test_what_google_refuses_is_told_with_what_to_do_about_it(google: Cloud) -> None:
    google.settings()
    CloudBed(google).faults(refused("compute/network", "quota"))
    done = google.onestack("deploy")
    assert done.code == 4, done.err
    said = done.err.rpartition("error: ")[2]
    assert "Network network: Error creating Network: googleapi: Error 403: Quota 'NETWORKS' exceeded" in said
    assert "https://console.cloud.google.com/iam-admin/quotas?project=acme-dev" in said
    assert said.count("next: ") == 1


@pytest.mark.torture
def test_the_next_run_continues_up_to_what_is_refused_then(google: Cloud) -> None:
    google.settings()
    bed = CloudBed(google)
    halfway = {"operation": "create", "halfway": True, "times": 1}
    for rule, resource, advice in (
        (refused("compute/network:", "permission"), "Network network: ", "--role=roles/compute.networkAdmin"),
        (refused("compute/network:", "disabled"), "Network network: ", "turns compute.googleapis.com on"),
        ({"type": "compute/network:", **halfway}, "Network network: Error waiting to", "go on at Google"),
        ({"type": "container/cluster", **halfway}, "Cluster cluster: ", "it may still go on at Google"),
        (refused("container/nodePool", "credentials"), "NodePool default: ", "application-default login"),
    ):
        bed.faults(rule)
        done = google.onestack("deploy")
        assert done.code == 4, done.err
        assert resource in done.err
        assert advice in done.err
    assert bed.again("deploy") == ""
    assert bed.wrong() == ()
    assert google.planned() == {}


def refused(kind: str, refuse: str) -> Mapping[str, Any]:
    """A rule by which Google refuses to make something, once."""
    return {"type": kind, "operation": "create", "refuse": refuse, "times": 1}
