"""An edge of the order: what must be ready first, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onestack.manifests.manifest import Identity


@dataclass(frozen=True)
class Edge:
    """``to`` must be ready first, because of ``reason``."""

    to: Identity
    reason: str


Dependencies = Mapping[Identity, tuple[Edge, ...]]
"""What each manifest needs; a manifest that needs nothing has no entry."""
