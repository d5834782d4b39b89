"""A stand-in for Google, and an environment that knows of no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.google_stand_in import Google, serving


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "GOOGLE_CREDENTIALS",
        "GOOGLE_OAUTH_ACCESS_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "STORAGE_EMULATOR_HOST",
        "GOOGLE_KMS_CUSTOM_ENDPOINT",
        "CLOUDSDK_CONFIG",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def google() -> Iterator[Google]:
    with serving(Google()) as running:
        yield running
