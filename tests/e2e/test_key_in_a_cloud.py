"""A stack whose secrets are encrypted with a key in a cloud: nobody has a passphrase.

The engine reaches Google's keys in a way that can't be sent elsewhere. It treats every key in a cloud alike,
so here it is one of Vault's, of which a stand-in is a few lines.
"""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone
from tests.e2e.gcs import BUCKET, Emulator
from tests.e2e.leaks import canary, leaking

pytestmark = pytest.mark.e2e

NAMESPACE = "keyed"
KEY = "hashivault://team"
MANIFESTS = (
    f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {NAMESPACE}}}\n---\n"
    "apiVersion: v1\nkind: Secret\nmetadata: {name: shop}\nstringData: {password: '${secrets:password}'}\n"
)


@dataclass
class Vault:
    """Turns a text around and back, for those who name the right key; ``asked`` is what it was asked for."""

    url: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, body: dict[str, str]) -> dict[str, str]:
        """The data of an answer (https://developer.hashicorp.com/vault/api-docs/secret/transit)."""
        self.asked.append(path)
        if path == "/v1/transit/encrypt/team":
            return {"ciphertext": f"vault:v1:{body['plaintext'][::-1]}"}
        assert path == "/v1/transit/decrypt/team", path
        return {"plaintext": body["ciphertext"].removeprefix("vault:v1:")[::-1]}


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    made = Vault()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = json.dumps({"data": made.answer(self.path, body)}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("VAULT_SERVER_URL", made.url)
    monkeypatch.setenv("VAULT_SERVER_TOKEN", "none")
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def repository(tmp_path: Path, plane: Plane, bucket: Emulator, vault: Vault) -> Iterator[Clone]:
    made = clone(tmp_path / "repository", plane.kubeconfig, "keyed")
    made.applications(shop=NAMESPACE)
    made.write("manifests/shop/all.yaml", MANIFESTS)
    file = made.root / "stacks/Pulumi.keyed.yaml"
    file.write_text(yaml.safe_dump({"secretsprovider": KEY, **yaml.safe_load(file.read_text())}))
    yield made
    made.destroy()


def settings(made: Clone) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load((made.root / "stacks/Pulumi.keyed.yaml").read_text())
    return found


def test_secrets_are_encrypted_with_the_key_and_nobody_needs_a_passphrase(
    repository: Clone, bucket: Emulator, vault: Vault, tmp_path: Path
) -> None:
    secret = canary()
    (tmp_path / "value").write_text(secret.value)
    init = repository.shell(f"pulumi stack init keyed --secrets-provider={KEY}")
    assert init.code == 0, init.err
    held = repository.shell(f"pulumi config set --secret secrets:password < {tmp_path / 'value'}")
    assert held.code == 0, held.err
    found = settings(repository)
    assert (found["secretsprovider"], "encryptionsalt" in found) == (KEY, False)
    assert base64.b64decode(str(found["encryptedkey"])).startswith(b"vault:v1:")

    repository.deploy()
    live = repository.shell(f"kubectl -n {NAMESPACE} get secret shop -o jsonpath={{.data.password}}")
    assert base64.b64decode(live.out.splitlines()[-1]).decode() == secret.value
    assert settings(repository) == found

    theirs = Clone(tmp_path / "theirs", "keyed")
    shutil.copytree(repository.root, theirs.root, ignore=shutil.ignore_patterns(".onestack"))
    assert theirs.planned() == {}
    assert not secret.leaks(bucket.content(BUCKET, ".pulumi/stacks/onestack/keyed.json"))
    assert leaking([secret], [repository.root, theirs.root]) == []
    assert "/v1/transit/encrypt/team" in vault.asked


def test_a_new_stack_is_made_with_the_key_that_its_file_names(repository: Clone, vault: Vault) -> None:
    repository.write("manifests/shop/all.yaml", MANIFESTS.partition("---")[0])
    repository.deploy()
    found = settings(repository)
    assert (found["secretsprovider"], "encryptionsalt" in found) == (KEY, False)
    assert "encryptedkey" in found
    assert "/v1/transit/encrypt/team" in vault.asked
