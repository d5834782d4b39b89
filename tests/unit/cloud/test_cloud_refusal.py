"""What Google's refusals mean, in words that say what to do; the bodies are in the forms Google documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onestack import errors
from onestack.cloud.refusal import Answer, Ask, answer, refusal
from tests.google_stand_in import information
from tests.google_stand_in import refusal as body

GRANT = "gcloud projects add-iam-policy-binding acme-dev --member=user:YOU --role=roles/storage.admin"
ASK = Ask("creating the bucket 'b'", "acme-dev", "storage.googleapis.com", GRANT)


def meant(status: int, content: Any) -> errors.OnestackError:
    return refusal(ASK, answer(status, json.dumps(content).encode()))


def test_a_permission_that_is_missing_names_the_role_and_the_command() -> None:
    said = "me@acme.example does not have storage.buckets.create access to the Google Cloud project."
    found = meant(403, body(403, said, reason="forbidden"))
    assert isinstance(found, errors.PermissionRefused)
    assert found.exit_code == 4
    assert said in found.why
    assert GRANT in found.hint


@pytest.mark.parametrize(
    "content",
    [
        body(
            403,
            "Cloud KMS API has not been used in project 123 before or it is disabled.",
            "PERMISSION_DENIED",
            details=(
                information("SERVICE_DISABLED", service="cloudkms.googleapis.com", consumer="projects/123"),
            ),
        ),
        body(403, "cloudkms.googleapis.com is not enabled", reason="accessNotConfigured"),
    ],
)
def test_an_interface_that_is_not_enabled_names_it_and_the_command(content: Any) -> None:
    ask = Ask("looking for the key", "acme-dev", "cloudkms.googleapis.com", "gcloud grant")
    found = refusal(ask, answer(403, json.dumps(content).encode()))
    assert isinstance(found, errors.ApiNotEnabled)
    assert found.exit_code == 4
    assert "gcloud services enable cloudkms.googleapis.com --project=acme-dev" in found.hint


@pytest.mark.parametrize(
    "content",
    [
        body(403, "The billing account for the owning project is disabled", reason="accountDisabled"),
        body(403, "This requires billing to be enabled.", details=(information("BILLING_DISABLED"),)),
        body(403, "Project acme-dev (#8) has billing disabled. Please enable it.", reason="forbidden"),
    ],
)  # fmt: skip
def test_billing_that_is_off_is_told_from_a_permission(content: Any) -> None:
    found = meant(403, content)
    assert isinstance(found, errors.BillingDisabled)
    assert (found.exit_code, "gcloud billing projects link acme-dev" in found.hint) == (4, True)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (400, body(400, "Unknown project id: acme-dev", reason="invalid")),
        (404, body(404, "The requested project was not found.", reason="notFound")),
        (403, body(403, "Permission denied: Consumer 'projects/acme-dev' is invalid", "PERMISSION_DENIED",
                   details=(information("CONSUMER_INVALID"),))),
    ],
)  # fmt: skip
def test_a_project_that_is_not_there_is_a_setting_to_correct(status: int, content: Any) -> None:
    found = meant(status, content)
    assert isinstance(found, errors.ProjectMissing)
    assert found.exit_code == 2
    assert "onestack:gcp.project" in found.hint


@pytest.mark.parametrize(
    "content",
    [
        body(403, "Caller may not use project", details=(information("USER_PROJECT_DENIED"),)),
        body(403, "disabled", details=(information("SERVICE_DISABLED", consumer="projects/764086051850"),)),
    ],
)  # fmt: skip
def test_a_persons_credentials_without_a_quota_project_are_told_from_a_disabled_interface(
    content: Any,
) -> None:
    found = meant(403, content)
    assert isinstance(found, errors.QuotaProjectMissing)
    assert "set-quota-project acme-dev" in found.hint


def test_credentials_that_are_refused_are_expired() -> None:
    found = meant(401, body(401, "Invalid Credentials", reason="authError"))
    assert isinstance(found, errors.CredentialsExpired)
    assert found.exit_code == 4


def test_anything_else_is_told_as_google_said_it() -> None:
    found = meant(
        412, body(412, "At least one of the pre-conditions did not hold.", reason="conditionNotMet")
    )
    assert isinstance(found, errors.CloudRefused)
    assert (found.status, found.reason, found.exit_code) == (412, "conditionNotMet", 1)
    assert "At least one" in found.why


@pytest.mark.parametrize(
    "content", [b"", b"<html>no</html>", b"[]", b'{"error": "no"}', b'{"error": {}}', b"\xff\x00"]
)
def test_what_is_not_googles_is_taken_as_text(content: bytes) -> None:
    found = answer(403, content)
    assert isinstance(found, Answer)
    assert isinstance(refusal(ASK, found), errors.PermissionRefused)


def test_a_page_of_a_proxy_is_cut() -> None:
    assert len(answer(403, b"x" * 100_000).said) < 600
