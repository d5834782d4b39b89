"""An embedded Kubernetes control plane: real components, one simulated node, loopback only."""

from __future__ import annotations

from onestack.local.plane.plane import Plane
from onestack.local.plane.status import ComponentStatus, PlaneStatus
from onestack.local.plane.throwaway import throwaway

__all__ = ["ComponentStatus", "Plane", "PlaneStatus", "throwaway"]
