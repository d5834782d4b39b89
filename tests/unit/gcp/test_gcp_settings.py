"""Settings for Google Cloud: what Google would refuse is told at its line, before Google is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from onestack import settings
from onestack.errors import InvalidSettings
from onestack.settings import Settings

GOOD = """\
config:
  onestack:platform: gcp
  onestack:manifests:
    applications: {}
  onestack:gcp:
    project: acme-dev
    region: europe-west4
    network: {nodes: 10.10.0.0/20, pods: 10.20.0.0/14, services: 10.24.0.0/20}
"""
FULL = (
    GOOD
    + """\
    cluster:
      location: europe-west4-a
      generation: 2
      channel: stable
      maintenance: {start: "22:30", hours: 6, days: [sunday, tuesday]}
      authorizedNetworks: {office: 203.0.113.0/24}
      endpoint: ip
    nodePools:
      default: {machineType: n2d-standard-8, min: 0, max: 9, labels: {tier: web}, maxSurge: 2}
      spot: {spot: true, taints: [{key: acme.example/spot, value: "yes", effect: NoSchedule}]}
    registry: {name: images}
    github: {repository: acme/shop, branch: release/1}
    identities: {bookshop/server: [roles/storage.objectViewer]}
    protected: false
"""
)


def read(root: Path, text: str, stack: str = "dev") -> Settings:
    """Writes a stack's file and reads it."""
    (root / "stacks").mkdir()
    (root / "stacks" / f"Pulumi.{stack}.yaml").write_text(text)
    return settings.from_file(root, stack)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    gcp = read(tmp_path, GOOD).gcp
    assert gcp is not None
    assert (gcp.location, gcp.zones, gcp.protected, gcp.github) == ("europe-west4", 3, True, None)
    assert gcp.cluster.authorized_networks == {}
    assert not gcp.cluster.has_address
    pool = gcp.node_pools["default"]
    assert (pool.machine_type, pool.min, pool.max, pool.spot) == ("e2-standard-4", 1, 3, False)


def test_the_engine_gives_the_same_value_as_the_file(tmp_path: Path) -> None:
    config = {key.removeprefix("onestack:"): value for key, value in yaml.safe_load(FULL)["config"].items()}
    given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    assert settings.from_engine("dev", given.get) == read(tmp_path, FULL)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    project: acme-dev\n",
            "",
            "5:3: onestack:gcp.project: Field required; write the id of a project",
        ),
        ("acme-dev", "Acme", "6:5: onestack:gcp.project: 'Acme' can't be a project's id"),
        ("acme-dev", "'123456'", "'123456' is a project's number; write its id"),
        ("acme-dev", "my-google-app", "Google allows none with 'google' in it"),
        (
            "region: europe-west4",
            "region: europe-west5",
            "7:5: onestack:gcp.region: 'europe-west5' is no region",
        ),
        ("region: europe-west4", "region: europe-west5", "did you mean europe-west"),
        ("region: europe-west4", "region: mars", "name a newer one under onestack:gcp.knownRegions"),
        (
            "europe-west4-a",
            "europe-west4-d",
            "10:7: onestack:gcp.cluster.location: 'europe-west4-d' is neither",
        ),
        ("europe-west4-a", "us-central1-a", "its zones are europe-west4-a, europe-west4-b, europe-west4-c"),
        (
            "10.24.0.0/20",
            "10.22.0.0/20",
            "8:56: onestack:gcp.network.services: 10.22.0.0/20 overlaps with pods",
        ),
        ("10.20.0.0/14", "10.20.0.0/22", "8:36: onestack:gcp.network.pods: 10.20.0.0/22 is too small"),
        ("10.10.0.0/20", "10.10.0.0/30", "onestack:gcp.network.nodes: 10.10.0.0/30 is too small"),
        (
            "10.10.0.0/20",
            "10.10.0.0/29",
            "onestack:gcp.network.nodes: 10.10.0.0/29 has addresses for 4 nodes",
        ),
        ("10.10.0.0/20", "10.10.0.0/29", "grow to 14, upgrades included; take /27 or larger"),
        (
            "10.20.0.0/14",
            "10.20.0.0/21",
            "onestack:gcp.network.pods: 10.20.0.0/21 has room for the pods of 8",
        ),
        ("10.10.0.0/20", "10.10.0.1/20", "did you mean 10.10.0.0/20?"),
        ("10.10.0.0/20", "127.0.0.0/20", "has addresses of 127.0.0.0/8 (the host itself), which is reserved"),
        (", services: 10.24.0.0/20", "", "network.services: Field required; write a range for the services"),
        (
            "stable",
            "slow",
            "12:7: onestack:gcp.cluster.channel: Input should be 'rapid', 'regular', 'stable'",
        ),
        (
            "203.0.113.0/24",
            "0.0.0.0/0",
            "14:28: onestack:gcp.cluster.authorizedNetworks.office: 0.0.0.0/0 would",
        ),
        ("{office: 203.0.113.0/24}", "{}", "15:7: onestack:gcp.cluster.endpoint: without authorizedNetworks"),
        ("hours: 6", "hours: 5", "Google wants at least 48; take 6 hours, or more days"),
        ('"22:30"', '"24:00"', "'24:00' can't be that; write the time in UTC, such as '02:00'"),
        ("generation: 2", "generation: 0", "11:7: onestack:gcp.cluster.generation: Input should be greater"),
        (
            "n2d-standard-8",
            "n2d-standard-9",
            "17:17: onestack:gcp.nodePools.default.machineType: 'n2d-standard-9'",
        ),
        ("n2d-standard-8", "n2d-standard-9", "did you mean n2d-standard-"),
        ("n2d-standard-8", "n2-custom-3-4096", "the number of CPUs is 1 or even"),
        ("n2d-standard-8", "n2-custom-4-4000", "memory is in steps of 256 MiB"),
        ("min: 0", "min: 10", "17:46: onestack:gcp.nodePools.default.min: 10 is more than max, 9"),
        ("maxSurge: 2", "maxSurge: 0", "onestack:gcp.nodePools.default.maxSurge: with maxUnavailable 0, too"),
        (
            "maxSurge: 2",
            "maxSurge: 15, maxUnavailable: 6",
            "21 nodes would be upgraded at once; Google allows 20",
        ),
        ("NoSchedule", "NoShedule", "taints.0.effect: Input should be 'NoSchedule',"),
        ("NoSchedule", "NoShedule", "did you mean NoSchedule?"),
        ("tier: web", "k8s.io/tier: web", "labels of k8s.io are kept for Kubernetes and Google"),
        ("tier: web", "tier: a b", "'a b' can't be a label's value"),
        ("default:", "Default:", "17:7: onestack:gcp.nodePools.Default: 'Default' can't name a node pool"),
        (
            "name: images",
            "name: Images",
            "19:16: onestack:gcp.registry.name: 'Images' can't be that; write lower",
        ),
        ("acme/shop", "https://github.com/acme/shop", "20:14: onestack:gcp.github.repository: 'https:"),
        ("acme/shop", "\"a/b' || true || 'x\"", "is no repository of GitHub"),
        ("release/1", "refs/heads/main", "write the branch alone"),
        ("release/1", "'*'", "'*' is no name of a single branch"),
        ("branch: release/1", "pool: gcp-x", "'gcp-x' can't name a workload identity pool"),
        (
            "bookshop/server:",
            "bookshop:",
            "21:18: onestack:gcp.identities.bookshop: 'bookshop': write namespace/",
        ),
        ("roles/storage.objectViewer", "storage.objectViewer", "is no role: write it in full"),
        ("roles/storage.objectViewer", "roles/editor", "'roles/editor' is a basic role"),
        ("[roles/storage.objectViewer]", "[]", "there is no role here; name one or leave the identity out"),
        ("platform: gcp", "platform: embedded", "onestack:gcp is only for platform 'gcp', not 'embedded'"),
        (
            "protected",
            "protcted",
            "onestack:gcp.protcted: is not a setting that onestack knows; did you mean prot",
        ),
    ],
)
def test_what_google_would_refuse_is_told_at_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in FULL
    with pytest.raises(InvalidSettings) as caught:
        read(tmp_path, FULL.replace(old, new, 1))
    assert said in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = FULL.replace("n2d-standard-8", "x").replace("10.20.0.0/14", "10.20.0.0/21")
    with pytest.raises(InvalidSettings) as caught:
        read(tmp_path, text.replace("europe-west4-a", "europe-west4-z"))
    assert len(caught.value.problems) == 3


def test_what_google_has_since_can_be_named(tmp_path: Path) -> None:
    newer = FULL.replace("region: europe-west4", "region: europe-west99")
    newer = newer.replace("location: europe-west4-a", "location: europe-west99-b")
    newer = newer.replace("n2d-standard-8", "n9-standard-8")
    newer += "    knownRegions: {europe-west99: [b, c]}\n    knownMachineTypes: [n9-standard-8]\n"
    gcp = read(tmp_path, newer).gcp
    assert gcp is not None
    assert gcp.location == "europe-west99-b"


@pytest.mark.parametrize("stack", ["Dev", "dev_1", "a-stack-with-a-very-long-name", "gcp-dev", "1st", "dev-"])
def test_a_stack_whose_name_google_would_refuse_is_told(tmp_path: Path, stack: str) -> None:
    with pytest.raises(InvalidSettings, match="rename the file"):
        read(tmp_path, GOOD, stack)


def test_the_same_name_is_fine_elsewhere(tmp_path: Path) -> None:
    text = "config:\n  onestack:platform: embedded\n  onestack:manifests: {applications: {}}\n"
    assert read(tmp_path, text, "Dev_1").gcp is None


def test_the_platform_needs_its_settings(tmp_path: Path) -> None:
    text = "config:\n  onestack:platform: gcp\n  onestack:manifests: {applications: {}}\n"
    with pytest.raises(InvalidSettings, match="needs the setting onestack:gcp"):
        read(tmp_path, text)
