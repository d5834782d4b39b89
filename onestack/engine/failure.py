"""What went wrong in an engine run, from what the engine said: the one place that reads its texts. Pure."""

from __future__ import annotations

from onestack.errors import DiskFull, EngineFailed, OnestackError, StackLocked

_DEFAULT_HINT = "mend the cause and run again: what was done is kept, and only the rest is tried"


def spoken(text: str) -> tuple[str, ...]:
    """The error messages in what a command printed to stderr."""
    lines = [line.removeprefix("error: ").rstrip() for line in text.splitlines() if line.strip()]
    return ("\n".join(lines),) if lines else ()


def of(verb: str, stack: str, errors: tuple[str, ...]) -> OnestackError:
    """The typed failure of a run that ended with these messages."""
    text = "\n".join(errors)
    if "no space left on device" in text:
        return DiskFull(text)
    if "the stack is currently locked by" in text:
        return StackLocked(stack, text)
    return EngineFailed(verb, stack, errors, _DEFAULT_HINT)
