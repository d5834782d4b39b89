"""What the engine said becomes a typed failure with the right exit code."""

import pytest

from onestack.engine import failure
from onestack.errors import DiskFull, EngineFailed, OnestackError, StackLocked


@pytest.mark.parametrize(
    ("said", "expected", "exit_code"),
    [
        ("write /x/state: no space left on device", DiskFull, 4),
        ("the stack is currently locked by 1 lock(s). Either wait ...", StackLocked, 4),
        ('deployments.apps "web" is invalid: spec.replicas: must be >= 0', EngineFailed, 1),
    ],
)
def test_failures_are_told_apart(said: str, expected: type[OnestackError], exit_code: int) -> None:
    error = failure.of("up", "local", (said,))
    assert type(error) is expected
    assert error.exit_code == exit_code
    assert said in str(error)


def test_what_a_command_printed_loses_its_prefix() -> None:
    assert failure.spoken("error: no stack\n\n  second line\n") == ("no stack\n  second line",)
    assert failure.spoken("\n") == ()
