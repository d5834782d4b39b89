"""Machine types that Google has, and those of one's own size."""

from __future__ import annotations

import pytest

from onestack.gcp.machine_types import MACHINE_TYPES, disk_type, fault
from onestack.gcp.regions import REGIONS, zones


@pytest.mark.parametrize(
    "name",
    ["e2-standard-4", "e2-medium", "n2d-highmem-96", "c4-standard-8", "n2-custom-4-8192", "n1-custom-1-1024"],
)
def test_what_google_has_is_taken(name: str) -> None:
    assert fault(name) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "no machine type"),
        ("e2-standard-64", "no machine type"),
        ("f1-micro", "no machine type"),
        ("E2-standard-4", "no machine type"),
        ("t2d-custom-4-8192", "no machine type"),
        ("n2-custom-5-8192", "is 1 or even"),
        ("n2-custom-4-8000", "steps of 256 MiB"),
    ],
)
def test_what_it_has_not_is_told(name: str, said: str) -> None:
    assert said in fault(name)


def test_every_type_is_there_once() -> None:
    assert len(set(MACHINE_TYPES)) == len(MACHINE_TYPES)


@pytest.mark.parametrize(
    ("name", "disk"),
    [("n4-standard-4", "hyperdisk-balanced"), ("c4a-standard-4", "hyperdisk-balanced")]
    + [(name, "pd-balanced") for name in ("e2-standard-4", "n2d-standard-8", "c3-standard-4")],
)
def test_new_machines_have_disks_of_the_newer_kind(name: str, disk: str) -> None:
    assert disk_type(name) == disk


def test_regions_have_three_zones_or_more() -> None:
    assert all(len(letters) >= 3 for letters in REGIONS.values())
    assert zones("europe-west1", REGIONS["europe-west1"]) == (
        "europe-west1-b",
        "europe-west1-c",
        "europe-west1-d",
    )
