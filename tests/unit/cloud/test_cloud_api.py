"""Requests: what is tried again, what ends at once, and what is never sent in the open."""

from __future__ import annotations

import socket
import time

import google.auth.transport.requests
import pytest
from google.auth.exceptions import RefreshError, TransportError

from onestack.cloud.api import Api
from onestack.cloud.keys import keys_api
from onestack.cloud.refusal import Ask
from onestack.cloud.storage import Objects, storage_api
from onestack.errors import CloudRefused, CloudUnreachable, CredentialsExpired, PermissionRefused
from tests.google_stand_in import Google, Trouble, refusal

ASK = Ask("listing", "acme-dev", "storage.googleapis.com", "gcloud grant")
BUCKETS = "/storage/v1/b"


def asked(google: Google, **bounds: float) -> dict[str, object]:
    with Api(google.url, **{"seconds": 5, "retries": 3, "pause": 0.01, **bounds}) as made:  # type: ignore[arg-type]
        return made.call(ASK, "GET", BUCKETS, {"project": "acme-dev"})


def test_what_passes_is_tried_again(google: Google) -> None:
    google.troubles = [
        Trouble("GET", BUCKETS, status, refusal(status, "later")) for status in (503, 429, 500)
    ]
    assert asked(google) == {"items": []}
    assert len(google.asked) == 4


def test_what_does_not_pass_is_told_after_a_bounded_number_of_tries(google: Google) -> None:
    google.troubles = [Trouble("GET", BUCKETS, 503, refusal(503, "backend error"), times=99)]
    with pytest.raises(CloudUnreachable, match="503: backend error") as told:
        asked(google)
    assert told.value.exit_code == 4
    assert len(google.asked) == 4


def test_a_refusal_is_not_tried_again(google: Google) -> None:
    google.troubles = [Trouble("GET", BUCKETS, 403, refusal(403, "no", reason="forbidden"), times=9)]
    with pytest.raises(PermissionRefused):
        asked(google)
    assert len(google.asked) == 1


def test_an_answer_that_does_not_come_ends_in_time(google: Google) -> None:
    google.troubles = [Trouble("GET", BUCKETS, 200, {}, times=9, seconds=1)]
    began = time.monotonic()
    with pytest.raises(CloudUnreachable, match="timed out"):
        asked(google, seconds=0.1, retries=1)
    assert time.monotonic() - began < 1


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(CloudUnreachable, match=f"127.0.0.1:{port}"):
        asked(Google(url=f"http://127.0.0.1:{port}"), retries=1)


def test_credentials_are_not_sent_in_the_open(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "a-token")
    asked(google)
    assert google.asked[0].authorization is None


@pytest.mark.parametrize(
    ("kind", "told"), [(RefreshError, CredentialsExpired), (TransportError, CloudUnreachable)]
)
def test_credentials_that_can_not_be_renewed_are_told(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception], told: type[Exception]
) -> None:
    def request(*_arguments: object, **_named: object) -> None:
        raise kind("as the library said it")

    monkeypatch.setattr(google.auth.transport.requests.AuthorizedSession, "request", request)
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "a-token")
    with pytest.raises(told, match="as the library said it"), Api("https://storage.invalid") as made:
        made.call(ASK, "GET", BUCKETS)


def test_an_answer_of_something_else_is_told(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Google, "answer", lambda *_: (200, b"<html>log in</html>"))
    with pytest.raises(CloudUnreachable, match="no JSON"):
        asked(google)


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("", "https://storage.googleapis.com"),
        ("127.0.0.1:4443", "http://127.0.0.1:4443"),
        ("http://127.0.0.1:4443/", "http://127.0.0.1:4443"),
    ],
)
def test_the_emulator_is_where_googles_libraries_look_for_it(
    monkeypatch: pytest.MonkeyPatch, host: str, base: str
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", host)
    assert storage_api().base == base


def test_keys_are_where_googles_provider_looks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys_api().base == "https://cloudkms.googleapis.com/v1"
    monkeypatch.setenv("GOOGLE_KMS_CUSTOM_ENDPOINT", "https://kms.example.com/v1/")
    assert keys_api().base == "https://kms.example.com/v1"


def test_objects_are_listed_read_and_deleted_only_as_they_were_seen(google: Google) -> None:
    google.objects["b"] = {"a/one two.json": b"content", "b": b""}
    with Api(google.url) as made:
        objects = Objects(made, "b")
        assert list(objects.below("a/")) == [("a/one two.json", "7")]
        assert objects.read("a/one two.json") == b"content"
        with pytest.raises(CloudRefused, match="conditionNotMet"):
            objects.delete("a/one two.json", "6")
        objects.delete("a/one two.json", "7")
        objects.delete("a/one two.json", "7")
    assert google.objects["b"] == {"b": b""}
