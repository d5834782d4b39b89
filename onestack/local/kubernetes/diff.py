"""Diff: what a change of inputs would do to an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto.provider_pb2 import DiffRequest, DiffResponse, PropertyDiff

from onestack.errors import OnestackError
from onestack.local.kubernetes import checkpoint
from onestack.local.kubernetes.annotations import REPLACE_UNREADY, is_true
from onestack.local.kubernetes.config import Config
from onestack.local.kubernetes.detail import DELETE, Change, Path, detail
from onestack.local.kubernetes.identity import Urn, is_patch, kind_of, name_of, namespace_of
from onestack.local.kubernetes.immutable import IDENTITY, immutable_fields
from onestack.local.kubernetes.lifecycle.refused import refuse_components
from onestack.local.kubernetes.merge_patch import merge_patch
from onestack.local.kubernetes.naming import is_autonamed, is_named
from onestack.local.kubernetes.normalize import normalized
from onestack.local.kubernetes.prune import prune
from onestack.local.kubernetes.secrecy import plain
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import decode
from onestack.local.serving.engine_log import ResourceLog
from onestack.local.serving.property_path import contains, format_path, parse_path


@dataclass(frozen=True)
class Verdict:
    """What would change, and whether the object has to be replaced for it."""

    changes: Mapping[Path, Change]
    replaces: tuple[str, ...]
    delete_first: bool


async def diff(session: Session, request: DiffRequest) -> DiffResponse:
    """Compares the object as it was last seen, cut down to what was declared, with what is declared now."""
    urn = Urn.parse(request.urn)
    refuse_components(urn)
    state = checkpoint.parse(decode(request.olds))
    news = normalized(plain(decode(request.news)))
    verdict = judge(
        state,
        news,
        namespaced=await session.is_namespaced(kind_of(news)),
        immutable=_immutable(session.config, urn, news),
        ignored=[parse_path(text) for text in request.ignoreChanges],
    )
    replaces, changed = verdict.replaces, bool(verdict.changes)
    if is_true(news, REPLACE_UNREADY) and await _is_unready(session, request.urn, news, state.live):
        replaces, changed = (*replaces, '.metadata.annotations["pulumi.com/replaceUnready"]'), True
    return DiffResponse(
        changes=DiffResponse.DIFF_SOME if changed else DiffResponse.DIFF_NONE,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and _keeps_name(news, state.live),
        detailedDiff={
            format_path(path): PropertyDiff(
                kind=change.kind,
                inputDiff=change.input_diff,
            )
            for path, change in verdict.changes.items()
        },
        hasDetailedDiff=True,
    )


def judge(
    state: checkpoint.Checkpoint,
    news: dict[str, Any],
    *,
    namespaced: bool,
    immutable: Sequence[str],
    ignored: Sequence[Path],
) -> Verdict:
    """The verdict on a change from a state to normalized new inputs. Places ``news`` as a side effect."""
    old = prune(state.live, normalized(state.inputs)) or {}
    kind = kind_of(news)
    old.setdefault("apiVersion", kind.api_version)
    old.setdefault("kind", kind.kind)
    for obj in (old, news):
        _place(obj, namespace_of(obj) or "default" if namespaced else "")
    old_metadata = old.setdefault("metadata", {})
    old_metadata.pop("resourceVersion", None)
    if name_of(news):
        # A name that was made up may later be written down without that being a change.
        old_metadata["name"] = name_of(state.live)
    patch = merge_patch(old, news)
    changes = detail(patch, old, news, immutable) if patch else {}
    changes = {
        path: c for path, c in changes.items() if not any(contains(ignore, path) for ignore in ignored)
    }
    replaces = tuple(
        format_path(path)
        for path, change in changes.items()
        if change.replaces or (change.kind == DELETE and path == ("metadata",))
    )
    return Verdict(changes, replaces, bool(replaces) and _keeps_name(news, state.live))


def _place(obj: dict[str, Any], namespace: str) -> None:
    """Sets or removes the namespace, in place; the metadata is copied first."""
    metadata = obj.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return
    metadata = dict(metadata or {})
    metadata.pop("namespace", None)
    if namespace:
        metadata["namespace"] = namespace
    obj["metadata"] = metadata


def _keeps_name(news: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """True where old and new can't stand side by side: same place, and a name somebody chose."""
    return (
        is_named(news)
        and not is_autonamed(news)
        and name_of(news) == name_of(live)
        and namespace_of(news) == namespace_of(live)
    )


def _immutable(config: Config, urn: Urn, news: Mapping[str, Any]) -> tuple[str, ...]:
    if is_patch(urn, kind_of(news).kind):
        return IDENTITY
    return immutable_fields(
        news, mutable_config_maps=config.mutable_config_maps, mutable_secrets=config.mutable_secrets
    )


async def _is_unready(session: Session, urn: str, news: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    log = ResourceLog(session.log, urn)
    if session.unreachable:
        await log.warn("Cluster is unreachable, skipping replaceUnready check")
        return False
    if news.get("kind") != "Job":
        await log.warn("replaceUnready annotation is not supported for this resource")
        return False
    try:
        resource = await session.resource(kind_of(live))
        job = await session.client.request(
            "GET", resource.path(namespace_of(live) or "default", name_of(live))
        )
    except OnestackError:
        return False
    conditions = (job.get("status") or {}).get("conditions") or ()
    return not any(c.get("type") == "Complete" and c.get("status") == "True" for c in conditions)
