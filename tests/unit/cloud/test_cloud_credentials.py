"""Where credentials are taken from, and what is said where they can't be had."""

from __future__ import annotations

import json
from pathlib import Path

import google.auth
import pytest
from google.auth.exceptions import DefaultCredentialsError

from onestack.cloud.credentials import credentials
from onestack.errors import NoCredentials

PERSON = {"type": "authorized_user", "client_id": "me", "client_secret": "s3cret", "refresh_token": "r3fresh"}


def test_a_token_of_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "a-token")
    assert credentials().token == "a-token"


def test_written_out_credentials_come_before_a_token_as_for_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "a-token")
    monkeypatch.setenv("GOOGLE_CREDENTIALS", json.dumps(PERSON))
    found = credentials()
    assert found.token is None
    assert getattr(found, "refresh_token", None) == "r3fresh"


def test_a_file_with_credentials_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "adc.json").write_text(json.dumps(PERSON))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "adc.json"))
    assert getattr(credentials(), "client_id", None) == "me"


@pytest.mark.parametrize(
    "text", ["{", "[]", '"s3cret"', '{"type": "s3cret"}', json.dumps({**PERSON, "client_id": None})[:-9]]
)
def test_credentials_that_are_none_are_told_without_what_they_hold(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:  # fmt: skip
    monkeypatch.setenv("GOOGLE_CREDENTIALS", text)
    with pytest.raises(NoCredentials) as told:
        credentials()
    assert told.value.exit_code == 4
    assert "refresh" not in str(told.value)


def test_without_any_it_says_how_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_arguments: object) -> None:
        raise DefaultCredentialsError("Your default credentials were not found.")  # type: ignore[no-untyped-call]

    monkeypatch.setattr(google.auth, "default", none)
    with pytest.raises(NoCredentials, match="gcloud auth application-default login"):
        credentials()


def test_a_file_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    with pytest.raises(NoCredentials, match=r"gone\.json"):
        credentials()
