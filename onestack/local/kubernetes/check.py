"""Check: the inputs of a resource as they will be compared, submitted and recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2 import CheckRequest, CheckResponse

from onestack.errors import ProviderError
from onestack.local.kubernetes.annotations import AUTONAMED, HELM_HOOK, annotations_of
from onestack.local.kubernetes.builtin import lifecycle_of
from onestack.local.kubernetes.identity import (
    Kind,
    Urn,
    is_crd,
    is_list,
    is_patch,
    kind_of,
    name_of,
    namespace_of,
)
from onestack.local.kubernetes.lifecycle.refused import refuse_components
from onestack.local.kubernetes.naming import (
    adopt_name,
    asks_for_generated_name,
    assign_name,
    is_named,
    keep_label,
    unique,
)
from onestack.local.kubernetes.normalize import normalized
from onestack.local.kubernetes.secrecy import mark, plain
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import decode, encode
from onestack.local.serving.engine_log import ResourceLog

_TEST_HOOK: Final = re.compile(r"test|test-success|test-failure")
_HOOKS_IGNORED: Final = (
    "This resource contains Helm hooks that are not currently supported by Pulumi. The resource will "
    "be created, but any hooks will not be executed. Hooks support is tracked at "
    "https://github.com/pulumi/pulumi-kubernetes/issues/555 -- This warning can be disabled by setting "
    "the PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS environment variable"
)


async def check(session: Session, request: CheckRequest) -> CheckResponse:
    """Names, places and normalizes an object.

    Raises:
        ProviderError: it can never be submitted.
    """
    urn = Urn.parse(request.urn)
    log = ResourceLog(session.log, request.urn)
    if session.unreachable and session.config.skip_unreachable:
        await log.warn("Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...")
        return CheckResponse(inputs=request.olds)
    refuse_components(urn)
    if is_list(urn.kind):
        raise ProviderError(
            "list resources exist for compatibility with YAML manifests and Helm charts, and cannot be "
            "created directly. Use the underlying resource type instead"
        )
    news = decode(request.news)
    olds = plain(decode(request.olds))
    inputs = normalized(plain(news))
    if is_patch(urn, kind_of(inputs).kind) and not name_of(inputs):
        raise ProviderError("patch resources require the `.metadata.name` field to be set")
    await _warn_of_annotations(session, log, inputs)
    _name(request, urn, inputs, olds)
    await _warn_of_version(session, log, urn.kind)
    if session.default_namespace and not namespace_of(inputs) and await session.is_namespaced(urn.kind):
        metadata = inputs.setdefault("metadata", {})
        if isinstance(metadata, dict) and "namespace" not in metadata:
            metadata["namespace"] = session.default_namespace
    if is_crd(kind_of(inputs)):
        session.declare_crd(inputs)
    mark(inputs, news)
    return CheckResponse(inputs=encode(inputs))


def _name(request: CheckRequest, urn: Urn, inputs: dict[str, Any], olds: Mapping[str, Any]) -> None:
    """Keeps an old made-up name, or makes one up for a new object without one."""
    if olds:
        adopt_name(inputs, olds)
        keep_label(inputs, olds)
    elif not is_named(inputs) and not asks_for_generated_name(inputs):
        name = unique(f"{urn.name}-", request.randomSeed)
        if request.HasField("autonaming"):
            modes = CheckRequest.AutonamingOptions.Mode
            if request.autonaming.mode == modes.Value("DISABLE"):
                raise ProviderError(
                    "autonaming is disabled, resource requires the .metadata.name field to be set"
                )
            name = request.autonaming.proposed_name
        assign_name(inputs, name)
    if asks_for_generated_name(inputs):
        raise ProviderError("the `.metadata.generateName` field is not supported in Server-Side Apply mode")


async def _warn_of_annotations(session: Session, log: ResourceLog, inputs: Mapping[str, Any]) -> None:
    hooks = False
    for key, value in annotations_of(inputs).items():
        if key.startswith(AUTONAMED):
            await log.warn(f'ignoring user-specified value for internal annotation "{key}"')
        if key.startswith(HELM_HOOK) and isinstance(value, str) and _TEST_HOOK.search(value):
            hooks = True
    if hooks and not session.config.quiet_helm_hooks:
        await log.warn(_HOOKS_IGNORED)


async def _warn_of_version(session: Session, log: ResourceLog, kind: Kind) -> None:
    """Says where the cluster no longer serves an apiVersion, or soon won't."""
    lifecycle = lifecycle_of(kind.api_version, kind.kind)
    if lifecycle is None or session.unreachable:
        return
    named = f"{kind.api_version}/{kind.kind}"
    suggested = lifecycle.replacement or named
    gone = "v{}.{}".format(*lifecycle.removed) if lifecycle.removed else ""
    if lifecycle.removed is not None and session.version >= lifecycle.removed:
        major, minor = lifecycle.removed
        await log.warn(
            f'apiVersion "{named}" was removed in Kubernetes {major}.{minor}. Use "{suggested}" instead.\n'
            f"See https://git.k8s.io/kubernetes/CHANGELOG/CHANGELOG-{major}.{minor}.md#deprecation "
            "for more information."
        )
    elif suggested != named and not session.config.quiet_deprecations:
        end = f" and not supported by Kubernetes {gone}+ clusters." if gone else "."
        await log.warn(f"{named} is deprecated by {suggested}{end}")
