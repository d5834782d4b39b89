"""What the tests of the simulation share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.local.gcp.simulated import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty project."""
    return World(tmp_path)
