"""What the engine and plain tools see of a stack, and what is never printed of the caller's."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from onestack import engine
from onestack.engine.workspace import PUBLIC_PASSPHRASE, Workspace, checkpoint, forget, marker_file
from onestack.errors import PublicPassphrase
from onestack.local.simulation import Simulation


def workspace(
    root: Path, *, context: str | None = None, shared: bool = False, key: str | None = None
) -> Workspace:
    """A workspace of a stack 'test'."""
    return Workspace(
        root=root,
        project="onestack",
        stack="test",
        bin_dirs=(root / "bin",),
        kubeconfig=root / "kubeconfig",
        pulumi_home=root / "home",
        context=context,
        shared_state=shared,
        secrets_provider=key,
    )


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_the_embedded_stack_keeps_its_state_beside_the_clone_whatever_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///elsewhere")
    settings = workspace(tmp_path).settings()
    assert settings["PULUMI_BACKEND_URL"] == (tmp_path / ".onestack/state").as_uri()
    assert settings["PULUMI_CONFIG_PASSPHRASE"] == PUBLIC_PASSPHRASE


def test_the_callers_passphrase_counts_and_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "the-callers-own")
    made = workspace(tmp_path, shared=True)
    assert "the-callers-own" not in str(made.settings())
    assert PUBLIC_PASSPHRASE not in str(made.settings())
    assert made.environment()["PULUMI_CONFIG_PASSPHRASE"] == "the-callers-own"


def test_a_shared_backend_without_a_passphrase_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///elsewhere")
    with pytest.raises(PublicPassphrase, match="PULUMI_CONFIG_PASSPHRASE"):
        workspace(tmp_path, shared=True).settings()
    assert not workspace(tmp_path, shared=True).own_state


def test_with_a_key_in_a_cloud_nobody_needs_a_passphrase_and_ours_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "gs://states")
    made = workspace(tmp_path, shared=True, key="gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k")
    assert "PULUMI_CONFIG_PASSPHRASE" not in made.settings()
    assert "PULUMI_CONFIG_PASSPHRASE" not in made.environment()
    assert (made.public, made.own_state, made.backend) == (False, False, "gs://states")


def test_the_settings_own_bucket_is_used_where_the_caller_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed = workspace(tmp_path, shared=True, key="gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k")
    made = replace(keyed, home="gs://states")
    assert (made.settings()["PULUMI_BACKEND_URL"], made.own_state) == ("gs://states", False)
    with pytest.raises(PublicPassphrase):
        replace(made, secrets_provider=None).settings()
    monkeypatch.setenv("PULUMI_BACKEND_URL", "gs://others")
    assert made.backend == "gs://others"
    assert "PULUMI_BACKEND_URL" not in made.settings()


def test_a_simulation_has_a_state_of_its_own_whatever_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "gs://states")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "the-callers-own")
    real = replace(workspace(tmp_path, shared=True), cloud=True)
    made = replace(real, simulation=Simulation(tmp_path / "simulation"))
    settings = made.environment()
    assert settings["PULUMI_BACKEND_URL"] == (tmp_path / "simulation" / "state").as_uri()
    assert settings["PULUMI_CONFIG_PASSPHRASE"] == PUBLIC_PASSPHRASE
    assert settings["ONESTACK_SIMULATION"] == str(tmp_path / "simulation")
    assert (made.own_state, made.checkpointed, made.public) == (True, True, True)
    monkeypatch.setenv("ONESTACK_SIMULATION", "elsewhere")
    assert "ONESTACK_SIMULATION" not in real.environment()


def test_kubectl_is_told_the_chosen_context_before_the_file(tmp_path: Path) -> None:
    first, second = workspace(tmp_path, context="wanted").settings()["KUBECONFIG"].split(":")
    assert json.loads(Path(first).read_text())["current-context"] == "wanted"
    assert second == str(tmp_path / "kubeconfig")


def test_forgetting_a_stack_takes_its_marker_too(tmp_path: Path) -> None:
    state = tmp_path / ".onestack" / "state"
    files = (checkpoint(state, "onestack", "test"), marker_file(state, "onestack", "test"))
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    forget(tmp_path, "onestack", "test")
    assert not any(file.exists() for file in files)


@pytest.mark.parametrize("backup", ['{"version": 3, "checkpoint": {"latest": {}}}', "", None])
def test_a_state_that_was_cut_off_gives_way_to_its_backup(tmp_path: Path, backup: str | None) -> None:
    made = workspace(tmp_path)
    made.checkpoint.parent.mkdir(parents=True)
    made.checkpoint.write_text("")
    if backup is not None:
        made.checkpoint.with_name("test.json.bak").write_text(backup)
    engine.unlock(made)
    assert made.checkpoint.exists() == bool(backup)
    assert engine.died(made)
    assert made.checkpoint.with_name("test.json.broken").exists()


def test_attributes_that_were_cut_off_are_taken_away(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    made.checkpoint.parent.mkdir(parents=True)
    made.checkpoint.write_text('{"version": 3, "checkpoint": {}}')
    for name, text in (("test.json.attrs", ""), ("test.json.bak.attrs", '{"user.cache_control": ""}')):
        made.checkpoint.with_name(name).write_text(text)
    engine.unlock(made)
    assert not made.checkpoint.with_name("test.json.attrs").exists()
    assert made.checkpoint.with_name("test.json.bak.attrs").exists()
    assert engine.died(made)


def test_a_state_that_can_be_read_is_left_alone(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    made.checkpoint.parent.mkdir(parents=True)
    made.checkpoint.write_text('{"version": 3, "checkpoint": {}}')
    engine.unlock(made)
    assert not engine.died(made)


def test_what_was_created_and_did_not_become_ready_is_known_from_the_state(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    urn = "urn:pulumi:test::onestack::kubernetes:batch/v1:Job::shop/{}"
    resources = [
        {"urn": urn.format("done")},
        {"urn": urn.format("failed"), "initErrors": ["backoff limit"]},
        {"urn": urn.format("mended"), "initErrors": []},
    ]
    made.checkpoint.parent.mkdir(parents=True)
    made.checkpoint.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    token = "kubernetes:batch/v1:Job::shop/"
    state = engine.read_state(made)
    assert state.held == {f"{token}{name}" for name in ("done", "failed", "mended")}
    assert state.unfinished == {f"{token}failed"}
    made.checkpoint.write_text(json.dumps({"checkpoint": {"latest": None}}))
    assert engine.read_state(made).unfinished == frozenset()


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GH_TOKEN", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"])
def test_the_program_gets_no_token_to_tell_people_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "hunter2")
    assert "hunter2" not in workspace(tmp_path).environment().values()
