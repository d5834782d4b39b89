from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.kube.fake_api_server import FakeApiServer


@pytest.fixture
async def server() -> AsyncIterator[FakeApiServer]:
    async with FakeApiServer().running() as running:
        yield running
