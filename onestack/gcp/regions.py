"""Google's regions and their zones, as of November 2026. Pure.

From https://cloud.google.com/compute/docs/regions-zones. Newer ones are named in a stack's settings, under
``onestack:gcp.knownRegions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ABC: Final = ("a", "b", "c")
_OTHERS: Final = {
    "europe-west1": ("b", "c", "d"),
    "us-central1": ("a", "b", "c", "f"),
    "us-east1": ("b", "c", "d"),
}
_NAMES: Final = """
africa-south1
asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2
asia-southeast1 asia-southeast2 asia-southeast3
australia-southeast1 australia-southeast2
europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3
europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12
me-central1 me-central2 me-west1
northamerica-northeast1 northamerica-northeast2 northamerica-south1
southamerica-east1 southamerica-west1
us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4
"""
REGIONS: Final[Mapping[str, tuple[str, ...]]] = {name: _OTHERS.get(name, _ABC) for name in _NAMES.split()}
"""The letters of the zones of each region."""


def zones(region: str, letters: tuple[str, ...]) -> tuple[str, ...]:
    """The zones of a region, in full."""
    return tuple(f"{region}-{letter}" for letter in letters)
