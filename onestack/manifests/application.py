"""An application: one folder of the manifests folder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Application:
    """A folder of manifests that a stack deploys.

    ``namespace`` fills in what the application's namespaced manifests leave out; ``overlay`` names
    the Kustomize overlay where it isn't named like the stack.
    """

    name: str
    namespace: str | None = None
    overlay: str | None = None
