"""Google Cloud Storage on this machine: fake-gcs-server, and what a test looks for in it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

BUCKET = "acme-states"

_START_SECONDS = 20.0


@dataclass(frozen=True)
class Emulator:
    """``address`` is host and port, as STORAGE_EMULATOR_HOST wants them."""

    address: str

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """A request of its interface that must succeed."""
        done = requests.request(method, f"http://{self.address}{path}", timeout=10, **arguments)
        assert done.ok, done.text
        return done

    def create(self, bucket: str) -> None:
        """Makes a bucket that keeps versions."""
        body = {"name": bucket, "versioning": {"enabled": True}}
        self.call("POST", "/storage/v1/b?project=p", json=body)

    def objects(self, bucket: str, prefix: str = "") -> list[str]:
        """The names of current objects."""
        found = self.call("GET", f"/storage/v1/b/{bucket}/o", params={"prefix": prefix}).json()
        return sorted(one["name"] for one in found.get("items") or ())

    def generations(self, bucket: str, name: str) -> list[str]:
        """All versions of an object, the oldest first."""
        params = {"prefix": name, "versions": "true"}
        found = self.call("GET", f"/storage/v1/b/{bucket}/o", params=params).json()
        return sorted((one["generation"] for one in found["items"] if one["name"] == name), key=int)

    def content(self, bucket: str, name: str, generation: str | None = None) -> bytes:
        """What an object holds, or held."""
        params = {"alt": "media"} | ({"generation": generation} if generation else {})
        place = f"/storage/v1/b/{bucket}/o/{name.replace('/', '%2F')}"
        return self.call("GET", place, params=params).content

    def write(self, bucket: str, name: str, content: bytes) -> None:
        """Makes or replaces an object."""
        params = {"uploadType": "media", "name": name}
        self.call("POST", f"/upload/storage/v1/b/{bucket}/o", params=params, data=content)

    def delete(self, bucket: str, name: str) -> None:
        """Deletes an object."""
        self.call("DELETE", f"/storage/v1/b/{bucket}/o/{name.replace('/', '%2F')}")


@contextmanager
def emulating(program: Path, log: Path) -> Iterator[Emulator]:
    """Runs the emulator on a free port of the loopback address; what it holds is gone afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    arguments = [
        "-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory",
        "-public-host", address, "-external-url", f"http://{address}", "-log-level", "warn",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen([str(program), *arguments], stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, process)
        yield Emulator(address)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the emulator ended by itself"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the emulator doesn't answer on port {port}"
    raise AssertionError(message)
