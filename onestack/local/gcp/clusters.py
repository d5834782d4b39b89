"""The control planes behind simulated GKE clusters."""

from __future__ import annotations

from pathlib import Path

from onestack.errors import ProviderError
from onestack.local.gcp.protocol import Clusters


def clusters(folder: Path) -> Clusters:
    """The control planes of the simulated project in ``folder``."""
    raise ProviderError(f"{folder}: simulated GKE clusters have no control planes yet")
