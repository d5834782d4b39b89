"""What of an existing bucket or key is mended, what is only told, and what of that is grave."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from onestack.state_differences import of_bucket, of_key
from onestack.state_home import DAY, LABELS, Bucket, Key, StateHome, state_home

HOME = StateHome("acme-dev", "europe-west4", "acme-dev-onestack-state")
RULE = {"action": {"type": "Delete"}, "condition": {"isLive": False, "numNewerVersions": 5}}
BUCKET = Bucket(
    name=HOME.bucket,
    location="EUROPE-WEST4",
    versioned=True,
    uniform_access=True,
    public_access_prevention="enforced",
    soft_delete=30 * DAY,
    retention=0,
    rules=(RULE,),
    labels=dict(LABELS),
    generation="3",
)
KEY = Key(HOME.key_name, "ENCRYPT_DECRYPT", "ENABLED", 90 * DAY, 30 * DAY, dict(LABELS))


def test_names_follow_project_and_region() -> None:
    home = state_home(SimpleNamespace(project="acme-dev", region="europe-west4"))
    assert home == HOME
    assert home.backend == "gs://acme-dev-onestack-state"
    assert home.secrets_provider == (
        "gcpkms://projects/acme-dev/locations/europe-west4/keyRings/onestack/cryptoKeys/state"
    )


def test_a_teams_own_name_counts_and_a_domains_project_gives_a_name_that_google_takes() -> None:
    place = SimpleNamespace(project="example.com:shop", region="europe-west4")
    assert state_home(place).bucket == "example-com-shop-onestack-state"
    assert state_home(place, "acme-states").bucket == "acme-states"
    assert state_home(place).key_name.startswith("projects/example.com:shop/")


def test_what_is_as_wanted_differs_in_nothing() -> None:
    assert of_bucket(HOME, BUCKET) == ()
    assert of_key(KEY) == ()


def test_more_than_is_wanted_is_no_difference() -> None:
    labels = {**LABELS, "purpose": "theirs", "team": "platform"}
    assert of_bucket(HOME, replace(BUCKET, soft_delete=90 * DAY, labels=labels)) == ()
    assert of_key(replace(KEY, rotation=30 * DAY, destroy=60 * DAY, labels=labels)) == ()


@pytest.mark.parametrize(
    ("fields", "what", "mended", "grave"),
    [
        ({"versioned": False}, "versioning", {"versioning": {"enabled": True}}, True),
        ({"uniform_access": False}, "uniform bucket-level access", {}, True),
        ({"public_access_prevention": "inherited"}, "public access prevention", {}, True),
        ({"public_access_prevention": ""}, "public access prevention", {}, True),
        ({"retention": 7 * DAY}, "retention policy", {}, True),
        ({"soft_delete": 7 * DAY}, "soft delete", {}, False),
        ({"soft_delete": 0}, "soft delete", {}, False),
        ({"location": "EU"}, "location", {}, False),
        ({"labels": {"managed-by": "hand"}}, "labels", {}, False),
        ({"rules": ()}, "life cycle", {}, False),
        ({"rules": ({"action": {"type": "Delete"}, "condition": {"age": 30}},)}, "life cycle", {}, True),
        ({"rules": (RULE, {"action": {"type": "Delete"}},)}, "life cycle", {}, True),
        (
            {"rules": ({"action": {"type": "Delete"}, "condition": {"age": 30, "isLive": True}},)},
            "life cycle",
            {},
            True,
        ),
    ],
)  # fmt: skip
def test_of_a_bucket(fields: dict[str, Any], what: str, mended: dict[str, Any], *, grave: bool) -> None:
    (one,) = of_bucket(HOME, replace(BUCKET, **fields))
    assert (one.what, one.change, one.grave) == (what, mended, grave)
    assert mended or one.hint


@pytest.mark.parametrize(
    "condition",
    [{"daysSinceNoncurrentTime": 3}, {"noncurrentTimeBefore": "2026-01-01"}, {"isLive": False, "age": 400}],
)
def test_a_rule_for_versions_that_are_not_current_is_a_teams_own_business(condition: dict[str, Any]) -> None:
    rules = ({"action": {"type": "Delete"}, "condition": condition},)
    assert of_bucket(HOME, replace(BUCKET, rules=rules)) == ()


def test_a_rule_that_moves_to_another_class_deletes_nothing() -> None:
    moves = {"action": {"type": "SetStorageClass", "storageClass": "NEARLINE"}, "condition": {"age": 30}}
    assert of_bucket(HOME, replace(BUCKET, rules=(RULE, moves))) == ()


@pytest.mark.parametrize(
    ("fields", "what", "mended", "grave"),
    [
        ({"rotation": 0}, "rotation", {"rotationPeriod": "7776000s"}, False),
        ({"rotation": 365 * DAY}, "rotation", {}, False),
        ({"state": "DISABLED"}, "primary version", {}, True),
        ({"state": ""}, "primary version", {}, True),
        ({"purpose": "ASYMMETRIC_SIGN", "rotation": 0, "state": ""}, "purpose", {}, True),
        ({"destroy": DAY}, "time before a version is destroyed", {}, False),
        ({"labels": {}}, "labels", {}, False),
    ],
)
def test_of_a_key(fields: dict[str, Any], what: str, mended: dict[str, Any], *, grave: bool) -> None:
    (one,) = of_key(replace(KEY, **fields))
    assert (one.what, one.change, one.grave) == (what, mended, grave)
    assert mended or one.hint
