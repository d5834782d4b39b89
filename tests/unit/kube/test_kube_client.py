"""The client against a fake API server that misbehaves on demand."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing

import pytest

from onestack.errors import ApiError, ClusterUnreachable, UsageError
from onestack.kube.client import APPLY, MERGE_PATCH
from onestack.kube.retries import Patience, retrying, worth_repeating
from tests.unit.kube.fake_api_server import Events, FakeApiServer, Reply, failure

MAP = "/api/v1/namespaces/shop/configmaps/web"
MAPS = "/api/v1/namespaces/shop/configmaps"


async def test_answer_is_decoded_and_params_are_sent(server: FakeApiServer) -> None:
    server.on(f"PATCH {MAP}", Reply(200, {"kind": "ConfigMap"}))
    async with server.client() as client:
        answer = await client.request(
            "PATCH", MAP, params={"fieldManager": "us & them"}, body={"a": 1}, content_type=APPLY
        )
    assert answer == {"kind": "ConfigMap"}
    asked = server.asked[0]
    assert asked.query == {"fieldManager": "us & them"}
    assert asked.body == b'{"a":1}'
    assert asked.headers["Content-Type"] == APPLY
    assert asked.headers["User-Agent"] == "onestack-test"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_busy_server_is_asked_again(server: FakeApiServer, status: int) -> None:
    server.on(
        f"GET {MAP}", failure(status, "TooManyRequests"), failure(status, "x"), Reply(200, {"ok": True})
    )
    async with server.client() as client:
        assert await client.request("GET", MAP) == {"ok": True}
    assert server.count(f"GET {MAP}") == 3


async def test_retry_after_is_honoured_up_to_a_limit() -> None:
    answers = [ApiError(429, "", "", retry_after=7.0), ApiError(429, "", "", retry_after=86400.0), None]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    attempts = retrying(Patience(), repeatable=False, reached=lambda: True, seen=lambda _: None)
    async for attempt in attempts.copy(sleep=sleep):
        with attempt:
            if answer := answers.pop(0):
                raise answer
    assert slept == [7.0, 30.0]


async def test_retries_are_bounded(server: FakeApiServer) -> None:
    server.on(f"GET {MAP}", failure(503, "ServiceUnavailable", "apiserver is shutting down"))
    async with server.client(patience=Patience(attempts=4, first_wait=0.001, longest_wait=0.001)) as client:
        with pytest.raises(ApiError, match="shutting down") as caught:
            await client.request("GET", MAP)
    assert caught.value.status == 503
    assert server.count(f"GET {MAP}") == 4


async def test_create_is_not_repeated_after_an_unsure_failure(server: FakeApiServer) -> None:
    server.on(f"POST {MAPS}", failure(504, "Timeout"), Reply(201, {}))
    async with server.client() as client:
        with pytest.raises(ApiError):
            await client.request("POST", MAPS, body={})
        await client.request("POST", MAPS, body={})
    assert server.count(f"POST {MAPS}") == 2


async def test_conflict_is_not_repeated(server: FakeApiServer) -> None:
    server.on(f"PATCH {MAP}", failure(409, "Conflict", 'conflict with "kubectl": .data.a'))
    async with server.client() as client:
        with pytest.raises(ApiError, match="kubectl") as caught:
            await client.request("PATCH", MAP, body={}, content_type=APPLY)
    assert caught.value.reason == "Conflict"
    assert server.count(f"PATCH {MAP}") == 1


@pytest.mark.parametrize(
    ("method", "content_type", "times"),
    [
        ("GET", APPLY, 2),
        ("PATCH", APPLY, 2),
        ("DELETE", APPLY, 2),
        ("POST", APPLY, 1),
        ("PATCH", MERGE_PATCH, 1),
    ],
)
async def test_lost_connection(server: FakeApiServer, method: str, content_type: str, times: int) -> None:
    server.on(f"{method} {MAP}", Reply(drop=True), Reply(200, {}))
    async with server.client() as client:
        if times == 1:
            with pytest.raises(ClusterUnreachable, match="closed the connection"):
                await client.request(method, MAP, body={}, content_type=content_type)
        else:
            await client.request(method, MAP, content_type=content_type)
    # aiohttp itself doesn't repeat these: the first connection of a pool isn't a reused one.
    assert server.count(f"{method} {MAP}") == times


def test_refused_connection_is_repeated_even_for_a_create() -> None:
    assert worth_repeating(ClusterUnreachable("s", "refused", sent=False), repeatable=False)
    assert not worth_repeating(ClusterUnreachable("s", "reset", sent=True), repeatable=False)
    assert not worth_repeating(ClusterUnreachable("s", "bad certificate", final=True), repeatable=True)


async def test_server_that_is_not_there(server: FakeApiServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with server.client() as client:
            with pytest.raises(ClusterUnreachable) as caught:
                await client.request("POST", MAPS, body={})
    assert server.url in caught.value.message()
    assert "refused" in caught.value.why.lower()
    assert caught.value.exit_code == 4


async def test_silent_server_ends_in_time(server: FakeApiServer) -> None:
    server.on(f"GET {MAP}", Reply(hang=True))
    async with server.client(request_seconds=0.05) as client:
        with pytest.raises(ClusterUnreachable, match=r"no complete answer within 0\.05 seconds"):
            await client.request("GET", MAP)


async def test_time_limit_names_the_last_failure(server: FakeApiServer) -> None:
    server.on(f"GET {MAP}", Reply(429, b"busy", {"Retry-After": "20"}))
    async with server.client(request_seconds=0.1) as client:
        with pytest.raises(ApiError, match="busy"):
            await client.request("GET", MAP)


async def test_waiting_for_a_place_does_not_count_as_time(server: FakeApiServer) -> None:
    server.on(f"GET {MAP}", Reply(200, {}))
    async with server.client(parallel=1, request_seconds=5) as client:
        answers = await asyncio.gather(*(client.request("GET", MAP) for _ in range(50)))
    assert len(answers) == 50


async def test_not_json(server: FakeApiServer) -> None:
    server.on(f"GET {MAP}", Reply(200, b"<html>Log in to the hotel's network</html>"))
    async with server.client() as client:
        with pytest.raises(ClusterUnreachable, match="isn't a Kubernetes object"):
            await client.request("GET", MAP)


async def test_body_that_is_not_json(server: FakeApiServer) -> None:
    async with server.client() as client:
        with pytest.raises(UsageError, match="can't be sent as JSON"):
            await client.request("POST", MAPS, body={"n": 2**70})
    assert not server.asked


async def test_warnings_reach_the_caller(server: FakeApiServer) -> None:
    header = '299 - "policy/v1beta1 is \\"old\\"", 299 - "unknown field"'
    server.on(f"GET {MAP}", Reply(200, {}, {"Warning": header}))
    heard: list[str] = []
    own: list[str] = []
    async with server.client(on_warning=heard.append) as client:
        await client.request("GET", MAP)
        await client.request("GET", MAP, on_warning=own.append)
    assert heard == ['policy/v1beta1 is "old"', "unknown field"]
    assert own == heard


async def test_large_answer(server: FakeApiServer) -> None:
    server.on(f"GET {MAP}", Reply(200, {"data": "x" * 8_000_000}))
    async with server.client() as client:
        assert len((await client.request("GET", MAP))["data"]) == 8_000_000


async def test_watch_yields_events_of_any_length_until_the_end(server: FakeApiServer) -> None:
    long = {"type": "ADDED", "object": {"data": "x" * 500_000}}
    server.on(f"WATCH {MAPS}", Events(({"type": "BOOKMARK", "object": {}}, long), end=True))
    async with server.client() as client:
        events = [event async for event in client.watch(MAPS, params={"resourceVersion": "5"})]
    assert [event["type"] for event in events] == ["BOOKMARK", "ADDED"]
    assert server.asked[0].query == {"resourceVersion": "5", "watch": "true"}


async def test_watch_error_event(server: FakeApiServer) -> None:
    gone = {
        "type": "ERROR",
        "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"},
    }
    server.on(f"WATCH {MAPS}", Events((gone,)))
    async with server.client() as client:
        with pytest.raises(ApiError, match="too old") as caught:
            async with aclosing(client.watch(MAPS)) as events:
                await anext(events)
    assert caught.value.status == 410


async def test_watch_refused(server: FakeApiServer) -> None:
    server.on(f"WATCH {MAPS}", failure(403, "Forbidden", "may not watch"))
    async with server.client() as client:
        with pytest.raises(ApiError, match="may not watch"):
            await anext(client.watch(MAPS))


async def test_watch_dropped(server: FakeApiServer) -> None:
    server.on(f"WATCH {MAPS}", Events(({"type": "BOOKMARK", "object": {}},), drop=True))
    async with server.client() as client:
        with pytest.raises(ClusterUnreachable):
            _ = [event async for event in client.watch(MAPS)]


async def test_silent_watch_counts_as_dropped(server: FakeApiServer) -> None:
    server.on(f"WATCH {MAPS}", Events(()))
    async with server.client() as client:
        with pytest.raises(ClusterUnreachable, match="fell silent"):
            await anext(client.watch(MAPS, idle_seconds=0.05))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (failure(401, "Unauthorized", "Unauthorized"), "log in again"),
        (failure(403, "Forbidden", "cannot create"), 'create configmaps in namespace "shop"'),
        (failure(404, "NotFound", 'namespaces "shop" not found'), 'declare the namespace "shop"'),
        (failure(409, "AlreadyExists", "already exists"), "import it"),
        (failure(403, "Forbidden", "because it is being terminated"), "wait until it is gone"),
        (Reply(418, b"teapot"), "teapot"),
    ],
)
async def test_refusals_say_what_to_do(server: FakeApiServer, reply: Reply, says: str) -> None:
    server.on(f"POST {MAPS}", reply)
    async with server.client() as client:
        with pytest.raises(ApiError) as caught:
            await client.request("POST", MAPS, body={})
    assert says in caught.value.message()
    assert 'refused to create configmaps in namespace "shop"' in caught.value.message()


async def test_invalid_fields_are_listed_once(server: FakeApiServer) -> None:
    message = 'Deployment.apps "web" is invalid: [spec.replicas: too few, spec.selector: missing]'
    causes = [
        {"field": "spec.replicas", "message": "too few"},
        {"field": "spec.selector", "message": "missing"},
    ]
    server.on(f"POST {MAPS}", failure(422, "Invalid", message, causes=causes))
    async with server.client() as client:
        with pytest.raises(ApiError) as caught:
            await client.request("POST", MAPS, body={})
    assert caught.value.causes() == ("spec.replicas: too few", "spec.selector: missing")
    assert caught.value.message().count("too few") == 1


async def test_retry_after_seconds_of_the_body_lets_a_create_be_repeated(server: FakeApiServer) -> None:
    server.on(f"POST {MAPS}", failure(500, "ServerTimeout", retryAfterSeconds=1), Reply(201, {"made": True}))
    async with server.client(patience=Patience(longest_retry_after=0.001)) as client:
        assert await client.request("POST", MAPS, body={}) == {"made": True}
