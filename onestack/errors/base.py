"""What every failure is, and what its kind says about the exit code."""

from __future__ import annotations

from collections.abc import Callable

WORST_FIRST = (2, 1, 4)
"""Exit codes of checks: what no second try mends comes before what can't be had now."""


class OnestackError(Exception):
    """A failure that can be said in words.

    ``what`` is one line. ``where`` is ``file:line:column`` or an object.
    ``why`` is the cause as the failing party said it. ``hint`` is what to do next.
    """

    exit_code: int = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.why = why
        self.hint = hint
        super().__init__(self.message())

    def mask(self, hidden: Callable[[str], str]) -> None:
        """Takes secret values out of all that it says."""
        self.what, self.where, self.why, self.hint = map(hidden, (self.what, self.where, self.why, self.hint))
        self.args = (self.message(),)

    def message(self) -> str:
        """The message in full: one line, then indented lines for cause and next step."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.why:
            lines.append(f"  because: {_indented(self.why)}")
        if self.hint:
            lines.append(f"  next: {_indented(self.hint)}")
        return "\n".join(lines)


class UsageError(OnestackError):
    """The command was called, or the repository is configured, in a way that can't work."""

    exit_code = 2


class GateClosed(OnestackError):
    """A gate stopped the verb."""

    exit_code = 3


class Unavailable(OnestackError):
    """A tool, cluster, registry, network or disk that is needed can't be had now."""

    exit_code = 4


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n    ")


def first_cause(message: str) -> str:
    """What happened and the first line of why, of a message that says more."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:2])[:500]
