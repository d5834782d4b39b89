"""What a reader asks first of an object that is made: images, replicas, ports, hosts, sizes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.plan.model import Field, Missing
from onestack.plan.paths import Path, at, written
from onestack.plan.planned import Planned

_PODS: Final[tuple[Path, ...]] = (
    ("spec",),
    ("spec", "template", "spec"),
    ("spec", "jobTemplate", "spec", "template", "spec"),
)
_OF_PODS: Final = (("initContainers", "image"), ("containers", "image"))
_PLAIN: Final[tuple[Path, ...]] = (
    ("spec", "replicas"),
    ("spec", "minReplicas"),
    ("spec", "maxReplicas"),
    ("spec", "schedule"),
    ("spec", "type"),
    ("spec", "resources", "requests", "storage"),
    ("spec", "storageClassName"),
)
_LISTED: Final = ((("spec", "ports"), "port"), (("spec", "rules"), "host"))


def essentials(planned: Planned) -> tuple[Field, ...]:
    """Fields of a Kubernetes object that is made; all others, and all of the cloud's, stand in git."""
    if planned.op != "create" or planned.identity is None or planned.identity.group not in _GROUPS:
        return ()
    found = (*_images(planned.after), *_listed(planned.after), *_plain(planned.after))
    return tuple(
        Field(written(path), Missing.ABSENT, value)
        for path, value in found
        if isinstance(value, (str, int, Missing)) and value is not Missing.ABSENT
    )


_GROUPS: Final = frozenset({"", "apps", "batch", "autoscaling", "networking.k8s.io"})
"""Groups whose fields mean what is thought here."""


def _images(body: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for pod in _PODS:
        for containers, name in _OF_PODS:
            yield from _each(body, (*pod, containers), name)


def _listed(body: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for path, name in _LISTED:
        yield from _each(body, path, name)


def _plain(body: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    return ((path, at(body, path)) for path in _PLAIN)


def _each(body: Mapping[str, Any], path: Path, name: str) -> Iterator[tuple[Path, Any]]:
    held = at(body, path)
    for index, one in enumerate(held if isinstance(held, list) else ()):
        yield (*path, index, name), at(one, (name,))
