"""Which stacks are simulated, and what stands in for what only their owners can read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from onestack import offline
from onestack.engine.workspace import PUBLIC_SALT
from onestack.errors import NoGoogleCredentials, NothingToSimulate, ShellOfSimulation
from onestack.settings import Settings


class Silent:
    """Remembers what is noted."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self, what: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        self.notes.append(text)


def settings(platform: str) -> Settings:
    """Those of a stack on a platform."""
    content = {"stack": "dev", "platform": platform, "manifests": {"applications": {}}}
    if platform == "kubeconfig":
        content["kubeconfig"] = {"path": "k"}
    if platform == "gcp":
        content["gcp"] = {
            "project": "acme-dev",
            "region": "europe-west4",
            "network": {"nodes": "10.10.0.0/20", "pods": "10.20.0.0/14", "services": "10.24.0.0/20"},
            "nodePools": {"default": {"machineType": "e2-standard-4", "min": 1, "max": 3}},
        }
    return Settings.model_validate(content)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "credentials", lambda: False)


@pytest.mark.usefixtures("nobody")
def test_planning_without_credentials_is_simulated_and_said() -> None:
    said = Silent()
    assert offline.simulated(settings("gcp"), None, plans=True, progress=said)
    assert said.notes == ["no Google credentials here: planned offline, as with --offline"]


@pytest.mark.usefixtures("nobody")
def test_what_changes_the_cloud_needs_credentials_or_the_word_offline() -> None:
    with pytest.raises(NoGoogleCredentials, match="gcloud auth application-default login"):
        offline.simulated(settings("gcp"), None, plans=False, progress=Silent())
    assert offline.simulated(settings("gcp"), True, plans=False, progress=Silent())


def test_with_credentials_nothing_is_simulated_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "credentials", lambda: True)
    assert not offline.simulated(settings("gcp"), None, plans=True, progress=Silent())


@pytest.mark.parametrize("platform", ["embedded", "kubeconfig"])
def test_only_google_cloud_is_simulated(platform: str) -> None:
    assert not offline.simulated(settings(platform), None, plans=True, progress=Silent())
    with pytest.raises(NothingToSimulate, match=f"its platform is {platform}"):
        offline.simulated(settings(platform), True, plans=True, progress=Silent())


def test_credentials_are_found_where_googles_libraries_look(tmp_path: Path) -> None:
    environ, machine = {"CLOUDSDK_CONFIG": str(tmp_path)}, tmp_path / "machine"
    assert not offline.credentials(environ, machine)
    assert offline.credentials({**environ, "GOOGLE_OAUTH_ACCESS_TOKEN": "t"}, machine)
    machine.write_text("Google Compute Engine\n")
    assert offline.credentials(environ, machine)
    machine.unlink()
    (tmp_path / "application_default_credentials.json").write_text("{}")
    assert offline.credentials(environ, machine)


def test_a_stack_file_is_read_without_its_key() -> None:
    content = yaml.safe_load("""
secretsprovider: gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k
encryptedkey: abc
config:
  onestack:platform: gcp
  secrets:password: {secure: AAAA}
  other:deep: {list: [{secure: BBBB}, plain]}
encryptionsalt: v1:of:another-passphrase
""")
    assert offline.stand_in(content) == {
        "config": {
            "onestack:platform": "gcp",
            "secrets:password": "simulated",
            "other:deep": {"list": ["simulated", "plain"]},
        },
        "encryptionsalt": PUBLIC_SALT,
    }


def test_a_stack_file_that_everybody_can_read_stays_as_it_is() -> None:
    content = {"encryptionsalt": PUBLIC_SALT, "config": {"secrets:a": {"secure": "v1:x"}}}
    assert offline.stand_in(content) == content


def test_in_the_shell_of_a_simulation_nothing_real_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESTACK_SIMULATION", "/somewhere")
    monkeypatch.setattr(offline, "credentials", lambda: True)
    assert offline.simulated(settings("gcp"), None, plans=False, progress=Silent())
    assert not offline.simulated(settings("embedded"), None, plans=False, progress=Silent())
    with pytest.raises(ShellOfSimulation):
        offline.simulated(settings("gcp"), False, plans=False, progress=Silent())
    with pytest.raises(ShellOfSimulation):
        offline.simulated(settings("kubeconfig"), None, plans=False, progress=Silent())
