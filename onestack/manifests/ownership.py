"""How an object says whose it is, and how a set of manifests is summed up. Pure.

The label ``onestack.dev/stack`` holds the stack's name, to select by. The annotation ``onestack.dev/id``
holds ``PROJECT/STACK/GROUP/KIND/NAMESPACE/NAME``: always six parts, the group empty for the core
group, the namespace empty for cluster-scoped objects; none of them can contain a '/'. Controllers
copy labels and annotations to objects of other kinds or names, so only an object whose annotation
names that very object is ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from onestack.errors import InvalidOwner
from onestack.manifests.labels import ID, STACK
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.names import wrong_label_value


def object_id(identity: Identity, *, project: str, stack: str) -> str:
    """The annotation's value for an object."""
    return "/".join((project, stack, identity.group, identity.kind, identity.namespace or "", identity.name))


def owned(manifest: Manifest, *, project: str, stack: str) -> Manifest:
    """The manifest with the stack's label and its id, on its own metadata only.

    Raises: InvalidOwner if project or stack can't be written there.
    """
    _check("project", project)
    _check("stack", stack)
    metadata = dict(manifest.body.get("metadata") or {})
    metadata["labels"] = {**(metadata.get("labels") or {}), STACK: stack}
    marked = object_id(manifest.identity, project=project, stack=stack)
    metadata["annotations"] = {**(metadata.get("annotations") or {}), ID: marked}
    return replace(manifest, body={**manifest.body, "metadata": metadata})


def is_ours(live: Mapping[str, Any], identity: Identity, project: str, stack: str) -> bool:
    """Whether a live object is the one that this stack calls ``identity``, not a copy of its metadata."""
    metadata = live.get("metadata") or {}
    same = (metadata.get("namespace") or None, metadata.get("name")) == (identity.namespace, identity.name)
    annotations = metadata.get("annotations") or {}
    return same and annotations.get(ID) == object_id(identity, project=project, stack=stack)


def owner_of(body: Mapping[str, Any] | None) -> str | None:
    """The id that an object carries, whether or not it names that object; None without one."""
    found = (((body or {}).get("metadata") or {}).get("annotations") or {}).get(ID)
    return found if isinstance(found, str) else None


def digest(manifests: Iterable[Manifest]) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of all bodies, whatever their order and places."""
    summed = hashlib.sha256()
    for body in sorted(orjson.dumps(manifest.body, option=orjson.OPT_SORT_KEYS) for manifest in manifests):
        summed.update(body)
        summed.update(b"\n")
    return summed.hexdigest()


def _check(what: str, name: str) -> None:
    rule = "it is empty" if not name else wrong_label_value(name)
    if rule:
        raise InvalidOwner(what, name, rule)
