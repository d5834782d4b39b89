"""What breaks in the cluster itself, halfway: its API server, its store, a webhook, a
namespace. One message at most, and running again ends in what is declared."""

from __future__ import annotations

import base64
import json
import os
import signal
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from onestack.local.plane import Plane, throwaway
from onestack.local.plane.commands import identities
from onestack.local.plane.process import load
from onestack.local.toolchain import Toolchain
from tests.e2e.clone import Clone, Finished, clone
from tests.e2e.test_recovery import is_settled, live, write
from tests.faults.certificate import issue

pytestmark = pytest.mark.e2e

COUNT = 120
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: breakdowns}\n"
FINALIZER = "breakdowns.example.org/hold"
WORDS = "no ConfigMap on a Friday"


class Quiet:
    """Says nothing."""

    def step(self, what: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A repository with a namespace, not deployed; taken down afterwards."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop="breakdowns")
    made.write("manifests/shop/namespace.yaml", SPACE)
    yield made
    made.destroy()


def said(done: Finished, *codes: int) -> str:
    """What a command said, having ended as it may: in one message if it failed."""
    assert done.code in codes, (done.code, done.err)
    assert "Traceback" not in done.out + done.err
    if done.code:
        assert sum(line.startswith("error: ") for line in done.err.splitlines()) == 1, done.err
    return done.err


@pytest.mark.torture
@pytest.mark.parametrize("component", ["kube-apiserver", "etcd"])
@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_a_part_of_the_control_plane_dies_halfway_and_comes_back(
    toolchain: Toolchain, tmp_path: Path, component: str, verb: str
) -> None:
    with throwaway(toolchain) as own, ThreadPoolExecutor() as aside:
        made = clone(tmp_path / "repository", own.kubeconfig)
        made.applications(shop="recovery")
        write(made, COUNT)
        if verb == "destroy":
            made.deploy()
        before = len(live(own))
        running = aside.submit(made.onestack, verb, made.stack)
        while len(live(own)) == before and not running.done():
            pass
        record = load(own.layout.record(component), identities(own.layout)[component])
        assert record is not None
        os.kill(record.pid, signal.SIGKILL)
        assert not running.done()
        own.up(Quiet())
        done = running.result()
        said(done, 0, 1, 4)
        made.deploy()
        is_settled(made, own, "b", COUNT)
        made.destroy()
        assert live(own) == {}


@contextmanager
def refusing(folder: Path) -> Iterator[tuple[str, str]]:
    """A webhook on loopback that refuses everything: its address and whom to trust for it."""

    class Refusal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = {"uid": asked["request"]["uid"], "allowed": False, "status": {"message": WORDS}}
            body = json.dumps({**asked, "request": None, "response": answer}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    folder.mkdir()
    pair = folder / "certificate.pem", folder / "key.pem"
    issue(*pair)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*pair)
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"https://127.0.0.1:{server.server_port}/", pair[0].read_text()
        finally:
            server.shutdown()


@contextmanager
def asked_before(made: Clone, url: str, authority: str) -> Iterator[None]:
    """Lets the API server ask that webhook before it takes one of our ConfigMaps."""
    hook = {
        "name": "refusing.breakdowns.example.org",
        "clientConfig": {"url": url, "caBundle": base64.b64encode(authority.encode()).decode()},
        "rules": [
            {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}
        ],
        "objectSelector": {"matchLabels": {"breakdowns": "refused"}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 5,
    }
    configuration = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "breakdowns"},
        "webhooks": [hook],
    }
    file = made.write("webhook.json", json.dumps(configuration))
    assert made.shell(f"kubectl apply -f {file}").code == 0
    try:
        yield
    finally:
        assert made.shell(f"kubectl delete -f {file}").code == 0


def declare_refused(made: Clone) -> None:
    """A ConfigMap that the webhook is about, among others."""
    made.write(
        "manifests/shop/maps.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: friday, labels: {breakdowns: refused}}\n",
    )


def test_a_webhook_that_refuses_is_told_in_its_own_words(repository: Clone, tmp_path: Path) -> None:
    declare_refused(repository)
    with refusing(tmp_path / "webhook") as (url, authority), asked_before(repository, url, authority):
        message = said(repository.onestack("deploy", repository.stack), 1)
    assert WORDS in message
    assert "friday" in message.partition("error: ")[2]
    repository.deploy()
    assert repository.planned() == {}


@pytest.mark.torture
def test_a_webhook_that_is_down_is_named_with_the_object(repository: Clone, tmp_path: Path) -> None:
    declare_refused(repository)
    with refusing(tmp_path / "webhook") as (url, authority):
        pass
    with asked_before(repository, url, authority):
        message = said(repository.onestack("deploy", repository.stack), 1, 4)
    assert "refusing.breakdowns.example.org" in message
    assert "friday" in message.partition("error: ")[2]
    repository.deploy()
    assert repository.planned() == {}


def is_told_and_mended(made: Clone, holder: str, held: str) -> None:
    """Taking it down ends in a message about ``holder``; without ``held``'s finalizer it succeeds."""
    done = made.onestack("destroy", made.stack)
    loosened = '{"metadata":{"finalizers":null}}'
    loose = made.shell(f"kubectl -n breakdowns patch configmap {held} --type=merge -p '{loosened}'")
    message = said(done, 1).partition("error: ")[2]
    assert loose.code == 0, loose.err
    assert holder in message
    assert FINALIZER in message
    made.destroy()
    assert made.shell("kubectl get namespace breakdowns").code != 0


def test_an_object_that_hangs_on_a_finalizer_is_named_with_it(repository: Clone) -> None:
    repository.write(
        "manifests/shop/map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: held\n"
        f"  finalizers: [{FINALIZER}]\n  annotations: {{pulumi.com/timeoutSeconds: '5'}}\n",
    )
    repository.deploy()
    is_told_and_mended(repository, "ConfigMap breakdowns/held", "held")


@pytest.mark.torture
def test_a_namespace_that_hangs_on_anothers_finalizer_is_named_with_it(repository: Clone) -> None:
    patient = SPACE.replace("breakdowns}", "breakdowns, annotations: {pulumi.com/timeoutSeconds: '20'}}")
    repository.write("manifests/shop/namespace.yaml", patient)
    repository.deploy()
    theirs = repository.write(
        "theirs.yaml",
        "apiVersion: v1\nkind: ConfigMap\n"
        f"metadata: {{name: theirs, namespace: breakdowns, finalizers: [{FINALIZER}]}}\n",
    )
    assert repository.shell(f"kubectl create -f {theirs}").code == 0
    is_told_and_mended(repository, "Namespace breakdowns", "theirs")
