from __future__ import annotations

from onestack.errors import ApiError, KindUnknown
from onestack.local.kubernetes.failure import (
    is_dry_run_unsupported,
    is_existing,
    is_namespace_missing,
    of_apply,
    of_creation,
    text_of,
)

URN = "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::x"


def refused(status: int, reason: str, text: str, **details: object) -> ApiError:
    return ApiError(status, reason, text, details=details)


def test_a_missing_kind_is_named_as_client_go_does() -> None:
    error = KindUnknown("example.net/v1", "Widget")

    assert text_of(error) == 'no matches for kind "Widget" in version "example.net/v1"'
    assert "Verify that any required CRDs have been created" in str(of_creation(error, URN, "x"))


def test_an_existing_object_comes_with_ways_out_and_others_without() -> None:
    existing = refused(409, "AlreadyExists", 'configmaps "x" already exists')

    assert is_existing(existing)
    assert "upsertExistingObjects" in str(of_creation(existing, URN, "x"))
    assert "upsert" not in str(of_creation(refused(422, "Invalid", "bad"), URN, "x"))


def test_an_apply_conflict_names_the_manager_and_others_stay() -> None:
    conflict = of_apply(refused(409, "Conflict", "Apply failed with 1 conflict"), "mine")
    invalid = refused(422, "Invalid", "bad")

    assert 'field manager "mine" had an apply conflict: Apply failed with 1 conflict' in str(conflict)
    assert of_apply(invalid, "mine") is invalid


def test_a_missing_namespace_is_told_from_other_missing_things() -> None:
    assert is_namespace_missing(refused(404, "NotFound", "", kind="namespaces"))
    assert not is_namespace_missing(refused(404, "NotFound", "", kind="configmaps"))


def test_a_server_without_dry_run_is_told_from_a_bad_request() -> None:
    assert is_dry_run_unsupported(refused(400, "BadRequest", "webhook does not support dry run"))
    assert not is_dry_run_unsupported(refused(400, "BadRequest", "strict decoding error"))
