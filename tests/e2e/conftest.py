"""What end-to-end tests share: the tools, and one throwaway control plane per worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.local.plane import Plane, throwaway
from onestack.local.toolchain import Toolchain, ensure
from tests.e2e.gcs import BUCKET, Emulator, emulating

ROOT = Path(__file__).parents[2]


class _Told:
    """What `make test` shows where tools have to be built first."""

    def step(self, what: str) -> None:
        print(what, flush=True)  # noqa: T201 - pytest's capture shows it with a failure

    def note(self, text: str) -> None:
        print(text, flush=True)  # noqa: T201 - the same


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The tools, found, downloaded or built as for any command of onestack."""
    return ensure(ROOT, _Told())


@pytest.fixture(scope="session")
def plane(toolchain: Toolchain) -> Iterator[Plane]:
    """One control plane for all tests of a worker: keep to namespaces of your own, and
    clean up cluster-scoped objects. Take `throwaway` yourself to break things."""
    with throwaway(toolchain) as running:
        yield running


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One Cloud Storage for all tests of a worker, with a bucket that keeps versions."""
    program = ensure(ROOT, _Told(), ("fake-gcs-server",)).path("fake-gcs-server")
    with emulating(program, tmp_path_factory.mktemp("gcs") / "log") as running:
        running.create(BUCKET)
        yield running


@pytest.fixture
def bucket(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """State lies in the bucket: what a team has set, and where the emulator is, with a token that is none."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"gs://{BUCKET}")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator.address)
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "none")
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    return emulator
