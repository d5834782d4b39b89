"""A stand-in for Google Cloud's storage and key management, as far as the home of a state needs them.

It is not Google: it keeps what it is sent in memory, refuses what Google's own descriptions of the two
interfaces don't allow, and fails as it is told to, in Google's form.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.discovery import interface

Document = dict[str, Any]
_KMS: Final = re.compile(
    r"/v1/(projects/[^/]+/locations/[^/]+)/keyRings(?:/([^/]+))?(/cryptoKeys(?:/([^/]+))?)?"
)
_BUCKET: Final = re.compile(r"/storage/v1/b(?:/([^/]+))?(/o(?:/(.+))?)?")


@dataclass(frozen=True)
class Asked:
    """A request that arrived. ``path`` is decoded, ``sent`` is it as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Document | None
    authorization: str | None
    sent: str


@dataclass
class Trouble:
    """An answer in the place of the right one, ``times`` times; ``done`` does what was asked before it."""

    method: str
    path: str
    status: int
    body: Document
    times: int = 1
    done: bool = False
    seconds: float = 0


@dataclass
class Google:
    """``buckets`` are by name, with the project that owns each; ``rings`` and ``keys`` by full name."""

    buckets: dict[str, tuple[str, Document]] = field(default_factory=dict)
    objects: dict[str, dict[str, bytes]] = field(default_factory=dict)
    rings: set[str] = field(default_factory=set)
    keys: dict[str, Document] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def wrote(self) -> list[str]:
        """The requests that change something."""
        return [f"{one.method} {one.path}" for one in self.asked if one.method != "GET"]

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What is answered, and what becomes of it."""
        self.asked.append(asked)
        trouble = next((one for one in self.troubles if self._means(one, asked)), None)
        if trouble is None:
            return self._answer(asked)
        trouble.times -= 1
        time.sleep(trouble.seconds)
        if trouble.done:
            self._answer(asked)
        return trouble.status, trouble.body

    @staticmethod
    def _means(one: Trouble, asked: Asked) -> bool:
        return one.times > 0 and one.method == asked.method and re.search(one.path, asked.path) is not None

    def _answer(self, asked: Asked) -> tuple[int, Any]:
        name = "storage.v1" if asked.path.startswith("/storage/") else "cloudkms.v1"
        if problems := interface(name).wrong(asked.method, asked.sent, asked.query, asked.body):
            return 400, refusal(400, "; ".join(problems), "INVALID_ARGUMENT")
        if found := _BUCKET.fullmatch(asked.path):
            bucket, below, key = found.groups()
            if below:
                return self._objects(asked, bucket, key)
            return self._bucket(asked, bucket) if bucket else self._buckets(asked)
        found = _KMS.fullmatch(asked.path)
        assert found is not None
        place, ring, below, key = found.groups()
        return (
            self._keys(asked, f"{place}/keyRings/{ring}", key) if below else self._rings(asked, place, ring)
        )

    def _buckets(self, asked: Asked) -> tuple[int, Any]:
        project = asked.query["project"]
        if asked.method == "GET":
            prefix = asked.query.get("prefix", "")
            owned = [held for owner, held in self.buckets.values() if owner == project]
            return 200, {"items": [one for one in owned if one["name"].startswith(prefix)]}
        assert asked.body is not None
        if asked.body["name"] in self.buckets:
            return 409, refusal(409, "The requested bucket name is not available.", reason="conflict")
        made = {**asked.body, "metageneration": "1", "location": asked.body["location"].upper()}
        self.buckets[asked.body["name"]] = (project, made)
        return 200, made

    def _bucket(self, asked: Asked, name: str) -> tuple[int, Any]:
        if name not in self.buckets:
            return 404, refusal(404, "The specified bucket does not exist.", reason="notFound")
        project, held = self.buckets[name]
        if asked.query.get("ifMetagenerationMatch", held["metageneration"]) != held["metageneration"]:
            return 412, refusal(
                412, "At least one of the pre-conditions did not hold.", reason="conditionNotMet"
            )
        held = {**held, **(asked.body or {}), "metageneration": str(int(held["metageneration"]) + 1)}
        self.buckets[name] = (project, held)
        return 200, held

    def _objects(self, asked: Asked, bucket: str, name: str | None) -> tuple[int, Any]:
        held = self.objects.get(bucket, {})
        if name is None:
            names = sorted(one for one in held if one.startswith(asked.query.get("prefix", "")))
            return 200, {"items": [{"name": one, "generation": "7"} for one in names]}
        if name not in held:
            return 404, refusal(404, f"No such object: {bucket}/{name}", reason="notFound")
        if asked.method == "DELETE":
            if asked.query.get("ifGenerationMatch", "7") != "7":
                return 412, refusal(412, "changed", reason="conditionNotMet")
            del held[name]
            return 204, None
        return 200, held[name]

    def _rings(self, asked: Asked, place: str, ring: str | None) -> tuple[int, Any]:
        name = f"{place}/keyRings/{ring or asked.query['keyRingId']}"
        if ring is None:
            if name in self.rings:
                return 409, refusal(409, f"KeyRing {name} already exists.", "ALREADY_EXISTS")
            self.rings.add(name)
        elif name not in self.rings:
            return 404, refusal(404, f"KeyRing {name} not found.", "NOT_FOUND")
        return 200, {"name": name}

    def _keys(self, asked: Asked, ring: str, key: str | None) -> tuple[int, Any]:
        if ring not in self.rings:
            return 404, refusal(404, f"KeyRing {ring} not found.", "NOT_FOUND")
        name = f"{ring}/cryptoKeys/{key or asked.query['cryptoKeyId']}"
        if key is None:
            if name in self.keys:
                return 409, refusal(409, f"CryptoKey {name} already exists.", "ALREADY_EXISTS")
            self.keys[name] = {**(asked.body or {}), "name": name, "primary": {"state": "ENABLED"}}
        elif name not in self.keys:
            return 404, refusal(404, f"CryptoKey {name} not found.", "NOT_FOUND")
        elif asked.method == "PATCH":
            body = asked.body or {}
            masked = {one: body[one] for one in asked.query["updateMask"].split(",")}
            if "rotationPeriod" in masked and "nextRotationTime" not in {**self.keys[name], **masked}:
                return 400, refusal(400, "next_rotation_time must be set", "INVALID_ARGUMENT")
            self.keys[name] = {**self.keys[name], **masked}
        return 200, self.keys[name]


def refusal(
    status: int, message: str, word: str = "", *, reason: str = "", details: tuple[Document, ...] = ()
) -> Document:
    """A refusal in Google's form: ``word`` is the status of newer interfaces, ``reason`` that of storage."""
    error: Document = {"code": status, "message": message}
    if word:
        error["status"] = word
    if reason:
        error["errors"] = [{"message": message, "domain": "global", "reason": reason}]
    if details:
        error["details"] = list(details)
    return {"error": error}


def information(reason: str, **about: str) -> Document:
    """A detail of a refusal (``google.rpc.ErrorInfo``)."""
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": about,
    }


@contextmanager
def serving(google: Google) -> Iterator[Google]:
    """Serves on a free port of the loopback address, in a thread."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            place = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            asked = Asked(
                self.command,
                unquote(place.path),
                dict(parse_qsl(place.query, keep_blank_values=True)),
                body,
                self.headers.get("Authorization"),
                place.path,
            )
            status, found = google.answer(asked)
            content = (
                found if isinstance(found, bytes) else b"" if found is None else json.dumps(found).encode()
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked gave up waiting
                self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its signature
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    google.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield google
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
