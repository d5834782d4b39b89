"""Reading a live object without trusting its shape: custom resources may hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Live = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """One entry of ``status.conditions``."""

    type: str
    status: str
    reason: str
    message: str
    observed_generation: int | None

    @property
    def is_true(self) -> bool:
        """Whether it holds."""
        return self.status == "True"

    @property
    def is_false(self) -> bool:
        """Whether it is known not to hold; ``Unknown`` is neither."""
        return self.status == "False"

    @property
    def explanation(self) -> str:
        """Its reason and message in one phrase."""
        return (
            ": ".join(part for part in (self.reason, self.message) if part) or f"{self.type} is {self.status}"
        )


def section(obj: Live, *path: str) -> Live:
    """The mapping at a path; an empty one where there is none."""
    value: Any = obj
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def text(obj: Live, *path: str) -> str:
    """The text at a path; empty where there is none."""
    value = section(obj, *path[:-1]).get(path[-1])
    return value if isinstance(value, str) else ""


def count(obj: Live, *path: str, default: int = 0) -> int:
    """The integer at a path; servers leave zeros out."""
    value = section(obj, *path[:-1]).get(path[-1])
    return value if isinstance(value, int) else default


def items(obj: Live, *path: str) -> list[Live]:
    """The mappings in the list at a path."""
    value = section(obj, *path[:-1]).get(path[-1])
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def conditions(obj: Live) -> dict[str, Condition]:
    """``status.conditions`` by type."""
    found = {}
    for raw in items(obj, "status", "conditions"):
        generation = raw.get("observedGeneration")
        found[text(raw, "type")] = Condition(
            text(raw, "type"),
            text(raw, "status"),
            text(raw, "reason"),
            text(raw, "message"),
            generation if isinstance(generation, int) else None,
        )
    return found


def unseen(obj: Live) -> bool:
    """True while the controller has not looked at this version of the object, so its status is old."""
    return count(obj, "status", "observedGeneration") < count(obj, "metadata", "generation")
