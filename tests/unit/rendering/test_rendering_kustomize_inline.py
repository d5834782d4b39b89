"""Entries that are YAML themselves, or paths, or addresses: to Kustomize none of them is two at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run

import pytest

from onestack.errors import ToolMissing
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.node import Node
from onestack.manifests.reader import read
from onestack.rendering.options import Options
from tests.reading import had
from tests.unit.rendering.conftest import Write

TOP = "manifests/app/kustomization.yaml"
CHART = "charts in a kustomization are not supported; write a helm.yaml in an application of its own"
FETCHED = "is fetched from example.com, which is not allowed; put a copy into the repository and name that"
OBJECTS = (
    "this text is no path, and not all of it are objects; write apiVersion, kind and metadata.name, or the "
    "path of a file"
)
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: real}\n"


class Server(ThreadingHTTPServer):
    """Answers everything with a patch, and knows what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"localhost:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(CONFIG_MAP.replace("real", "STOLEN").encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        serving = threading.Thread(target=made.serve_forever)
        serving.start()
        yield made
        made.shutdown()
        serving.join()


def gone(name: str) -> Path:
    raise ToolMissing(name, "nothing is run for this")


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def said(options: Options) -> list[str]:
    return [str(one) for one in had([Application("app", namespace="app")], options).problems]


def test_a_patch_is_no_address(write: Write, options: Options, server: Server) -> None:
    text = f"resources: [a.yaml]\npatchesStrategicMerge: ['http://{server.address}/steal: y']\n"
    write("app/kustomization.yaml", text)
    write("app/a.yaml", CONFIG_MAP)
    assert said(options) == [f"{TOP}:2:25: {OBJECTS}"]
    assert server.asked == []


@pytest.mark.parametrize("field", ["transformers", "generators", "validators", "patchesStrategicMerge"])
@pytest.mark.parametrize("form", ["twice: 1, twice: 2", "? a", "x: !!binary a"])
def test_a_file_is_no_configuration_by_its_name(
    field: str, form: str, write: Write, options: Options, server: Server
) -> None:
    """Kustomize reads the name first; what our reader refuses isn't a path for that."""
    address = f"http:\\x2f\\x2f{server.address}\\x2fsteal"
    name = (
        f'{{apiVersion: builtin, kind: PatchTransformer, metadata: {{name: x}}, path: "{address}", {form}}}'
    )
    write(
        f"app/{name}", "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: x, namespace: x}\n"
    )
    write("app/kustomization.yaml", f"resources: [a.yaml]\n{field}:\n- |-\n  {{{name}}}\n")
    write("app/a.yaml", CONFIG_MAP)
    assert said(options)
    assert server.asked == []


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a b:\u2028c", "'a b:\\u2028c'"), ("a\u0085b", "'a\\x85b'"), ("a\x1b[0m", "'a\\x1b[0m'")],
)
def test_a_path_has_no_characters_that_end_lines(
    path: str, shown: str, write: Write, options: Options
) -> None:
    text = path.encode("unicode_escape").decode()
    write("app/kustomization.yaml", f'resources: ["{text}"]\n')
    what = f"{shown} is no path; name a file with letters, digits, '-', '_' and '.'"
    assert said(options) == [f"{TOP}:1:13: {what}"]


def test_a_configuration_is_built_as_it_was_read(write: Write, options: Options) -> None:
    """What follows the file's end for us can be nothing to Kustomize: it isn't given the file itself."""
    write("app/kustomization.yaml", "resources: [a.yaml]\ntransformers: [t.yaml]\n")
    write("app/a.yaml", CONFIG_MAP)
    write(
        "app/t.yaml",
        "# no comment\napiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\n"
        "prefix: 'p-'\nfieldSpecs: [{path: metadata/name}]\n",
    )
    made = had([Application("app", namespace="app")], options)
    assert [node.value["metadata"]["name"] for node in documents(made.texts[0].content)] == ["p-a"]


def test_a_configuration_is_named_as_nothing_else(write: Write, options: Options) -> None:
    text = "configMapGenerator: [{name: x, files: [t.yaml]}]\ntransformers: [t.yaml]\n"
    write("app/kustomization.yaml", text)
    write("app/t.yaml", "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\nprefix: p-\n")
    what = "the configuration is named as a file, too; name a copy of it"
    assert said(options) == [f"manifests/app/t.yaml: {what}"]


INLINE = """\
resources: [a.yaml]
generators:
- |-
  # A comment: with an address, https://example.com
  apiVersion: builtin
  kind: ConfigMapGenerator
  metadata: {name: made}
  literals: [a=https://example.com/x]
- g.yaml
transformers:
- '{apiVersion: builtin, kind: PrefixTransformer, metadata: {name: x}, prefix: p-,
  fieldSpecs: [{path: metadata/name}]}'
- t.yaml
- |
  ---
  apiVersion: builtin
  kind: AnnotationsTransformer
  metadata: {name: x}
  annotations: {number: "0x10", text: "yes", address: "git@example.com:a//b?ref=c"}
  fieldSpecs: [{path: metadata/annotations, create: true}]
  ---
  apiVersion: builtin
  kind: LabelTransformer
  metadata: {name: y}
  labels: {a: "1"}
  fieldSpecs: [{path: metadata/labels, create: true}]
patchesStrategicMerge:
- |
  ---
  # A comment
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
  data:
    b: "https://example.com//c"
    d: |
      ---
      e
- '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: null}}'
"""


def test_what_stands_inline_is_built_as_by_kustomize_itself(
    write: Write, options: Options, tools: Toolchain
) -> None:
    write("app/kustomization.yaml", INLINE)
    write("app/a.yaml", CONFIG_MAP)
    write(
        "app/g.yaml",
        "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: b}\nliterals: [a=b]\n",
    )
    write(
        "app/t.yaml",
        "apiVersion: builtin\nkind: SuffixTransformer\nmetadata: {name: x}\nsuffix: -s\n"
        "fieldSpecs: [{path: metadata/name}]\n",
    )
    folder = options.root / "manifests" / "app"
    itself = run([tools.path("kustomize"), "build", folder], capture_output=True, check=True).stdout
    made = had([Application("app", namespace="app")], options)
    assert made.problems == ()
    ours = [node.value for text in made.texts for node in documents(text.content)]
    assert sorted(ours, key=str) == sorted((node.value for node in documents(itself)), key=str)
    assert len(ours) == 3


def documents(content: bytes) -> tuple[Node, ...]:
    return read(content, "").documents


def inline(*lines: str) -> str:
    return "\n".join(("resources: [a.yaml]", "generators:", "- |-", *(f"  {line}" for line in lines), ""))


def test_an_inline_configuration_is_no_address(write: Write, options: Options) -> None:
    lines = ("apiVersion: builtin", "kind: HelmChartInflationGenerator", "repo: https://example.com")
    write("app/kustomization.yaml", inline(*lines))
    write("app/a.yaml", CONFIG_MAP)
    assert said(replace(options, tools=gone)) == [f"{TOP}:3:3: {CHART}"]


@pytest.mark.parametrize("text", ["https://example.com/x", "|-\n  https://example.com/x\n  and more"])
def test_an_address_is_one(text: str, write: Write, options: Options) -> None:
    write("app/kustomization.yaml", f"generators:\n- {text}\n")
    (problem,) = said(replace(options, tools=gone))
    assert problem.endswith(FETCHED)
