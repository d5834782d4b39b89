"""Owners, which no manifest can name. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, mappings, text
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index


def owners(manifest: Manifest, _: Index) -> Iterator[Broken]:
    """An owner is known by its uid, which is new in each cluster and each time it is made."""
    for path, owner in mappings(manifest.body, "metadata", "ownerReferences", EACH):
        named = f"{text(owner, 'kind') or 'object'} '{text(owner, 'name')}'"
        if text(owner, "uid"):
            what = f"the owner {named} is named by the uid that it has in one cluster"
            expected = "remove ownerReferences: where no object has that uid, this one is deleted"
            yield Broken(manifest, (*path, "uid"), what, expected)
        else:
            what = f"the owner {named} is named without a uid, which the API server wants"
            yield Broken(manifest, path, what, "remove ownerReferences: no manifest can know a uid")
