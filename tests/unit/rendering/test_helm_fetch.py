"""Charts from a real registry and from a repository, both on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from onestack.errors import ChartUnavailable, ToolMissing
from onestack.local.toolchain import Toolchain, ensure
from onestack.manifests.application import Application
from onestack.manifests.reader import read
from onestack.rendering import fetch
from onestack.rendering.options import Options
from onestack.rendering.texts import Texts
from tests.reading import had
from tests.unit.rendering.conftest import ROOT, Write
from tests.unit.rendering.helm_charts import CHART, config_map
from tests.unit.rendering.test_helm_chart import member, packed

ZERO = "sha256:" + "0" * 64
FILE = "manifests/app/helm.yaml"


class _Told:
    def step(self, what: str) -> None:
        print(what, flush=True)  # noqa: T201 - pytest's capture shows it with a failure

    def note(self, text: str) -> None:
        print(text, flush=True)  # noqa: T201 - the same


@dataclass(frozen=True)
class Published:
    """A chart ``demo`` 0.1.0 as an archive, and where it can be fetched."""

    archive: Path
    registry: str
    repository: str

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.archive.read_bytes()).hexdigest()

    @property
    def oci(self) -> str:
        return f"chart: oci://{self.registry}/charts/demo\nnamespace: web\nversion: 0.1.0\n"

    @property
    def indexed(self) -> str:
        return f"chart: demo\nrepository: http://{self.repository}\nnamespace: web\nversion: 0.1.0\n"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base's
        """Says nothing."""


@pytest.fixture(scope="session")
def archive(tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chart")
    (folder / "demo" / "templates").mkdir(parents=True)
    (folder / "demo" / "Chart.yaml").write_text(CHART)
    (folder / "demo" / "values.yaml").write_text("x: chart\n")
    (folder / "demo" / "templates" / "a.yaml").write_text(config_map("a: {{ .Values.x }}"))
    helm(tools, folder, "package", "demo")
    return folder / "demo-0.1.0.tgz"


@contextlib.contextmanager
def serving(folder: Path, more: str = "") -> Iterator[str]:
    """The address of an empty OCI registry that keeps its data in ``folder``."""
    program = ensure(ROOT, _Told(), ("registry",)).path("registry")
    (folder / "config.yml").write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
        f"http: {{addr: '127.0.0.1:0'}}\n{more}"
    )
    environ = {**os.environ, "OTEL_TRACES_EXPORTER": "none"}
    command = [str(program), "serve", str(folder / "config.yml")]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            said = (re.search(r"listening on (127\.0\.0\.1:\d+)", line) for line in running.stderr)
            yield next(match[1] for match in said if match)
        finally:
            running.terminate()
            running.stderr.read()


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry that wants no login."""
    with serving(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture(scope="session")
def repository_address(archive: Path, tools: Toolchain) -> Iterator[str]:
    """The address of a Helm repository."""
    helm(tools, archive.parent, "repo", "index", ".")
    handler = partial(_Quiet, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def published(archive: Path, registry: str, repository_address: str, tools: Toolchain) -> Published:
    helm(tools, archive.parent, "push", archive.name, f"oci://{registry}/charts", "--plain-http")
    return Published(archive, registry, repository_address)


@pytest.fixture
def options(repository: Path, tools: Toolchain, published: Published, tmp_path: Path) -> Options:
    hosts = frozenset((published.registry, published.repository))
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache", hosts)


def helm(tools: Toolchain, folder: Path, *arguments: str) -> str:
    environ = {name: str(folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    command = [str(tools.path("helm")), *arguments]
    return subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, text=True).stdout


def rendered(options: Options) -> Texts:
    return had([Application("app")], options)


def data(found: Texts) -> Any:
    assert [str(problem) for problem in found.problems] == []
    (text,) = found.texts
    assert (text.file, text.rendered) == (FILE, True)
    return read(text.content, text.file).documents[0].value["data"]


def problem(found: Texts) -> str:
    assert not found.texts
    (only,) = found.problems
    return str(only)


@pytest.mark.parametrize("kind", ["oci", "indexed"])
def test_a_pinned_chart_is_fetched_once(
    write: Write, options: Options, published: Published, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("app/helm.yaml", f"{getattr(published, kind)}digest: {published.digest}\n")
    assert data(rendered(options)) == {"a": "chart"}

    def unreachable(*_: object) -> None:
        raise AssertionError("it was fetched again")

    monkeypatch.setattr(fetch, "_fetched", unreachable)
    write("app/values.yaml", "x: ours\n")
    assert data(rendered(options)) == {"a": "ours"}


@pytest.mark.parametrize(("kind", "key"), [("oci", "chart"), ("indexed", "repository")])
def test_a_host_must_be_allowed(
    write: Write, options: Options, published: Published, kind: str, key: str
) -> None:
    write("app/helm.yaml", f"{getattr(published, kind)}digest: {published.digest}\n")
    assert data(rendered(options)) == {"a": "chart"}
    # Also where it is kept: what is said is the same on every machine.
    line = {"chart": "1:8", "repository": "2:13"}[key]
    host = {"chart": published.registry, "repository": published.repository}[key]
    assert problem(rendered(replace(options, hosts=frozenset()))) == (
        f"{FILE}:{line}: nothing may be fetched from {host}; add the host to rendering.allowedHosts in the "
        "stack's settings, or put the chart into git"
    )


def test_offline_takes_what_is_kept_and_fetches_nothing(
    write: Write, options: Options, published: Published
) -> None:
    offline = replace(options, hosts=frozenset(), offline=True)
    write("app/helm.yaml", f"{published.oci}digest: {published.digest}\n")
    with pytest.raises(ChartUnavailable) as caught:
        rendered(offline)
    assert caught.value.why == "nothing is fetched now, and no earlier run has kept it"
    assert data(rendered(options)) == {"a": "chart"}
    write("app/values.yaml", "x: ours\n")
    assert data(rendered(offline)) == {"a": "ours"}


def test_without_a_digest_the_one_to_write_is_said(
    write: Write, options: Options, published: Published
) -> None:
    write("app/helm.yaml", published.oci)
    assert problem(rendered(options)) == (
        f"{FILE}:1:1: oci://{published.registry}/charts/demo 0.1.0 has no digest; write "
        f"'digest: {published.digest}', which it has now"
    )


@pytest.mark.parametrize("kind", ["oci", "indexed"])
def test_another_digest_is_refused(write: Write, options: Options, published: Published, kind: str) -> None:
    write("app/helm.yaml", f"{getattr(published, kind)}digest: {ZERO}\n")
    said = problem(rendered(options))
    assert f"has the digest {published.digest}, not {ZERO}; find out why it has changed" in said
    assert said == problem(rendered(options))


def test_an_archive_that_was_spoilt_in_the_cache_is_fetched_again(
    write: Write, options: Options, published: Published
) -> None:
    write("app/helm.yaml", f"{published.oci}digest: {published.digest}\n")
    assert data(rendered(options)) == {"a": "chart"}
    (kept,) = (options.cache / "charts").iterdir()
    kept.write_bytes(b"spoilt")
    write("app/values.yaml", "x: ours\n")
    assert data(rendered(options)) == {"a": "ours"}
    assert kept.read_bytes() == published.archive.read_bytes()


def test_the_users_login_to_a_registry_counts(
    write: Write,
    options: Options,
    published: Published,
    tools: Toolchain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "private"
    (folder / "line" / "templates").mkdir(parents=True)
    (folder / "line" / "Chart.yaml").write_text(CHART)
    (folder / "line" / "templates" / "a.yaml").write_text('x: {{ htpasswd "me" "mine" }}')
    printed = helm(tools, folder, "template", "line")
    (folder / "users").write_text(printed.partition("x: ")[2])
    auth = f"auth: {{htpasswd: {{realm: here, path: {folder}/users}}}}\n"
    with serving(folder, auth) as host:
        login = ("--registry-config", "login.json", "--plain-http")
        helm(tools, folder, "registry", "login", host, "--username", "me", "--password", "mine", *login)
        helm(tools, folder, "push", str(published.archive), f"oci://{host}/charts", *login)
        text = published.oci.replace(published.registry, host)
        write("app/helm.yaml", f"{text}digest: {published.digest}\n")
        allowed = replace(options, hosts=frozenset((host,)))
        monkeypatch.setenv("HELM_REGISTRY_CONFIG", str(folder / "none.json"))
        with pytest.raises(ChartUnavailable) as caught:
            rendered(allowed)
        assert "basic credential not found" in caught.value.why
        monkeypatch.setenv("HELM_REGISTRY_CONFIG", str(folder / "login.json"))
        assert data(rendered(allowed)) == {"a": "chart"}


def test_a_chart_that_is_not_there_is_unavailable(
    write: Write, options: Options, published: Published
) -> None:
    write("app/helm.yaml", published.oci.replace("0.1.0", "0.2.0") + f"digest: {ZERO}\n")
    with pytest.raises(ChartUnavailable) as caught:
        rendered(options)
    assert caught.value.exit_code == 4
    assert caught.value.what == (
        f"the chart oci://{published.registry}/charts/demo 0.2.0 of application 'app' can't be fetched"
    )
    assert caught.value.where == FILE
    assert "0.2.0: not found" in caught.value.why


@pytest.mark.parametrize("kind", ["oci", "indexed"])
def test_a_host_that_does_not_answer_is_unavailable(
    write: Write, options: Options, published: Published, kind: str
) -> None:
    with socket.socket() as bound:  # bound and not listening: refused, and no one else's
        bound.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{bound.getsockname()[1]}"
        there = published.registry if kind == "oci" else published.repository
        text = getattr(published, kind).replace(there, host)
        write("app/helm.yaml", f"{text}digest: {published.digest}\n")
        with pytest.raises(ChartUnavailable) as caught:
            rendered(replace(options, hosts=frozenset((host,))))
    assert caught.value.exit_code == 4
    assert "connection refused" in caught.value.why


def test_an_archive_that_leads_out_is_refused_before_helm_sees_it(
    write: Write, options: Options, published: Published, tmp_path: Path
) -> None:
    evil = packed(member("demo/Chart.yaml", CHART.encode()), member("demo/../../../x"))
    digest = "sha256:" + hashlib.sha256(evil).hexdigest()
    index = (published.archive.parent / "index.yaml").read_text()
    (published.archive.parent / "evil-0.1.0.tgz").write_bytes(evil)
    index = index.replace("demo-0.1.0.tgz", "evil-0.1.0.tgz").replace(published.digest[7:], digest[7:])
    other = published.archive.parent / "other"
    other.mkdir()
    (other / "index.yaml").write_text(index)
    (other / "evil-0.1.0.tgz").write_bytes(evil)
    text = published.indexed.replace(published.repository, f"{published.repository}/other")
    write("app/helm.yaml", f"{text}digest: {digest}\n")
    assert problem(rendered(options)) == (
        f"{FILE}:1:8: 'demo/../../../x': the archive has a file that would be unpacked outside its folder; "
        "don't use it"
    )


def test_a_chart_that_is_too_large_is_refused(
    write: Write, options: Options, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "ARCHIVE_BYTES", 10)
    write("app/helm.yaml", f"{published.oci}digest: {published.digest}\n")
    assert problem(rendered(options)) == (
        f"{FILE}:1:8: oci://{published.registry}/charts/demo 0.1.0 has more than 0 MiB; use a chart without "
        "what no template needs"
    )


def test_an_archive_in_the_repository_needs_no_host(
    write: Write, options: Options, published: Published
) -> None:
    write("app/demo.tgz", "").write_bytes(published.archive.read_bytes())
    write("app/helm.yaml", "chart: demo.tgz\nnamespace: web\n")
    assert data(rendered(replace(options, hosts=frozenset()))) == {"a": "chart"}


def test_without_helm_nothing_is_fetched(write: Write, options: Options, published: Published) -> None:
    def gone(name: str) -> Path:
        raise ToolMissing(name, "the test took it away")

    write("app/helm.yaml", f"{published.oci}digest: {published.digest}\n")
    with pytest.raises(ToolMissing):
        rendered(replace(options, tools=gone))
