"""The provider's own configuration: where its projects are kept, and what resources leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from onestack.errors import OnlySimulates
from onestack.gcp.regions import REGIONS
from onestack.local.simulation import VARIABLE

_PREFIX: Final = "gcp:config:"
# Source: provider/resources.go of pulumi-gcp.
_VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "project": ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    "region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
}


@dataclass(frozen=True)
class Config:
    """``project``, ``region`` and ``zone`` are "" where nothing names them."""

    folder: Path
    project: str = ""
    region: str = ""
    zone: str = ""


def read(variables: Mapping[str, str], environ: Mapping[str, str]) -> Config:
    """The configuration of a provider; the environment fills in what it leaves out.

    Raises:
        OnlySimulates: nothing says where the simulated projects are kept.
    """
    folder = environ.get(VARIABLE)
    if not folder:
        raise OnlySimulates

    def text(name: str) -> str:
        named = (environ.get(variable, "") for variable in _VARIABLES[name])
        return variables.get(_PREFIX + name) or next((value for value in named if value), "")

    return Config(Path(folder), text("project"), text("region"), text("zone"))


def problems(inputs: Mapping[str, Any]) -> Mapping[str, str]:
    """What is wrong with a provider's inputs, by setting. Unknown values pass."""
    region = inputs.get("region")
    if isinstance(region, str) and region and region not in REGIONS:
        return {
            "region": f"region {region!r} doesn't exist: https://cloud.google.com/compute/docs/regions-zones"
        }
    return {}
