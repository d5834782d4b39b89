"""A reference that cannot hold, before it is weighed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import Path


@dataclass(frozen=True, eq=False)
class Broken:
    """``path`` is where the reference stands in ``manifest``; ``expected`` is what to do about it."""

    manifest: Manifest
    path: Path
    what: str
    expected: str
