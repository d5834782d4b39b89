"""Where a resource belongs: its project, and its region or location; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from onestack.errors import ProviderError
from onestack.local.gcp.config import Config
from onestack.local.gcp.table import Type


def project_name(config: Config, known: Type, inputs: Mapping[str, Any]) -> str:
    """The project that a resource is to be in.

    Raises:
        ProviderError: nothing names one.
    """
    owners = (
        str(inputs.get(one.field) or "") for one in known.refers if one.owner or known.id.startswith("{")
    )
    above = next((project_in(owner) for owner in owners if owner.startswith("projects/")), "")
    name = str(inputs.get("project") or above or config.project)
    if not name:
        raise ProviderError("project: required field is not set")
    return name.removeprefix("projects/")


def project_in(resource_id: str) -> str:
    """The project in an id: ``projects/P/…``, or the first part of the few ids that begin with it."""
    parts = resource_id.split("/")
    if parts[0] == "projects" and len(parts) > 1:
        return parts[1]
    return parts[0]


def placed_inputs(config: Config, known: Type, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the provider's region where they name no place. Raises ProviderError."""
    placed = dict(inputs)
    if known.place and not placed.get(known.place):
        owner = next((str(inputs.get(one.field) or "") for one in known.refers if one.owner), "")
        named = re.search(r"/(?:locations|regions)/([^/]+)/", owner)
        place = named[1] if named else config.region or (config.zone if known.place == "location" else "")
        if not place:
            raise ProviderError(f"{known.place}: required field is not set")
        placed[known.place] = place
    return placed
