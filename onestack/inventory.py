"""Everything that a program registers for its cluster and waits for: what a declaration comes to."""

from __future__ import annotations

from dataclasses import dataclass

from onestack.manifests.reference import ObjectRef
from onestack.manifests.registration import Registration


@dataclass(frozen=True)
class Inventory:
    """``before`` is registered first; when all of ``awaited`` is ready, ``after`` is.

    ``digest`` sums up the manifests, hooks that run after included; ``objects`` is how many there are.
    """

    before: tuple[Registration, ...]
    after: tuple[Registration, ...]
    awaited: tuple[ObjectRef, ...]
    digest: str
    objects: int
