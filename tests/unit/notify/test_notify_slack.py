"""Slack, by a bot and by a webhook: threads, failures that are kept and told later, and kills."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onestack.errors import SlackMisconfigured
from onestack.notify import About, Link, Outbox, Slack, SlackSettings, failed, started, succeeded, waiting
from onestack.notify.outbox import Thread
from tests.stand_ins.server import Answer, trickling
from tests.stand_ins.slack import CHANNEL, HOOK, TOKEN, SlackServer, slack

SETTINGS = SlackSettings(channel=CHANNEL)
ABOUT = About("prod-1", "prod", "c" * 40, "Fix it", "ada", {"update": 1}, (Link("Run", "https://x.org/1"),))
SECOND = About("prod-2", "prod", "d" * 40, "Fix more", "bob")
DOWN = Answer(503, "<html>")
POST = "chat.postMessage"


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack() as there:
        yield there


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def bot(server: SlackServer, outbox: Outbox) -> Slack:
    found = Slack.from_environment(server.environ(), SETTINGS, outbox)
    assert found is not None
    return found


def hook(server: SlackServer, outbox: Outbox) -> Slack:
    found = Slack.from_environment(server.environ(bot=False), None, outbox)
    assert found is not None
    return found


def test_one_thread_per_deployment(server: SlackServer, outbox: Outbox) -> None:
    for message in (started(ABOUT), waiting(ABOUT, "window", "closed"), started(SECOND), failed(ABOUT, "x")):
        assert bot(server, outbox).tell(message).done == "sent"
    first, reply, second, last = server.said
    assert [one.thread for one in server.said] == [None, first.ts, None, first.ts]
    assert "deployment failed" in first.words()
    assert len(first.history) == 3
    assert (reply.broadcast, last.broadcast) == (False, True)
    assert second.history == [second.text]
    assert outbox.all() == ()


def test_a_run_that_is_repeated_tells_nothing_twice(server: SlackServer, outbox: Outbox) -> None:
    for _ in range(2):
        assert bot(server, outbox).tell(started(ABOUT)).done == "sent"
        assert hook(server, outbox).tell(succeeded(ABOUT, 1)).done == "sent"
    assert (len(server.said), len(server.hooked)) == (1, 1)


def test_a_webhook_has_single_messages(server: SlackServer, outbox: Outbox) -> None:
    hook(server, outbox).tell(started(ABOUT))
    hook(server, outbox).tell(succeeded(ABOUT, 75))
    assert ["started" in server.hooked[0].words(), "1 min 15 s" in server.hooked[1].words()] == [True, True]


@pytest.mark.parametrize("answer", [DOWN, None, Answer(200, {"ok": False, "error": "ratelimited"})])
def test_what_could_not_be_told_is_told_by_the_next_run_in_order(
    server: SlackServer, outbox: Outbox, answer: Answer | None
) -> None:
    server.fail("", answer, times=100)
    told = bot(server, outbox).tell(started(ABOUT))
    assert (told.done, bool(told.why)) == ("kept", True)
    assert bot(server, outbox).tell(waiting(ABOUT, "window", "closed")).done == "kept"
    server.troubles.clear()
    assert bot(server, outbox).tell(succeeded(ABOUT, 1)).done == "sent"
    assert [one.history[0].split(":")[1].strip() for one in server.said] == [
        "deployment started",
        "waiting for window",
        "deployed in 1 s",
    ]
    assert outbox.all() == ()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("invalid_auth", "renew SLACK_BOT_TOKEN"),
        ("channel_not_found", "onestack:notify.slack.channel"),
        ("not_in_channel", "invite it"),
        ("missing_scope", "chat:write"),
        ("something_new", "something_new"),
    ],
)
def test_a_refusal_says_what_to_do(server: SlackServer, outbox: Outbox, error: str, says: str) -> None:
    server.fail(POST, Answer(200, {"ok": False, "error": error}))
    told = bot(server, outbox).tell(started(ABOUT))
    assert told.done == "kept"
    assert says in told.why


@pytest.mark.parametrize(("status", "body"), [(404, "no_service"), (403, "invalid_token"), (500, "x")])
def test_a_webhook_that_is_gone_is_said_without_its_address(
    server: SlackServer, outbox: Outbox, status: int, body: str
) -> None:
    server.fail(HOOK, Answer(status, body))
    told = hook(server, outbox).tell(started(ABOUT))
    assert told.done == "kept"
    assert HOOK not in told.why
    written = "".join(path.read_text() for path in outbox.folder.glob("*.json"))
    assert HOOK not in written
    assert "deployment started" in written


def test_nothing_of_the_token_is_kept(server: SlackServer, outbox: Outbox) -> None:
    server.fail(POST, Answer(200, {"ok": False, "error": f"bad {TOKEN}"}))
    told = bot(server, outbox).tell(started(ABOUT))
    assert "[secret]" in told.why
    assert TOKEN not in told.why + "".join(path.read_text() for path in outbox.folder.rglob("*.json"))


def test_a_message_that_slack_does_not_take_stops_no_other(server: SlackServer, outbox: Outbox) -> None:
    server.fail(POST, Answer(200, {"ok": False, "error": "invalid_blocks"}), times=2)
    assert bot(server, outbox).tell(started(ABOUT)).done == "kept"
    assert bot(server, outbox).tell(started(SECOND)).done == "sent"
    assert [kept.message.deployment for kept in outbox.all()] == ["prod-1"]


def test_an_answer_that_was_lost_doubles_nothing(server: SlackServer, outbox: Outbox) -> None:
    """Once the channel is known, the bot looks for the message in it."""
    bot(server, outbox).tell(started(ABOUT))
    server.fail(POST, done=True)
    assert bot(server, outbox).tell(started(SECOND)).done == "kept"
    assert bot(server, outbox).tell(started(SECOND)).done == "sent"
    assert len(server.said) == 2
    bot(server, outbox).tell(succeeded(SECOND, 1))
    assert server.said[-1].thread == server.said[1].ts


def test_in_a_thread_it_is_looked_for_there(server: SlackServer, outbox: Outbox) -> None:
    bot(server, outbox).tell(started(ABOUT))
    server.fail(POST, done=True)
    bot(server, outbox).tell(succeeded(ABOUT, 1))
    assert bot(server, outbox).tell(succeeded(ABOUT, 1)).done == "sent"
    assert len(server.said) == 2
    assert "deployed in 1 s" in server.said[0].words()


@pytest.mark.parametrize("by_bot", [True, False])
def test_where_it_can_not_be_looked_for_it_is_told_again_and_that_is_said(
    server: SlackServer, outbox: Outbox, by_bot: bool
) -> None:
    """Nothing lost is worth more than nothing twice; of a webhook nobody can ask, nor without the scope."""
    server.readable = False
    tell = bot if by_bot else hook
    server.fail(f"{POST}|{HOOK}", done=True)
    tell(server, outbox).tell(started(ABOUT))
    tell(server, outbox).tell(started(ABOUT))
    said = server.said or server.hooked
    assert len(said) == 2
    assert "told again" in said[1].words()


def test_a_slow_slack_is_not_waited_for(
    server: SlackServer, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestack.notify.channel.SECONDS", 0.2)
    release = threading.Event()
    server.fail("", until=release, times=10)
    assert bot(server, outbox).tell(started(ABOUT)).done == "kept"
    assert len(server.asked) <= 1
    release.set()


def test_a_disk_that_takes_nothing_keeps_nobody_from_telling(server: SlackServer, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    told = bot(server, Outbox(tmp_path / "outbox")).tell(started(ABOUT))
    assert told.done == "sent"
    assert "outbox" in told.why
    server.fail(POST, DOWN)
    assert bot(server, Outbox(tmp_path / "outbox")).tell(started(SECOND)).done == "dropped"


@pytest.mark.parametrize("step", ["remember", "drop"])
def test_a_disk_that_gets_full_doubles_nothing(
    server: SlackServer, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It was told, and that can't be written down any more."""
    bot(server, outbox).tell(started(SECOND))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, step, full)
        assert bot(server, outbox).tell(started(ABOUT)).done == "kept"
    assert bot(server, outbox).tell(succeeded(ABOUT, 1)).done == "sent"
    assert [one.id for one in server.said] == [started(SECOND).id, started(ABOUT).id, succeeded(ABOUT, 1).id]


def test_a_refusal_does_not_make_it_known_that_an_earlier_try_failed(
    server: SlackServer, outbox: Outbox
) -> None:
    server.readable = False
    server.fail(HOOK, done=True)
    hook(server, outbox).tell(started(ABOUT))
    server.fail(HOOK, Answer(403, "invalid_token"))
    hook(server, outbox).tell(started(ABOUT))
    assert hook(server, outbox).tell(started(ABOUT)).done == "sent"
    assert "told again" in server.hooked[-1].words()


KILLED = """
import os, sys
from pathlib import Path
from onestack.notify import About, Outbox, Slack, SlackSettings, started
at, step = sys.argv[2], getattr(Outbox, sys.argv[2])
calls = [int(sys.argv[3])]
def dies(self, *given, **more):
    calls[0] -= 1
    if calls[0] < 0:
        os.kill(os.getpid(), 9)
    return step(self, *given, **more)
setattr(Outbox, at, dies)
about = About("prod-1", "prod", "c" * 40, "Fix it", "ada")
slack = Slack.from_environment(os.environ, SlackSettings(channel="#deployments"), Outbox(Path(sys.argv[1])))
slack.tell(started(about))
"""


@pytest.mark.parametrize(("step", "after"), [("keep", 1), ("remember", 0), ("drop", 0)])
def test_a_kill_between_any_two_steps_loses_nothing_and_doubles_nothing(
    server: SlackServer, outbox: Outbox, step: str, after: int
) -> None:
    bot(server, outbox).tell(started(SECOND))
    command = [sys.executable, "-c", KILLED, str(outbox.folder), step, str(after)]
    done = subprocess.run(command, env=os.environ | server.environ(), check=False)
    assert done.returncode == -9
    assert len(outbox.all()) == 1
    assert bot(server, outbox).tell(succeeded(ABOUT, 1)).done == "sent"
    assert [one.id for one in server.said] == [
        started(SECOND).id,
        started(ABOUT).id,
        succeeded(ABOUT, 1).id,
    ]
    assert server.said[2].thread == server.said[1].ts


def test_what_the_environment_says(outbox: Outbox) -> None:
    def by(environ: dict[str, str], settings: SlackSettings | None) -> Slack | None:
        return Slack.from_environment(environ, settings, outbox)

    assert by({}, SETTINGS) is None
    assert by({"SLACK_BOT_TOKEN": TOKEN}, None) is None
    assert by({"SLACK_BOT_TOKEN": TOKEN}, SETTINGS) is not None
    assert by({"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x"}, SETTINGS) is not None
    with pytest.raises(SlackMisconfigured, match="names no channel"):
        by({"SLACK_BOT_TOKEN": TOKEN}, SlackSettings())
    for environ in (
        {"SLACK_WEBHOOK_URL": "http://hooks.slack.com/services/T/B/x"},
        {"SLACK_BOT_TOKEN": TOKEN, "SLACK_API_URL": "http://slack.com/api/"},
    ):
        with pytest.raises(SlackMisconfigured, match="https") as found:
            by(environ, SETTINGS)
        assert "T/B/x" not in str(found.value)


@pytest.mark.parametrize("way", [bot, hook])
@pytest.mark.parametrize("body", ["<html>Log in first</html>", '{"ok":', [1]])
def test_what_is_no_answer_of_slack_loses_nothing(
    server: SlackServer, outbox: Outbox, way: Callable[[SlackServer, Outbox], Slack], body: object
) -> None:
    """A proxy's page looks as if all were well."""
    server.fail(".", Answer(200, body))
    told = way(server, outbox).tell(started(ABOUT))
    assert told.done == "kept"
    assert "proxy" in told.why or body == [1]
    assert way(server, outbox).tell(started(ABOUT)).done == "sent"
    assert len(server.said) + len(server.hooked) == 1


def test_a_refusal_that_nobody_knows_keeps_no_other_message_back(server: SlackServer, outbox: Outbox) -> None:
    server.fail(POST, Answer(200, {"ok": False, "error": "a_new_one"}), times=2)
    assert bot(server, outbox).tell(started(ABOUT)).done == "kept"
    assert bot(server, outbox).tell(started(SECOND)).done == "sent"
    assert [one.history for one in server.said] == [[started(SECOND).text]]


def test_a_thread_in_a_channel_that_is_given_up_is_not_gone_on_with(
    server: SlackServer, outbox: Outbox
) -> None:
    """Slack would refuse it for as long as it is kept, and all that is told after it."""
    outbox.remember(started(ABOUT), Thread("C0000000009", "1.0", "#abandoned"))
    assert bot(server, outbox).tell(failed(ABOUT, "x")).done == "sent"
    assert [one.thread for one in server.said] == [None]


def test_a_broken_file_in_the_outbox_stops_nothing(server: SlackServer, outbox: Outbox) -> None:
    outbox.folder.mkdir()
    for name, text in {"1": "[" * 60_000, "2": "\0", "3": '{"message": {}}', "4": "[]"}.items():
        (outbox.folder / f"{name}.json").write_text(text)
    assert bot(server, outbox).tell(started(ABOUT)).done == "sent"


def test_an_answer_that_trickles_is_not_waited_for(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its bytes comes in time, all of them don't."""
    monkeypatch.setattr("onestack.notify.slack._WHOLE", 0.3)
    with trickling() as address:
        found = Slack.from_environment({"SLACK_WEBHOOK_URL": address}, None, outbox)
        assert found is not None
        told = found.tell(started(ABOUT))
    assert told.done == "kept"
    assert "no whole answer" in told.why
