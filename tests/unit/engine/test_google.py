"""What Google refused becomes what to do next, with exit code 4 and the resource's name."""

from __future__ import annotations

from typing import Final

import pytest

from onestack.engine import failure
from onestack.errors import CloudRefusedRun, EngineFailed

NETWORK: Final = "urn:pulumi:dev::onestack::onestack:google:Network$gcp:compute/network:Network::network"

# As the provider hands Google's words on, by what has to be in the advice.
SAID: Final = [
    (
        (
            "Error creating Network: googleapi: Error 403: Quota 'NETWORKS' exceeded.  Limit: 5.0 globally., "
            "quotaExceeded projects/acme-dev"
        ),
        ("quota NETWORKS", "https://console.cloud.google.com/iam-admin/quotas?project=acme-dev"),
    ),
    (
        (
            'googleapi: Error 403: Insufficient regional quota to satisfy request: resource "CPUS": request '
            "requires '9.0' and is short '1.0'. project has a quota of '8.0' with '8.0' available."
        ),
        ("quota CPUS", "ask Google for more"),
    ),
    (
        (
            "Error creating Network: googleapi: Error 403: Required 'compute.networks.create' permission for "
            "'projects/acme-dev/global/networks/dev', forbidden"
        ),
        ("lack compute.networks.create in project acme-dev", "--role=roles/compute.networkAdmin"),
    ),
    (
        'googleapi: Error 403: Required "container.clusters.create" permission(s) for "projects/acme-dev".',
        ("lack container.clusters.create in project acme-dev", "--role=roles/container.admin"),
    ),
    (
        (
            "Error creating service account: googleapi: Error 403: Permission 'iam.serviceAccounts.create' "
            "denied on resource '//iam.googleapis.com/projects/acme-dev' (or it may not exist)."
        ),
        ("lack iam.serviceAccounts.create in project acme-dev", "--role=roles/iam.serviceAccountAdmin"),
    ),
    (
        (
            "Error creating Network: googleapi: Error 403: Compute Engine API has not been used in project "
            "123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/"
            "apis/api/compute.googleapis.com/overview?project=123456789012 then retry., accessNotConfigured"
        ),
        ("the stack turns compute.googleapis.com on itself", "run again", "--project=123456789012"),
    ),
    (
        "Error creating KeyRing: googleapi: Error 409: KeyRing projects/p/.../keyRings/dev-1 already exists.",
        ("Google keeps keys for ever", "raise onestack:gcp.cluster.generation"),
    ),
    (
        "Error creating WorkloadIdentityPoolProvider: googleapi: Error 409: Requested entity already exists",
        ("30 days", "give onestack:gcp.github.pool another name"),
    ),
    (
        "googleapi: Error 403: This API method requires billing to be enabled on project acme-dev",
        ("gcloud billing projects link acme-dev",),
    ),
    (
        "googleapi: Error 401: Request had invalid authentication credentials., authError",
        ("gcloud auth application-default login",),
    ),
    (
        'Post "https://compute.googleapis.com": oauth2: "invalid_grant" "Bad Request"',
        ("gcloud auth application-default login",),
    ),
    (
        (
            "Error waiting to create Network: timeout while waiting for state to become 'DONE' (last state: "
            "'RUNNING', timeout: 20m0s)"
        ),
        ("it may still go on at Google", "run again"),
    ),
]


@pytest.mark.parametrize(("said", "advised"), SAID)
def test_a_refusal_says_what_to_do(said: str, advised: tuple[str, ...]) -> None:
    error = failure.of("up", "dev", (failure.about(NETWORK, said),))
    assert type(error) is CloudRefusedRun
    assert error.exit_code == 4
    assert f"Network network: {said}" in error.why
    for words in advised:
        assert words in error.hint


def test_two_refusals_are_both_told_and_the_same_advice_once() -> None:
    quota, permission = SAID[0][0], SAID[2][0]
    error = failure.of("up", "dev", (quota, f"Error creating Router: {quota}", permission))
    assert len(error.hint.splitlines()) == 2


def test_what_is_wrong_in_the_declaration_is_not_for_another_day() -> None:
    error = failure.of("up", "dev", ("googleapi: Error 400: Invalid value for field 'name', invalid",))
    assert type(error) is EngineFailed
    assert error.exit_code == 1


def test_only_google_s_resources_are_named_in_front() -> None:
    assert failure.about("urn:pulumi:dev::onestack::kubernetes:core/v1:Pod::shop/web", "no") == "no"
    assert failure.about("", "no") == "no"
