"""The outbox: nothing lost, nothing twice, bounded, and no secret in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onestack.notify import About, Message, Outbox, failed, started, waiting
from onestack.notify.outbox import DAYS, MOST, Thread

DAY = 86400.0


def message(number: int) -> Message:
    return started(About(f"d{number}", "prod", "c" * 40, f"number {number}", "ada"))


def test_a_message_is_kept_as_it_is(tmp_path: Path) -> None:
    whole = failed(About("d", "prod", "c" * 40, "an \N{SNOWMAN} & <b>", "ada"), "because")
    Outbox(tmp_path).keep(whole, unclear=False)
    (kept,) = Outbox(tmp_path).all()
    assert (kept.message, kept.unclear) == (whole, False)


def test_they_stay_in_their_order_and_each_is_there_once(tmp_path: Path) -> None:
    now = [1000.0]
    outbox = Outbox(tmp_path, lambda: now[0])
    for number in (3, 1, 2):
        now[0] += 0.5
        outbox.keep(message(number), unclear=False)
    outbox.keep(message(3), unclear=True)
    kept = outbox.all()
    assert [one.message for one in kept] == [message(3), message(1), message(2)]
    assert [one.unclear for one in kept] == [True, False, False]
    outbox.drop(message(1))
    outbox.drop(message(1))
    assert not outbox.has(message(1))


def test_what_is_old_or_too_much_is_given_up(tmp_path: Path) -> None:
    now = [0.0]
    outbox = Outbox(tmp_path, lambda: now[0])
    for number in range(MOST + 5):
        now[0] = number * 60.0
        outbox.keep(message(number), unclear=False)
    assert outbox.tidy() == 5
    assert outbox.all()[0].message == message(5)
    now[0] = DAYS * DAY + 10 * 60.0 + 1
    assert outbox.tidy() == 6
    assert outbox.all()[0].message == message(11)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"message": {}}', '{"message": {"blocks": 1}, "at": "x"}', "x" * 70000]
)
def test_a_file_that_is_none_of_ours_is_passed_over(tmp_path: Path, text: str) -> None:
    outbox = Outbox(tmp_path)
    (tmp_path / "0-strange.json").write_text(text)
    outbox.keep(message(1), unclear=False)
    assert [one.message for one in outbox.all()] == [message(1)]
    assert outbox.tidy() == 0


def test_a_kill_while_it_is_written_leaves_no_half_message(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.keep(message(1), unclear=False)
    (tmp_path / ".half.new").write_text('{"message": {"id": "')
    assert [one.message for one in outbox.all()] == [message(1)]


def test_only_one_run_sends(tmp_path: Path) -> None:
    with Outbox(tmp_path).held() as ours:
        assert ours
        with Outbox(tmp_path).held() as theirs:
            assert not theirs


def test_threads_are_remembered_and_bounded(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in range(MOST + 5):
        outbox.remember(message(number), Thread("C1", f"{number}.0", "#deployments"))
    assert len(list((tmp_path / "threads").iterdir())) == MOST
    known = outbox.known(f"d{MOST + 4}")
    assert (known.thread, known.told) == (
        Thread("C1", f"{MOST + 4}.0", "#deployments"),
        (message(MOST + 4).id,),
    )
    assert outbox.known("never").told == ()
    assert outbox.channel("#deployments") == "C1"
    assert outbox.channel("#other") is None


def test_what_was_told_adds_up(tmp_path: Path) -> None:
    about = About("d", "prod", "c", "s", "w")
    outbox = Outbox(tmp_path)
    outbox.remember(started(about), None)
    outbox.remember(waiting(about, "window", "shut"), None)
    assert outbox.known("d").told == (started(about).id, waiting(about, "window", "shut").id)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    Outbox(tmp_path).keep(message(1), unclear=False)
    (file,) = tmp_path.glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
    assert set(json.loads(file.read_text())) == {"message", "at", "unclear"}
