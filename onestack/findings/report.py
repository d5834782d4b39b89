"""What a check of stacks ends in, as values. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onestack.errors import WORST_FIRST
from onestack.findings.remark import Remark, merged
from onestack.validation.verdict import State, Verdict


@dataclass(frozen=True)
class Counts:
    """Objects by their verdict; ``not_checkable`` by the reason, most frequent first.

    ``in_part`` are those of the valid and invalid of which something could not be looked at, likewise.
    """

    valid: int = 0
    invalid: int = 0
    not_checkable: Mapping[str, int] = field(default_factory=dict)
    in_part: Mapping[str, int] = field(default_factory=dict)

    @property
    def unknown(self) -> int:
        """How many are not checkable."""
        return sum(self.not_checkable.values())

    @property
    def objects(self) -> int:
        """All of them."""
        return self.valid + self.invalid + self.unknown


@dataclass(frozen=True)
class StackReport:
    """``counts`` and ``applications`` are empty where something kept the stack from being checked.

    ``failed`` is the exit code of what kept it; ``seconds`` is how long the check took.
    """

    stack: str
    counts: Counts
    applications: Mapping[str, Counts]
    remarks: tuple[Remark, ...]
    seconds: float
    failed: int = 0

    @property
    def errors(self) -> int:
        """How many remarks stop a deployment, each counted once, as it is told."""
        return sum(remark.is_error for remark in merged(self.remarks))

    @property
    def warnings(self) -> int:
        """How many don't."""
        return len(merged(self.remarks)) - self.errors

    @property
    def exit_code(self) -> int:
        """As documented in docs/json.md."""
        return self.failed or int(self.errors > 0)


@dataclass(frozen=True)
class Report:
    """All stacks that were to be checked."""

    stacks: tuple[StackReport, ...]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything that is to be told, each thing once."""
        return merged(remark for one in self.stacks for remark in one.remarks)

    @property
    def exit_code(self) -> int:
        """The worst of the stacks': what no second try mends comes before what can't be had now."""
        found = {one.exit_code for one in self.stacks}
        return next((code for code in WORST_FIRST if code in found), 0)


def counts(verdicts: Sequence[Verdict]) -> Counts:
    """How many objects there are of each verdict."""
    states = Counter(verdict.state for verdict in verdicts)
    because = Counter(verdict.because for verdict in verdicts if verdict.state is State.NOT_CHECKABLE)
    in_part = Counter(verdict.unchecked for verdict in verdicts if verdict.unchecked)
    return Counts(
        states[State.VALID], states[State.INVALID], dict(because.most_common()), dict(in_part.most_common())
    )
