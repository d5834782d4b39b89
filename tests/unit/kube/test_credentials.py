"""Credential plugins and token files, with real processes and files."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from onestack.errors import CredentialsUnavailable
from onestack.kube.connection import Connection
from onestack.kube.credentials import Credentials
from tests.unit.kube.fake_api_server import FakeApiServer, Reply, failure

V1 = "client.authentication.k8s.io/v1"
SECRET = "plugin-token-value"


def plugin(folder: Path, script: str) -> str:
    """A plugin that also counts its runs."""
    path = folder / "plugin"
    path.write_text(f"#!/bin/sh\necho run >> {folder}/runs\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def credential(status: object, api_version: str = V1) -> str:
    """The script of a plugin that prints this."""
    printed = {"apiVersion": api_version, "kind": "ExecCredential", "status": status}
    return f"cat <<'END'\n{json.dumps(printed)}\nEND"


def printing(folder: Path, status: object) -> str:
    return plugin(folder, credential(status))


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines())


def connection(server: FakeApiServer, command: str, **more: object) -> Connection:
    return server.connection(exec={"apiVersion": V1, "command": command, **more})


async def test_plugin_is_run_once_for_many_requests(server: FakeApiServer, tmp_path: Path) -> None:
    server.on("GET /version", Reply(200, {}))
    end = "2999-01-01T00:00:00Z"
    command = printing(tmp_path, {"token": SECRET, "expirationTimestamp": end})
    async with server.client(connection(server, command)) as client:
        await asyncio.gather(*(client.request("GET", "/version") for _ in range(5)))
    assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {SECRET}"}
    assert runs(tmp_path) == 1


async def test_expired_proof_is_fetched_again(server: FakeApiServer, tmp_path: Path) -> None:
    command = printing(tmp_path, {"token": SECRET, "expirationTimestamp": "2001-01-01T00:00:00Z"})
    credentials = Credentials(connection(server, command))
    await credentials.current()
    await credentials.current()
    assert runs(tmp_path) == 2


async def test_refused_proof_is_fetched_again_once(server: FakeApiServer, tmp_path: Path) -> None:
    server.on("GET /version", failure(401, "Unauthorized"), Reply(200, {"ok": 1}))
    async with server.client(connection(server, printing(tmp_path, {"token": SECRET}))) as client:
        assert await client.request("GET", "/version") == {"ok": 1}
    assert runs(tmp_path) == 2


async def test_plugin_is_told_of_the_cluster_and_its_variables(server: FakeApiServer, tmp_path: Path) -> None:
    script = f'echo "$KUBERNETES_EXEC_INFO" > {tmp_path}/info; echo "$1 $OWN" > {tmp_path}/args; exit 1'
    more = {"args": ["login"], "env": [{"name": "OWN", "value": "v"}], "provideClusterInfo": True}
    with pytest.raises(CredentialsUnavailable):
        await Credentials(connection(server, plugin(tmp_path, script), **more)).current()
    info = json.loads((tmp_path / "info").read_text())
    assert info["spec"] == {"interactive": False, "cluster": {"server": server.url}}
    assert (tmp_path / "args").read_text() == "login v\n"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (f"echo {SECRET}; echo {SECRET} >&2; exit 3", "exit code 3"),
        (f"echo {SECRET}", "isn't JSON"),
        (f"echo '[\"{SECRET}\"]'", "isn't an ExecCredential"),
        (credential({}), "neither a token"),
        (credential({"token": 1}), "isn't text"),
        (credential({"token": "t"}, "other/v1"), "another apiVersion"),
        (credential({"token": "t", "expirationTimestamp": "soon"}), "RFC 3339"),
    ],
)
async def test_plugin_that_fails(
    server: FakeApiServer, tmp_path: Path, script: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    command = plugin(tmp_path, script)
    with pytest.raises(CredentialsUnavailable, match=says) as caught:
        await Credentials(connection(server, command)).current()
    assert command in caught.value.message()
    assert SECRET not in caught.value.message()
    assert caught.value.exit_code == 4
    assert SECRET not in "".join(capfd.readouterr())


async def test_plugin_that_hangs_is_ended(server: FakeApiServer, tmp_path: Path) -> None:
    command = plugin(tmp_path, "exec sleep 1000")
    with pytest.raises(CredentialsUnavailable, match="no answer within"):
        await Credentials(connection(server, command), plugin_seconds=0.2).current()


async def test_plugin_that_is_not_there_gives_its_install_hint(server: FakeApiServer) -> None:
    with pytest.raises(CredentialsUnavailable, match="install me") as caught:
        await Credentials(connection(server, "no-such-plugin", installHint="install me")).current()
    assert "No such file" in caught.value.why


async def test_token_file_is_read_again_when_refused(server: FakeApiServer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old\n")
    server.on("GET /version", failure(401, "Unauthorized"), Reply(200, {}))
    credentials = server.connection(tokenFile=str(file), token="ignored")
    async with server.client(credentials) as client:
        await client.request("GET", "/version")
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer old"] * 2


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
async def test_token_file_that_is_unusable(
    server: FakeApiServer, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CredentialsUnavailable, match="token file"):
        await Credentials(server.connection(tokenFile=str(file))).current()


async def test_basic_auth(server: FakeApiServer) -> None:
    server.on("GET /version", Reply(200, {}))
    async with server.client(server.connection(username="a", password="b")) as client:
        await client.request("GET", "/version")
    assert server.asked[0].headers["Authorization"] == "Basic YTpi"
