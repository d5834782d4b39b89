"""Rules about rights and data at Google Cloud. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.gates.policy import Review, Rule, Violation, rule
from onestack.validation.parts import EACH, text, texts

_BASIC: Final = frozenset({"roles/owner", "roles/editor"})
_EVERYBODY: Final = frozenset({"allUsers", "allAuthenticatedUsers"})
_HOLDS_DATA: Final = frozenset(
    {
        "gcp:alloydb/cluster:Cluster",
        "gcp:bigquery/table:Table",
        "gcp:container/cluster:Cluster",
        "gcp:spanner/database:Database",
        "gcp:sql/databaseInstance:DatabaseInstance",
    }
)


@rule("basic-role", "Owner and editor may do nearly everything in a project.")
def basic_role(review: Review) -> Iterator[Violation]:
    for one in review.resources:
        if (role := text(one.inputs, "role")) in _BASIC:
            yield Violation(f"it gives {role}", one)


@rule("public-member", "What is given to allUsers is given to the whole internet.")
def public_member(review: Review) -> Iterator[Violation]:
    for one in review.resources:
        for name in sorted(_given(one.inputs) & _EVERYBODY):
            yield Violation(f"it gives {text(one.inputs, 'role') or 'access'} to {name}", one)


@rule("public-bucket", "A bucket that can be made public will be.")
def public_bucket(review: Review) -> Iterator[Violation]:
    for bucket in review.of_type("gcp:storage/bucket:Bucket"):
        if text(bucket.inputs, "publicAccessPrevention") != "enforced":
            yield Violation("publicAccessPrevention is not enforced", bucket)


@rule("unprotected-data", "What holds data should not go with one careless change.", severity="warning")
def unprotected_data(review: Review) -> Iterator[Violation]:
    for one in review.of_type(*_HOLDS_DATA):
        if one.inputs.get("deletionProtection") is False:
            yield Violation("deletionProtection is off", one)


def _given(inputs: Mapping[str, Any]) -> set[str]:
    """Whom a resource gives something to."""
    return {
        text(inputs, "member"),
        text(inputs, "entity"),
        *(found for _, found in texts(inputs, "members", EACH)),
    }


RULES: Final[tuple[Rule, ...]] = (basic_role, public_member, public_bucket, unprotected_data)
