"""What GitHub may do to us: each failure is of its type, says what to do, and never holds the token."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from onestack.comment_marker import marker
from onestack.errors import (
    ForgeDisagrees,
    ForgeForbidden,
    ForgeMissing,
    ForgeTokenRefused,
    ForgeUnavailable,
    OnestackError,
)
from onestack.forge import Forge, place
from tests.stand_ins.github import DOWN, EXPIRED, NO_RIGHTS, SECONDARY, TOKEN, GitHub
from tests.stand_ins.people import User
from tests.stand_ins.server import Answer, trickling
from tests.unit.forge.conftest import HEAD, speaking

DEV = marker("dev")
PULL = "GET .*/pulls/1$"
PRIMARY = Answer(403, {"message": "API rate limit exceeded for installation ID 1."})
LATER = Answer(429, {"message": "Too many requests"}, {"Retry-After": "3600"})
SOON = Answer(429, {"message": "Too many requests"}, {"Retry-After": "0"})


@pytest.mark.parametrize(
    ("answer", "failure", "says"),
    [
        (DOWN, ForgeUnavailable, "run again"),
        (None, ForgeUnavailable, "run again"),
        (Answer(500, {"message": "Server Error"}), ForgeUnavailable, "githubstatus"),
        (SECONDARY, ForgeUnavailable, "run again in 60 s"),
        (LATER, ForgeUnavailable, "run again in 3600 s"),
        (EXPIRED, ForgeTokenRefused, "renew GITHUB_TOKEN"),
        (NO_RIGHTS, ForgeForbidden, "pull-requests: read"),
        (Answer(404, {"message": "Not Found"}), ForgeMissing, "pull-requests: read"),
        (Answer(410, {"message": "Gone"}), ForgeMissing, "check the name"),
        (Answer(422, {"message": "Validation Failed", "errors": [{"message": "no"}]}), ForgeDisagrees, "no"),
    ],
)
def test_failures(
    hub: GitHub, forge: Forge, answer: Answer | None, failure: type[OnestackError], says: str
) -> None:
    hub.fail(PULL, answer, times=100)
    with pytest.raises(failure, match=says) as found:
        forge.pull(1)
    assert found.value.exit_code == (4 if failure is ForgeUnavailable else found.value.exit_code)
    assert TOKEN not in str(found.value)


def test_a_message_that_holds_the_token_is_masked(hub: GitHub, forge: Forge) -> None:
    hub.fail(PULL, Answer(422, {"message": f"bad header: token {TOKEN}\x1b[2J"}))
    with pytest.raises(ForgeDisagrees) as found:
        forge.pull(1)
    assert TOKEN not in str(found.value)
    assert "\x1b" not in str(found.value)
    assert "[secret]" in str(found.value)


@pytest.mark.parametrize("answer", [Answer(500, {"message": "Server Error"}), DOWN, SOON, None])
def test_what_fails_once_is_asked_again(hub: GitHub, forge: Forge, answer: Answer | None) -> None:
    hub.fail(PULL, answer)
    assert forge.pull(1).title == "Fix it"


@pytest.mark.parametrize("answer", [Answer(502, "<html>"), SOON, None])
def test_what_is_written_is_written_once(hub: GitHub, forge: Forge, answer: Answer | None) -> None:
    """It failed before it was done; that it wasn't is looked at."""
    hub.fail("POST", answer)
    forge.comment(1, DEV, "one")
    assert hub.people.bodies(1) == [f"{DEV}\none"]


def test_what_github_refuses_for_its_limits_is_surely_not_done_and_sent_again(
    hub: GitHub, forge: Forge
) -> None:
    """More often than what ends unclearly, and without a look in between."""
    hub.fail("POST .*/comments", SOON, times=4)
    forge.comment(1, DEV, "one")
    assert hub.people.bodies(1) == [f"{DEV}\none"]


def test_a_limit_is_waited_for_only_as_long_as_there_is_patience(hub: GitHub) -> None:
    forge = Forge(place(hub.environ()), patience=0.2, pause=0.001)
    hub.fail(PULL, Answer(429, {"message": "slow down"}, {"Retry-After": "1"}))
    with pytest.raises(ForgeUnavailable, match="it asks to wait 1 s"):
        forge.pull(1)


def test_a_server_that_never_answers_is_given_up(hub: GitHub) -> None:
    forge = Forge(place(hub.environ()), patience=0.5, pause=0.3)
    release = threading.Event()
    hub.fail(PULL, until=release, times=100)
    began = time.monotonic()
    with pytest.raises(ForgeUnavailable):
        forge.pull(1)
    release.set()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("needs", "rights"),
    [
        ("pull-requests: write", {"pull-requests: read"}),
        ("statuses: write", {"pull-requests: write"}),
        ("deployments: write", {"deployments: read"}),
    ],
)
def test_the_right_that_is_missing_is_named(hub: GitHub, needs: str, rights: set[str]) -> None:
    hub.users[TOKEN] = User("ada", rights=frozenset(rights))
    forge = speaking(hub)
    deeds: dict[str, Callable[[], object]] = {
        "pull-requests: write": lambda: forge.comment(1, DEV, "one"),
        "statuses: write": lambda: forge.status(HEAD, "c", "success", "d"),
        "deployments: write": lambda: forge.deployment(HEAD, "dev", "r"),
    }
    with pytest.raises(ForgeForbidden, match=f"permission '{needs}'"):
        deeds[needs]()


def test_a_right_that_we_did_not_expect_is_named_as_github_does(hub: GitHub, forge: Forge) -> None:
    headers = {"X-Accepted-GitHub-Permissions": "organization_administration=write; members=read"}
    hub.fail(PULL, Answer(403, {"message": "Resource not accessible"}, headers))
    with pytest.raises(ForgeForbidden, match="permission 'organization-administration: write'"):
        forge.pull(1)


def test_a_team_that_may_not_be_seen_is_nobodys(hub: GitHub, forge: Forge) -> None:
    hub.people.teams["acme/ops"] = ["ada", "bob"]
    assert forge.team_members("@acme/ops") == frozenset({"ada", "bob"})
    assert forge.team_members("acme/none") is None
    hub.users[TOKEN] = User("ada", rights=frozenset({"contents: write"}))
    assert forge.team_members("acme/ops") is None


_ODD = [
    Answer(200, "<html>Log in first</html>"),
    Answer(200, '{"number": 1'),
    Answer(200, None),
    Answer(200, [1, 2]),
    Answer(200, {"message": "Hello"}),
    Answer(202, {"message": "Later"}),
    Answer(301, {"message": "Moved Permanently"}, {"Location": "https://elsewhere.example/repositories/7"}),
    Answer(307, {"message": "Moved"}, {"Location": "/repositories/7"}),
]
_DEEDS: list[Callable[[Forge], object]] = [
    lambda forge: forge.login(),
    lambda forge: forge.pull(1),
    lambda forge: forge.pull_of_head(HEAD),
    lambda forge: forge.pull_of_merge(HEAD),
    lambda forge: forge.comment(1, DEV, "one"),
    lambda forge: forge.status(HEAD, "c", "success", "d"),
    lambda forge: forge.remarks(1),
    lambda forge: forge.deployment_status(forge.deployment(HEAD, "dev", "r"), "success"),
    lambda forge: forge.open_pull_request("fix", "main", "t", "b"),
]


@pytest.mark.parametrize("answer", _ODD, ids=lambda answer: str(answer.status))
def test_what_is_no_answer_of_github_is_an_error_of_ours(hub: GitHub, answer: Answer) -> None:
    """Such as the page of a proxy, whatever is asked, and a repository that was renamed."""
    for deed in _DEEDS:
        hub.troubles.clear()
        hub.fail(".", answer, times=1000)
        forge = Forge(place(hub.environ()), patience=0.2, pause=0.001)
        with pytest.raises((ForgeUnavailable, ForgeMissing)):
            deed(forge)


def test_an_answer_that_trickles_is_given_up(hub: GitHub, forge: Forge) -> None:
    """Each of its bytes comes in time, all of them don't."""
    with trickling() as address, pytest.raises(ForgeUnavailable, match="no whole answer within"):
        Forge(place(hub.environ() | {"GITHUB_API_URL": address}), patience=0.2, pause=0.001).pull(1)
