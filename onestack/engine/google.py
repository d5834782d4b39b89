"""What to do about what Google refused a run, by Google's own words in the provider's messages. Pure.

The words: https://cloud.google.com/apis/design/errors, and what terraform-provider-google makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

_AGAIN: Final = "then run again: what was done is kept, and only the rest is tried"

_TOO_LONG: Final = (
    "it may still go on at Google: run again in some minutes, and what is there by then is taken up"
)

_TIMED_OUT = re.compile(
    r"Error waiting (?:to|for) .*(?:timeout while waiting|context deadline exceeded)", re.DOTALL
)
_NO_CREDENTIALS = re.compile(
    r"could not find default credentials|invalid_grant|invalid_rapt|reauth related error"
    r"|googleapi: Error 401|code = Unauthenticated|invalid authentication credentials",
    re.IGNORECASE,
)
_DISABLED = re.compile(r"(?P<api>[a-z]+\.googleapis\.com)/overview|\"service\": \"(?P<service>[a-z.]+)\"")
_NOT_ENABLED = re.compile(r"SERVICE_DISABLED|accessNotConfigured|has not been used in project")
_BILLING = re.compile(r"billing (?:account .*)?(?:is |has been )?disabled|requires billing", re.IGNORECASE)
_QUOTA = re.compile(
    r"quotaExceeded|QUOTA_EXCEEDED|rateLimitExceeded|RESOURCE_EXHAUSTED|insufficient \w* ?quota",
    re.IGNORECASE,
)
_METRIC = re.compile(r"Quota '(?P<quota>[^']+)'|resource \"(?P<resource>[A-Z_]+)\"")
_PERMISSION = re.compile(r"['\"](?P<permission>[a-z]+(?:\.[A-Za-z]+){2,})['\"]")
# Google never deletes key rings and keys, and keeps identity pools for 30 days:
# https://cloud.google.com/kms/docs/resource-hierarchy, https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers
_TAKEN = re.compile(
    r"Error creating (?P<kind>KeyRing|CryptoKey|WorkloadIdentityPool)\w*: googleapi: Error 409"
)
_FORBIDDEN = re.compile(r"googleapi: Error 403|code = PermissionDenied")
_PROJECT = re.compile(r"\bprojects?[/ ](?P<project>[a-z0-9-]{6,30})\b")

# As components/github_identity.py gives them to the identity that deploys.
_ROLES: Final[Mapping[str, str]] = {
    "artifactregistry.": "roles/artifactregistry.admin",
    "cloudkms.": "roles/cloudkms.admin",
    "compute.firewalls": "roles/compute.securityAdmin",
    "compute.": "roles/compute.networkAdmin",
    "container.": "roles/container.admin",
    "iam.workloadIdentity": "roles/iam.workloadIdentityPoolAdmin",
    "iam.serviceAccounts.actAs": "roles/iam.serviceAccountUser",
    "iam.": "roles/iam.serviceAccountAdmin",
    "resourcemanager.": "roles/resourcemanager.projectIamAdmin",
    "serviceusage.": "roles/serviceusage.serviceUsageAdmin",
}


def advice(errors: Sequence[str], project: str = "") -> tuple[str, ...]:
    """What to do next, for each kind of refusal; nothing where there is none that is known.

    ``project`` is where it happened, if that is known; else Google may say it.
    """
    found = (
        _TOO_LONG if timed_out(said) else _advice(said, project or _named(_PROJECT, said) or "PROJECT")
        for said in errors
    )
    return tuple(dict.fromkeys(filter(None, found)))


def timed_out(said: str) -> bool:
    """Whether an operation took longer than the provider waits: what it makes may be there, or come."""
    return bool(_TIMED_OUT.search(said))


def _advice(said: str, project: str) -> str:
    if _NO_CREDENTIALS.search(said):
        return (
            "log in again with 'gcloud auth application-default login', or renew what "
            f"GOOGLE_OAUTH_ACCESS_TOKEN or GOOGLE_APPLICATION_CREDENTIALS hold; {_AGAIN}"
        )
    if _NOT_ENABLED.search(said):
        api = _named(_DISABLED, said) or "API"
        return (
            f"the stack turns {api} on itself, which takes some minutes to hold everywhere: run again then; "
            f"if somebody turned it off: gcloud services enable {api} --project={project}"
        )
    if _BILLING.search(said):
        return f"gcloud billing projects link {project} --billing-account=ACCOUNT; {_AGAIN}"
    if _QUOTA.search(said):
        quota = _named(_METRIC, said)
        return (
            f"free some of the quota{f' {quota}' if quota else ''}, or ask Google for more at "
            f"https://console.cloud.google.com/iam-admin/quotas?project={project}; {_AGAIN}"
        )
    if taken := _TAKEN.search(said):
        return _kept(taken["kind"])
    return _missing_permission(said, project) if _FORBIDDEN.search(said) else ""


def _kept(kind: str) -> str:
    if kind == "WorkloadIdentityPool":
        what, instead = "identity pools for 30 days", "give onestack:gcp.github.pool another name"
    else:
        what, instead = "keys for ever", "raise onestack:gcp.cluster.generation"
    return (
        f"Google keeps {what}, also those of a stack that was destroyed: {instead}, then run again; "
        "in a simulation 'onestack local reset' empties the project"
    )


def _missing_permission(said: str, project: str) -> str:
    permission = _named(_PERMISSION, said)
    role = next((role for start, role in _ROLES.items() if permission.startswith(start)), "ROLE")
    lacking = f"the credentials lack {permission}" if permission else "the credentials lack a permission"
    return (
        f"{lacking} in project {project}: have somebody who may grant it run "
        f"'gcloud projects add-iam-policy-binding {project} --member=WHO --role={role}'; {_AGAIN}"
    )


def _named(pattern: re.Pattern[str], said: str) -> str:
    """What the first group that took part holds."""
    found = pattern.search(said)
    return next((one for one in found.groups() if one), "") if found else ""
