"""Which accounts of the cluster stand on which identities at Google Cloud. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from onestack.graph import Resource
from onestack.manifests.manifest import Identity, Manifest
from onestack.validation.parts import labels, text

_ANNOTATION: Final = "iam.gke.io/gcp-service-account"
_ACCOUNT: Final = "gcp:serviceaccount/account:Account"
_COMPONENT: Final = "WorkloadIdentity"


def identities(
    resources: Sequence[Resource], manifests: Sequence[Manifest]
) -> Iterator[tuple[Identity, str]]:
    """A ServiceAccount and the id of what it stands on: its Google account, and what that may do.

    Known by its annotation, or by the name of the component that ties them together.
    """
    components = {
        one.id: Identity("", "ServiceAccount", *one.name.split("/", 1))
        for one in resources
        if one.kind == _COMPONENT and one.package == "onestack" and "/" in one.name
    }
    for one in resources:
        if one.parent in components:
            yield components[one.parent], one.id
    named = {
        labels(one.body, "metadata", "annotations").get(_ANNOTATION, ""): one.identity
        for one in manifests
        if (one.group, one.kind) == ("", "ServiceAccount")
    }
    for one in resources:
        account = named.get(_email(one))
        if account is not None:
            yield account, one.id


def _email(resource: Resource) -> str:
    """The account that a resource is, or gives something to."""
    if resource.type == _ACCOUNT:
        account, project = text(resource.inputs, "accountId"), text(resource.inputs, "project")
        return f"{account}@{project}.iam.gserviceaccount.com" if account and project else "(none)"
    member = text(resource.inputs, "member") if resource.package == "gcp" else ""
    return member.removeprefix("serviceAccount:") or "(none)"
