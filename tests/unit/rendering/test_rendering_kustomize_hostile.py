"""Kustomizations that reach outside, run programs, go in circles or are wrong: told with their place."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from textwrap import indent

import pytest

from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.rendering import kustomize, kustomize_closure, kustomize_files
from onestack.rendering.bounds import Bounds
from onestack.rendering.options import Options
from tests.reading import had
from tests.unit.rendering.conftest import Write

TOP = "manifests/app/kustomization.yaml"


def no_tool(name: str) -> Path:
    pytest.fail(f"{name} was asked for")


@pytest.fixture
def options(repository: Path, tmp_path: Path) -> Options:
    """Options of a run that must see what is wrong before it looks for Kustomize."""
    return Options(repository, "manifests", "dev", "1.36", no_tool, tmp_path / "cache")


def problems(options: Options) -> list[str]:
    found = had([Application("app")], options)
    assert not found.texts
    return [str(problem) for problem in found.problems]


COPY = "put a copy into the repository and name that"
ALLOW = "or see rendering.allowedHosts"
PROGRAM = (
    "generators and transformers that run a program or a container are not allowed; "
    "use one that is built in, with 'apiVersion: builtin'"
)
CHART = "charts in a kustomization are not supported; write a helm.yaml in an application of its own"
BELOW = (
    "is not in or below manifests/app, the folder of the kustomization; "
    "move it there, or make its folder a base"
)
LINK_OUT = "link that leads out of the repository; put a copy of the file into the repository"
OUT = "leads out of the repository; put a copy of it into the repository"
ADD = "mend the path, or add it"
ABSOLUTE = "is an absolute path; write one relative to this file"
ONE_MAPPING = (
    "a kustomization is one mapping, and this isn't; write for example 'resources: [deployment.yaml]'"
)
CIRCLE = "kustomizations name each other in a circle:"
REFERENCES = "remove one of these references"
EXEC = """apiVersion: ^example.dev/v1
kind: Thing
metadata:
  name: x
  annotations:
    config.kubernetes.io/function: |
      exec: {path: ./evil.sh}
"""

BOMB = "{a: &a [x" + ", x" * 9 + "]"
for _name, _above in pairwise("abcdefg"):
    BOMB += f", {_above}: &{_above} [*{_name}" + f", *{_name}" * 9 + "]"
BOMB += "}"

# The place that a message names is marked with a '^' before it, here and in the files beside.
OUTSIDE = {
    "base": "resources: [^../../../o]",
    "component": "components: [^../../../o]",
    "old base": "bases:\n- a\n- ^../../../o",
    "shouted": "RESOURCES: [^../../../o]",
    "with a long s": "re\u017fources: [^../../../o]",
    "with a Kelvin sign": "patches: [{target: {\u212aind: x}, path: ^../../../o}]",
    "one string for a list": "resources: ^../../../o",
    "twice, by an alias": "commonLabels: {a: &x ../../../o}\nresources: [^*x]",
    "patch": "patches: [{path: ^../../../o}]",
    "strategic merge": "patchesStrategicMerge: ['{apiVersion: v1, kind: A}', ^../../../o]",
    "JSON patch": "patchesJson6902: [{target: {}, path: ^../../../o}]",
    "replacement": "replacements: [{path: ^../../../o}]",
    "schema": "openapi: {path: ^../../../o}",
    "CRDs": "crds: [^../../../o]",
    "configurations": "configurations: [^../../../o]",
    "file of a ConfigMap": "configMapGenerator: [{name: x, files: [^../../../o]}]",
    "environment": "configMapGenerator: [{name: x, envs: [^../../../o]}]",
    "old environment": "secretGenerator: [{name: x, env: ^../../../o}]",
    "generator": "generators: [^../../../o]",
    "transformer": "transformers: [^../../../o]",
    "validator": "validators: [^../../../o]",
}
BUILT_IN = {
    "PatchTransformer": "path: ../../../o",
    "PatchJson6902Transformer": "PATH: ../../../o",
    "PatchStrategicMergeTransformer": "paths: [../../../o]",
    "ReplacementTransformer": "replacements: [{path: ../../../o}]",
    "ValueAddTransformer": "targetFilePath: ../../../o",
    "ConfigMapGenerator": "files: [k=../../../o]",
    "SecretGenerator": "envs: [../../../o]",
}
REMOTE = {
    "https://github.com/org/repo//base?ref=v1": "github.com",
    "HTTPS://GitHub.com/org/repo": "github.com",
    "github.com/org/repo?ref=v1": "github.com",
    "GitHub.com:org/repo": "github.com",
    "git@example.com:org/repo.git": "example.com",
    "org@example.com/org/repo": "example.com",
    "ssh://example.com/org/repo": "example.com",
    "git::https://example.com/org/repo": "example.com",
    "file:///etc": "elsewhere",
    "http://127.0.0.1:8080/x.yaml": "127.0.0.1:8080",
    "http:x": "x",
    "s3::https://example.com/x": "example.com",
    "example.com/org/repo//base": "example.com",
    "example.com/org/repo?ref=main": "example.com",
}


@dataclass(frozen=True)
class Case:
    """A kustomization, what is said of it, and the files beside it."""

    text: str
    what: str
    files: dict[str, str] = field(default_factory=dict)


WRONG = {
    "absolute": Case("resources: [^/etc/passwd]", f"'/etc/passwd' {ABSOLUTE}"),
    "file of a Secret": Case("secretGenerator: [{FILES: [^k=/etc/shadow]}]", f"'/etc/shadow' {ABSOLUTE}"),
    "beside": Case(
        "configMapGenerator: [{name: x, files: [^k=../o.txt]}]", f"'../o.txt' {BELOW}", {"../o.txt": "x"}
    ),
    "what git keeps": Case(
        "configMapGenerator: [{name: x, files: [^../../.git/config]}]",
        "'../../.git/config' leads into .git; that folder is no content of the repository",
        {"../../.git/config": "[http] extraheader"},
    ),
    "what git keeps of another checkout": Case(
        "configMapGenerator: [{name: x, files: [^vendor/.GIT/config]}]",
        "'vendor/.GIT/config' leads into .GIT; that folder is no content of the repository",
        {"vendor/.GIT/config": "[http] extraheader"},
    ),
    "NUL": Case('resources: [^"a\\0b"]', "the path has a NUL character in it; remove it"),
    "empty": Case('resources: [^""]', "the path is empty; name a file or folder"),
    "password": Case(
        "resources: [^'https://user:canary@example.com/x']",
        f"'https://***@example.com/x' is fetched from example.com, which is not allowed; {COPY}, {ALLOW}",
    ),
    "missing file": Case(
        "resources: [^a.yaml]",
        f"there is no file or folder 'a.yaml'; 'manifests/app/a.yaml' does not exist; {ADD}",
    ),
    "folder without kustomization": Case(
        "resources:\n- ^base",
        "the folder 'manifests/app/base' has no kustomization.yaml; write one, or name a file",
        {"base/a.yaml": ""},
    ),
    "file for a component": Case(
        "components: [^a.yaml]",
        "'a.yaml' is no folder; name a kustomization's folder; files belong to 'resources'",
        {"a.yaml": ""},
    ),
    "folder for a file": Case(
        "patches: [{path: ^base}]", "'base' is a folder, not a file; name a file", {"base/a.yaml": ""}
    ),
    "folder of transformers": Case(
        "transformers: [^base]",
        "'base' is a folder; name files here; what kustomizations share can be a component",
        {"base/a.yaml": ""},
    ),
    "exec function": Case("transformers: [t.yaml]", PROGRAM, {"t.yaml": EXEC}),
    "exec function inline": Case(f"generators:\n- ^|\n{indent(EXEC.replace('^', ''), '  ')}", PROGRAM),
    "validator without version": Case("validators: [^'{kind: Thing}']", PROGRAM),
    "charts": Case("^helmCharts: [{name: x}]", CHART),
    "charts, shouted": Case("^HELMGLOBALS: {chartHome: ../..}", CHART),
    "chart generator": Case(
        "generators: [^'{apiVersion: builtin, kind: HelmChartInflationGenerator}']", CHART
    ),
    "not a mapping": Case("- a.yaml", ONE_MAPPING),
    "two documents": Case("resources: []\n---\nresources: []", ONE_MAPPING),
    "component alone": Case(
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: ^Component\nnamePrefix: x",
        "a component is not built on its own; name it under 'components' of a kustomization",
    ),
    "itself": Case("resources: [^.]", f"{CIRCLE} manifests/app -> manifests/app; {REFERENCES}"),
    "circle": Case(
        "resources: [a]",
        f"{CIRCLE} manifests/app/a -> manifests/app/b -> manifests/app/a; {REFERENCES}",
        {"a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "resources: [^../a]"},
    ),
    "base above": Case(
        "resources: [^..]",
        "the kustomization in 'manifests' stands above 'manifests/app', which is part of it; "
        "move what both are made of to a folder beside it, and name that",
    ),
    "kustomization as a file": Case(
        "configMapGenerator: [{name: x, files: [kustomization.yaml]}]",
        "the kustomization is named as a file, too; name a copy of it",
    ),
    "two kustomizations": Case(
        "resources: [^base]",
        "the folder 'manifests/app/base' has kustomization.yaml and Kustomization; keep one of them",
        {"base/kustomization.yaml": "", "base/Kustomization": ""},
    ),
}


def tried(case: Case, write: Write, options: Options) -> None:
    """Nothing but what is wrong with the case may be said."""
    expected = f"{TOP}: {case.what}"
    for name, text in {"kustomization.yaml": case.text, **case.files}.items():
        before, mark, after = text.partition("^")
        write(f"app/{name}", f"{before}{after}\n")
        if mark:
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            expected = f"manifests/app/{name}:{line}:{column}: {case.what}"
    assert problems(options) == [expected]


@pytest.mark.parametrize("text", OUTSIDE.values(), ids=OUTSIDE)
def test_what_leads_outside_is_not_followed(
    text: str, repository: Path, write: Write, options: Options
) -> None:
    (repository.parent / "o").write_text("a: 1\n")
    write("app/a/kustomization.yaml", "namePrefix: x")
    tried(Case(text, f"'../../../o' {OUT}"), write, options)


@pytest.mark.parametrize("kind", BUILT_IN)
def test_what_built_in_plugins_name_is_not_followed_outside(
    kind: str, write: Write, options: Options
) -> None:
    config = f"apiVersion: builtin\nkind: {kind}\nmetadata: {{name: x}}\n{BUILT_IN[kind]}\n"
    reference = config.replace("../../../o", "^../../../o").replace("k=^", "^k=")
    in_file = Case("generators: [p.yaml]", f"'../../../o' {OUT}", {"p.yaml": reference})
    tried(in_file, write, options)
    tried(Case(f"transformers:\n- ^|\n{indent(config, '  ')}", f"'../../../o' {OUT}"), write, options)
    items = f"kind: List\nitems:\n-\n{indent(config, '  ')}"
    tried(Case(f"transformers:\n- ^|\n{indent(items, '  ')}", f"'../../../o' {OUT}"), write, options)


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(case: Case, write: Write, options: Options) -> None:
    tried(case, write, options)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("resources: []\nnamespace: x\nresources: []\n", f"{TOP}:3:1: the key 'resources' "),
        ("resources: [\n", f"{TOP}:2:1: "),
        ("generators:\n- |-\n  a: b\n  a: c\n", f"{TOP}:2:3: line 2 of this text: the key 'a' "),
        ("patches:\n- patch: |\n    a: [\n", f"{TOP}:2:10: line 2 of this text: "),
        ("patchesJson6902: [{patch: '[{]'}]\n", f"{TOP}:1:27: line 1 of this text: "),
        ("patchesStrategicMerge: ['{a: 1, a: 2}']\n", f"{TOP}:1:25: line 1 of this text: the key 'a' "),
        (
            "transformers: ['{apiVersion: builtin, kind: PatchTransformer, patch: \"- [\"}']\n",
            f"{TOP}:1:16: line 2 of this text: ",
        ),
        (
            f"patches: [{{patch: '{BOMB}'}}]\n",
            f"{TOP}:1:19: line 1 of this text: the file holds more than 700000 ",
        ),
        ("%YAML 1.2\n---\nresources: []\n", f"{TOP}:1:1: "),
    ],
)
def test_what_is_no_strict_yaml_is_said_as_of_any_file(
    text: str, place: str, write: Write, options: Options
) -> None:
    write("app/kustomization.yaml", text)
    (said,) = problems(options)
    assert said.startswith(place)


@pytest.mark.parametrize("reference", REMOTE)
@pytest.mark.parametrize(
    "text",
    [
        "resources:\n- '{}'\n",
        "components:\n- '{}'\n",
        "patches:\n- path: '{}'\n",
        "generators:\n- '{}'\n",
        "configMapGenerator: [{{name: x, envs: [\n  '{}']}}]\n",
    ],
    ids=["resource", "component", "patch", "generator", "environment"],
)
def test_nothing_is_fetched(text: str, reference: str, write: Write, options: Options) -> None:
    write("app/kustomization.yaml", text.format(reference))
    (said,) = problems(options)
    copy = f"{COPY}, {ALLOW}" if text.startswith(("resources", "components")) else COPY
    assert said.endswith(f"'{reference}' is fetched from {REMOTE[reference]}, which is not allowed; {copy}")
    assert said.startswith(f"{TOP}:2:")


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("../../../outside", f"'link' is a {LINK_OUT}"),
        ("/etc/hostname", f"'link' is a {LINK_OUT}"),
        ("link", "'link' can't be followed: Too many levels of symbolic links; mend the path"),
        (
            "gone",
            f"there is no file or folder 'link'; 'manifests/app/link' does not exist; {ADD}",
        ),
    ],
)
def test_a_link_that_leads_nowhere_good(
    target: str, what: str, repository: Path, write: Write, options: Options
) -> None:
    (repository.parent / "outside").mkdir()
    write("app/kustomization.yaml", "resources: [link]\n")
    (repository / "manifests" / "app" / "link").symlink_to(target)
    assert problems(options) == [f"{TOP}:1:13: {what}"]


def test_a_kustomization_that_is_a_link_out(repository: Path, write: Write, options: Options) -> None:
    (repository.parent / "outside.yaml").write_text("resources: []\n")
    write("app/a.yaml", "")
    (repository / TOP).symlink_to("../../../outside.yaml")
    assert problems(options) == [f"manifests/app: 'kustomization.yaml' is a {LINK_OUT}"]


def test_what_is_no_regular_file(repository: Path, write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "resources: [pipe]\n")
    os.mkfifo(repository / "manifests" / "app" / "pipe")
    assert problems(options) == ["manifests/app/pipe: this is no regular file; manifests are plain files"]


def test_mistakes_in_all_files_are_told_at_once(write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "resources: [a.yaml, base]\npatches: [{path: p.yaml}]\n")
    write("app/base/kustomization.yaml", "resources: [c.yaml]\n")
    write("app/base/c.yaml", "a: [\n")
    write("app/a.yaml", "a: 1\na: 2\n")
    write("app/p.yaml", "- op: &x [*x]\n")
    said = problems(options)
    assert [one.partition(": ")[0] for one in said] == [
        "manifests/app/a.yaml:2:1",
        "manifests/app/base/c.yaml:2:1",
        "manifests/app/p.yaml:1:11",
    ]


def test_a_chain_can_be_only_so_long(write: Write, options: Options) -> None:
    deep = kustomize_closure.DEPTH
    write("app/kustomization.yaml", "resources: [b0]\n")
    for number in range(deep + 1):
        write(f"app/b{number}/kustomization.yaml", f"resources: [../b{number + 1}]\n")
    (said,) = problems(options)
    last = f"manifests/app/b{deep - 2}/kustomization.yaml:1:13"
    assert said == f"{last}: kustomizations name each other more than {deep} deep; make the chain shorter"


def test_bases_reached_in_too_many_ways_are_not_built(write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "resources: [b0]\n")
    for number in range(14):
        write(f"app/b{number}/kustomization.yaml", f"resources: [../l{number}, ../r{number}]\n")
        for side in "lr":
            write(
                f"app/{side}{number}/kustomization.yaml",
                f"resources: [../b{number + 1}]\nnamePrefix: {side}\n",
            )
    write("app/b14/kustomization.yaml", "namePrefix: x\n")
    (said,) = problems(options)
    assert said.startswith("manifests/app")
    assert "bases are reached in too many ways; name each base once; at most 5000 are loaded" in said


def test_only_so_many_bytes_are_taken(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kustomize_files, "BYTES", 1024 * 1024)
    write("app/kustomization.yaml", "configMapGenerator: [{name: x, files: [a, b]}]\n")
    write("app/a", "x" * 600_000)
    write("app/b", "x" * 600_000)
    what = "the kustomization is made of more than 10000 files or 1 MiB; split the application"
    assert problems(options) == [f"{TOP}:1:43: {what}"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "printed more than 1 MiB and was stopped"),
        ("while :; do :; done", "was not done after 1 s and was stopped"),
        ("echo 'Error: in '$PWD/x.yaml >&2; exit 7", "failed with exit code 7: in manifests/app/x.yaml"),
        ("kill -9 $$", "was ended from outside (SIGKILL)"),
    ],
    ids=["prints without end", "never ends", "fails", "killed"],
)
def test_a_tool_that_misbehaves(
    script: str, said: str, tmp_path: Path, write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "kustomize"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setattr(kustomize, "BOUNDS", Bounds(seconds=1, output_bytes=1024 * 1024))
    write("app/kustomization.yaml", "resources: [x.yaml]\n")
    write("app/x.yaml", "a: 1\n")
    what = f"application 'app': kustomize {said}; 'kustomize build manifests/app' shows it, too"
    assert problems(replace(options, tools=lambda name: tool)) == [f"{TOP}: {what}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sortOptions: {order: 1}\n", "invalid Kustomization: json: cannot unmarshal number"),
        ("{}\n", "kustomization.yaml is empty"),
        ("resources: [a.yaml, b.yaml]\n", "may not add resource with an already registered id: ConfigMap.v1"),
        ("resources: [a.yaml]\npatches: [{path: p.yaml}]\n", "no resource matches strategic merge patch"),
        ("components: [c]\n", "expected kind 'Component' for path 'manifests/app/c' but got 'Kustomization'"),
    ],
)
def test_what_kustomize_says_is_passed_on(
    text: str, said: str, write: Write, options: Options, tools: Toolchain
) -> None:
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    for name in ("a.yaml", "b.yaml", "c/a.yaml"):
        write(f"app/{name}", config_map)
    write("app/p.yaml", config_map.replace("name: a", "name: other"))
    write("app/c/kustomization.yaml", "resources: [a.yaml]\n")
    write("app/kustomization.yaml", text)
    (found,) = problems(replace(options, tools=tools.path))
    assert found.startswith(f"{TOP}: application 'app': kustomize failed with exit code 1: ")
    assert said in found
    assert "onestack-" not in found  # the folder that it was built in
