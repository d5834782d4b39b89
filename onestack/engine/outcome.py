"""What a run of the engine came to, as a value. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from onestack.engine.events import CHANGES, Step


@dataclass(frozen=True)
class Outcome:
    """What a run did: resources by operation, the steps that were more than 'same', and warnings."""

    changes: Mapping[str, int]
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many resources were created, updated, replaced or deleted."""
        return sum(count for op, count in self.changes.items() if op in CHANGES)

    @property
    def reaches_all(self) -> bool:
        """Whether a provider changed: another version or configuration may see every object differently."""
        return any(step.type.startswith("pulumi:providers:") for step in self.steps)

    def behind(self, earlier: Outcome) -> Outcome:
        """This outcome and that of a run before it, as one."""
        counts = Counter(self.changes)
        for op in CHANGES & earlier.changes.keys():
            counts[op] += earlier.changes[op]
            counts["same"] -= earlier.changes[op] if op != "delete" else 0
        warnings = tuple(dict.fromkeys((*earlier.warnings, *self.warnings)))
        return Outcome(dict(counts), (*earlier.steps, *self.steps), warnings)

    def with_same(self, count: int) -> Outcome:
        """The outcome of a run that was spared so many resources: they are the same."""
        return replace(self, changes={**self.changes, "same": self.changes.get("same", 0) + count})
