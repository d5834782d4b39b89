"""Where an object lives in the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.kube.discovery import ApiResource
from onestack.local.kubernetes.identity import kind_of, name_of, namespace_of
from onestack.local.kubernetes.session import Session


async def resource_of(session: Session, obj: Mapping[str, Any]) -> ApiResource:
    """How the cluster serves the object's kind.

    Raises:
        KindUnknown: it doesn't.
    """
    return await session.resource(kind_of(obj))


def collection(resource: ApiResource, obj: Mapping[str, Any]) -> str:
    """The path that objects like this one are created at."""
    return resource.path(namespace_of(obj) or "default")


def path(resource: ApiResource, obj: Mapping[str, Any], name: str = "") -> str:
    """The object's own path, or that of its neighbour with another name."""
    return resource.path(namespace_of(obj) or "default", name or name_of(obj))
