"""Failures on their way to the engine, in the official plugin's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onestack.errors import ApiError, KindUnknown, ProviderError

_NOT_FOUND: Final = 404
_FORBIDDEN: Final = 403
_BAD_REQUEST: Final = 400
_CONFLICT: Final = 409
_INVALID: Final = 422
_CONFLICT_HELP: Final = (
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"
)
_EXISTS_HELP: Final = """

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use `pulumi import`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create."""


class NotInitialized(ProviderError):
    """Waiting for an object ended without it becoming what was waited for."""

    def __init__(self, message: str, live: Mapping[str, Any], reasons: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.live = live
        self.reasons = tuple(reasons)


class ApplyConflict(ProviderError):
    """Fields that were applied belong to another manager."""

    def __init__(self, manager: str, error: ApiError) -> None:
        super().__init__(
            f"server-side apply field conflict detected, see {_CONFLICT_HELP} for troubleshooting help\n"
            f'The resource managed by field manager "{manager}" had an apply conflict: {error.api_message}'
        )


def text_of(error: Exception) -> str:
    """The failure as client-go would word it."""
    if isinstance(error, ApiError):
        return error.api_message or str(error)
    if isinstance(error, KindUnknown):
        return f'no matches for kind "{error.kind}" in version "{error.api_version}"'
    return str(error)


def of_apply(error: ApiError, manager: str) -> ApiError | ApplyConflict:
    """An apply's failure; a conflict says who is in the way."""
    return ApplyConflict(manager, error) if is_conflict(error) else error


def of_creation(error: Exception, urn: str, kind: str) -> ProviderError:
    """The failure of a creation after which there is no object of ours."""
    if isinstance(error, KindUnknown):
        return ProviderError(
            f'creation of resource "{urn}" with kind {kind} failed because the Kubernetes API server '
            "reported that the apiVersion for this resource does not exist. "
            f"Verify that any required CRDs have been created: {text_of(error)}"
        )
    help_ = _EXISTS_HELP if is_existing(error) else ""
    return ProviderError(
        f'resource "{urn}" was not successfully created by the Kubernetes API server: {text_of(error)}{help_}'
    )


def is_not_found(error: Exception) -> bool:
    return isinstance(error, ApiError) and (error.reason == "NotFound" or error.status == _NOT_FOUND)


def is_namespace_missing(error: Exception) -> bool:
    return isinstance(error, ApiError) and is_not_found(error) and error.details.get("kind") == "namespaces"


def is_forbidden(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.status == _FORBIDDEN


def is_existing(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.reason == "AlreadyExists"


def is_conflict(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.status == _CONFLICT and error.reason == "Conflict"


def is_immutable_field(error: Exception) -> bool:
    return (
        isinstance(error, ApiError) and error.status == _INVALID and "field is immutable" in error.api_message
    )


def is_dry_run_unsupported(error: Exception) -> bool:
    return (
        isinstance(error, ApiError)
        and error.status == _BAD_REQUEST
        and ("does not support dry run" in error.api_message or "dryRun" in error.api_message)
    )
