"""What is known about Kubernetes' built-in kinds without asking a cluster.

``builtin_types.json.gz`` holds, for every kind of k8s.io/api v0.36.3, its fields with their Go types
and ``omitempty`` flags, and in which Kubernetes version it came, went and by what it was replaced.
``tools/kubernetes/builtin-types`` makes it, by reflection over client-go's scheme: OpenAPI, which a
cluster could be asked for, does not tell whether an empty value is written or left out.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

_TABLE: Final = Path(__file__).with_name("builtin_types.json.gz")

BUILTIN_VERSIONS: Final = frozenset(
    f"{group}/{version}".removeprefix("/")
    for group, versions in {
        "": "v1",
        "admissionregistration.k8s.io": "v1 v1alpha1 v1beta1",
        "apiextensions.k8s.io": "v1 v1beta1",
        "apiregistration.k8s.io": "v1 v1beta1",
        "apps": "v1 v1beta1 v1beta2",
        "auditregistration.k8s.io": "v1alpha1",
        "autoscaling": "v1 v2 v2beta1 v2beta2",
        "batch": "v1 v1beta1 v2alpha1",
        "certificates.k8s.io": "v1 v1alpha1 v1beta1",
        "coordination.k8s.io": "v1 v1alpha1 v1alpha2 v1beta1",
        "core": "v1",
        "discovery.k8s.io": "v1 v1beta1",
        "events.k8s.io": "v1 v1beta1",
        "extensions": "v1beta1",
        "flowcontrol.apiserver.k8s.io": "v1 v1alpha1 v1beta1 v1beta2 v1beta3",
        "networking.k8s.io": "v1 v1alpha1 v1beta1",
        "node.k8s.io": "v1 v1alpha1 v1beta1",
        "policy": "v1 v1beta1",
        "rbac.authorization.k8s.io": "v1 v1alpha1 v1beta1",
        "resource.k8s.io": "v1 v1alpha1 v1alpha2 v1alpha3 v1beta1 v1beta2",
        "scheduling.k8s.io": "v1 v1alpha1 v1alpha2 v1beta1",
        "settings.k8s.io": "v1alpha1",
        "storage.k8s.io": "v1 v1alpha1 v1beta1",
        "storagemigration.k8s.io": "v1alpha1 v1beta1",
    }.items()
    for version in versions.split()
)


@dataclass(frozen=True)
class Shape:
    """A field's type: its letter (``string``, ``quantity``, ``[]``, ``{}``, ``struct``, ...).

    ``inner`` is the number of a struct or the shape of items; ``optional`` fields are left out when
    empty, ``zeroless`` ones also when they are a struct with nothing in it.
    """

    letter: str
    pointer: bool = False
    optional: bool = False
    zeroless: bool = False
    inner: Any = None


@dataclass(frozen=True)
class Lifecycle:
    """Kubernetes versions as (major, minor); None where unknown or not planned."""

    introduced: tuple[int, int] | None
    removed: tuple[int, int] | None
    replacement: str


@cache
def shape_of(code: str) -> Shape:
    """The shape that a code of the table stands for."""
    bare = code.rstrip("?!")
    optional, zeroless = "?" in code[len(bare) :], "!" in code[len(bare) :]
    pointer = bare.startswith("*")
    bare = bare.removeprefix("*")
    if bare[:2] in {"[]", "{}"}:
        return Shape(bare[:2], pointer, optional, zeroless, shape_of(bare[2:]))
    if bare.isdigit():
        return Shape("struct", pointer, optional, zeroless, int(bare))
    return Shape(bare, pointer, optional, zeroless)


@cache
def fields_of(number: int) -> Mapping[str, Shape]:
    """The fields of a struct of the table."""
    return {name: shape_of(code) for name, code in _table()["types"][number].items()}


def kinds_of(api_version: str) -> Mapping[str, int]:
    """Kinds of a built-in version, each with its struct's number."""
    kinds: Mapping[str, int] = _table()["kinds"].get(api_version, {})
    return kinds


@cache
def lifecycle_of(api_version: str, kind: str) -> Lifecycle | None:
    """When a built-in kind came and went; None where nothing is recorded."""
    row = _table()["lifecycle"].get(f"{api_version}/{kind}") or _GONE_TYPES.get(f"{api_version}/{kind}")
    if row is None:
        return None
    major, minor, gone_major, gone_minor, replacement = row
    replaced = f"core/{replacement}" if replacement.count("/") == 1 else replacement
    return Lifecycle(
        (major, minor) if major else None, (gone_major, gone_minor) if gone_major else None, replaced
    )


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = orjson.loads(gzip.decompress(_TABLE.read_bytes()))
    return table


# Kinds that k8s.io/api no longer has; from the Kubernetes deprecation guide.
_GONE_TYPES: Final[Mapping[str, tuple[int, int, int, int, str]]] = {
    "apiextensions.k8s.io/v1beta1/CustomResourceDefinition": (
        (1, 7, 1, 22, "apiextensions.k8s.io/v1/CustomResourceDefinition")
    ),
    "apiregistration.k8s.io/v1beta1/APIService": (1, 10, 0, 0, "apiregistration.k8s.io/v1/APIService"),
    "autoscaling/v2beta1/HorizontalPodAutoscaler": (1, 8, 1, 25, "autoscaling/v2/HorizontalPodAutoscaler"),
    "autoscaling/v2beta2/HorizontalPodAutoscaler": (1, 12, 1, 26, "autoscaling/v2/HorizontalPodAutoscaler"),
    "batch/v2alpha1/CronJob": (1, 8, 1, 21, "batch/v1/CronJob"),
    "extensions/v1beta1/PodSecurityPolicy": (1, 3, 1, 16, "policy/v1beta1/PodSecurityPolicy"),
    "policy/v1beta1/PodSecurityPolicy": (1, 3, 1, 25, ""),
}
