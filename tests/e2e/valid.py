"""Whether a state is one that the engine could have written itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def require_valid(resources: Sequence[Mapping[str, Any]]) -> None:
    """Every name once; what a resource stands on exists and comes earlier; nothing waits to be deleted."""
    earlier: set[str] = set()
    references: set[str] = set()
    for one in resources:
        urn = one["urn"]
        assert urn not in earlier, f"{urn} is there twice"
        assert not one.get("delete"), f"{urn} still has to be deleted"
        for needed in (*(one.get("dependencies") or ()), one.get("parent"), one.get("deletedWith")):
            assert not needed or needed in earlier, f"{urn} stands on {needed}, which doesn't come before it"
        provider = one.get("provider")
        assert not provider or provider in references, f"{urn} has a provider that doesn't come before it"
        earlier.add(urn)
        references.add(f"{urn}::{one.get('id')}")
