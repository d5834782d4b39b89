"""Progress for people: lines in a log, markup taken literally, no colours off a terminal."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from onestack.errors import OnestackError
from onestack.masking import Mask
from onestack.terminal import Terminal, clock


def logged() -> tuple[Terminal, io.StringIO]:
    """A terminal that is none: a log."""
    text = io.StringIO()
    return Terminal(Console(file=text, width=160, highlight=False)), text


def test_in_a_log_each_activity_is_said_once() -> None:
    terminal, text = logged()
    terminal.step("deploying: 1 resource")
    terminal.step("deploying: 2 resources")
    terminal.step("waiting: 3 of 4 ready")
    assert text.getvalue().splitlines() == ["deploying: 1 resource (0:00)", "waiting: 3 of 4 ready (0:00)"]


def test_in_a_log_what_takes_long_is_said_again_ever_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    due: list[tuple[float, Callable[[], None]]] = []

    class Rung:
        daemon = False

        def __init__(self, seconds: float, what: Callable[[float], None], given: list[float]) -> None:
            self.set = (seconds, lambda: what(*given))

        def start(self) -> None:
            due.append(self.set)

        def cancel(self) -> None:
            due.clear()

    monkeypatch.setattr("onestack.terminal.Timer", Rung)
    terminal, text = logged()
    terminal.step("waiting: 1 of 4 ready")
    terminal.step("waiting: 2 of 4 ready")
    rung = []
    for _ in range(5):
        ((seconds, ring),) = due
        rung.append(seconds)
        ring()
    assert rung == [5, 10, 20, 40, 40]
    assert text.getvalue().splitlines()[1:] == ["waiting: 2 of 4 ready (0:00)"] * 5
    terminal.rest()
    assert not due
    terminal.step("waiting: 3 of 4 ready")
    assert text.getvalue().endswith("waiting: 3 of 4 ready (0:00)\n")
    terminal.rest()


def test_brackets_are_text_and_nothing_is_coloured() -> None:
    terminal, text = logged()
    terminal.note("spec.containers[0]: [red]no[/red]")
    assert text.getvalue() == "spec.containers[0]: [red]no[/red]\n"


def test_on_a_terminal_one_line_shows_the_activity_and_goes_away() -> None:
    text = io.StringIO()
    with Terminal(Console(file=text, force_terminal=True, width=80)) as terminal:
        terminal.step("building")
    assert "building (0:00)" in text.getvalue()
    assert text.getvalue().endswith("\x1b[2K") or "\x1b[?25h" in text.getvalue()


def test_on_a_terminal_the_time_goes_on_while_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=80)
    with Terminal(console) as terminal:
        monkeypatch.setattr(terminal, "elapsed", lambda: 1.0)
        terminal.step("rendering [b]")
        terminal.rest()
        terminal.step("rendering [b]")
        monkeypatch.setattr(terminal, "elapsed", lambda: 65.0)
        terminal.rest()  # shows the line for the last time
    assert "rendering [b] (0:01)" in text.getvalue()
    assert "rendering [b] (1:05)" in text.getvalue()


def test_minutes_and_seconds() -> None:
    assert [clock(0.9), clock(61), clock(3600)] == ["0:00", "1:01", "60:00"]


def test_what_is_hidden_is_masked_in_all_that_is_shown() -> None:
    terminal, text = logged()
    terminal.note("before: hunter2-canary")
    terminal.hide(Mask(frozenset({b"hunter2-canary"})))
    terminal.note("after: hunter2-canary")
    terminal.step("at: aHVudGVyMi1jYW5hcnk=")
    assert text.getvalue().splitlines() == [
        "before: hunter2-canary",
        "after: [secret]",
        "at: [secret] (0:00)",
    ]


def test_a_failure_on_its_way_out_is_masked() -> None:
    terminal, _ = logged()
    terminal.hide(Mask(frozenset({b"hunter2-canary"})))
    with pytest.raises(OnestackError) as raised, terminal:
        raise OnestackError(
            "x hunter2-canary", where="hunter2-canary", why="hunter2-canary", hint="hunter2-canary"
        )
    assert raised.value.message() == "[secret]: x [secret]\n  because: [secret]\n  next: [secret]"
    assert str(raised.value) == raised.value.message()


def test_a_defect_of_ours_is_masked_too() -> None:
    terminal, _ = logged()
    terminal.hide(Mask(frozenset({b"hunter2-canary"})))
    with pytest.raises(KeyError, match=r"\[secret\]"), terminal:
        raise KeyError("hunter2-canary")
