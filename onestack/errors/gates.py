"""Gates, policy and owners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from onestack.errors.base import GateClosed, UsageError


class Said(Protocol):
    """What of a closed gate is told: see `onestack.gates.verdict.Verdict`."""

    @property
    def gate(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def opens_by(self) -> str: ...
    @property
    def details(self) -> Sequence[str]: ...


class GatesClosed(GateClosed):
    """Gates stop a deployment. ``verdicts`` are those that do."""

    def __init__(self, stack: str, verdicts: Sequence[Said]) -> None:
        self.verdicts = tuple(verdicts)
        names = ", ".join(one.gate for one in verdicts)
        super().__init__(
            f"stack '{stack}' is behind {'a closed gate' if len(verdicts) == 1 else 'closed gates'}: {names}",
            why="\n".join(line for one in verdicts for line in self._why(one)),
            hint="\n".join(f"{one.gate}: {one.opens_by}" for one in verdicts if one.opens_by),
        )

    @staticmethod
    def _why(one: Said) -> list[str]:
        until = f"; closed until {one.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if one.until else ""
        return [f"{one.gate}: {one.reason}{until}", *(f"  {line}" for line in one.details)]


class UnknownRule(UsageError):
    """The settings weigh rules that there are none of."""

    def __init__(self, stack: str, names: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"there is no rule {', '.join(names)}",
            where=f"stacks/Pulumi.{stack}.yaml",
            why="onestack:gates.policy.rules weighs it",
            hint=f"known rules: {', '.join(known)}",
        )


class PolicyBroken(UsageError):
    """A file of the repository's own rules can't be used."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the repository's own rules can't be loaded",
            where=where,
            why=why,
            hint="mend the file; docs/gates.md shows what a rule looks like",
        )


class CodeownersMissing(UsageError):
    """The settings ask for the owners of code, and there is no file that names them."""

    def __init__(self, places: Sequence[str], why: str) -> None:
        super().__init__(
            "nobody is named as owner of what is deployed",
            where=" or ".join(places),
            why=f"{why}; onestack:gates.approvals.codeowners asks for it",
            hint="add the file, or name approvers in onestack:gates.approvals.approvers",
        )


class Overtaken(GateClosed):
    """What is live is newer."""

    def __init__(self, stack: str, commit: str, live: str) -> None:
        super().__init__(
            f"revision {commit} is older than {live}, which is live in stack '{stack}'",
            why="its run came late, or was started again",
            hint=f"deploy the newest revision; the way back is 'onestack rollback {stack}', or, as it is, "
            "--override REASON",
        )
