"""Selectors that the API server refuses. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import mapping
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.selectors import faults

FIELDS: Final = {
    ("apps", "DaemonSet"): "selector",
    ("apps", "Deployment"): "selector",
    ("apps", "ReplicaSet"): "selector",
    ("apps", "StatefulSet"): "selector",
    ("networking.k8s.io", "NetworkPolicy"): "podSelector",
    ("policy", "PodDisruptionBudget"): "selector",
}


def expressions(manifest: Manifest, _: Index) -> Iterator[Broken]:
    """The expressions of its selector must say something that can be compared."""
    field = FIELDS.get((manifest.group, manifest.kind), "")
    for path, what, expected in faults(mapping(manifest.body, "spec").get(field)):
        yield Broken(manifest, ("spec", field, *path), what, expected)
