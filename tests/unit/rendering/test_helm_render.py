"""Applications made with Helm, by the real tool."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from onestack.errors import InvalidManifests, ToolMissing
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.reader import read
from onestack.rendering import helm_run
from onestack.rendering.chart import Total
from onestack.rendering.options import Options
from onestack.rendering.texts import Texts
from tests.reading import had
from tests.unit.rendering.conftest import Write
from tests.unit.rendering.helm_charts import CHART, DEFINITION, OBJECT, add, config_map


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def rendered(options: Options, *names: str) -> Texts:
    return had([Application(name) for name in names or ("app",)], options)


def objects(found: Texts) -> list[Any]:
    assert [str(problem) for problem in found.problems] == []
    return [node.value for text in found.texts for node in read(text.content, text.file).documents]


def data(found: Texts) -> Mapping[str, Any]:
    """The data of the one ConfigMap that there is."""
    (made,) = objects(found)
    held: Mapping[str, Any] = made["data"]
    return held


def gone(name: str) -> Path:
    raise ToolMissing(name, "the test took it away")


def test_texts_know_their_template_and_the_releases_namespace(write: Write, options: Options) -> None:
    add(write, {"one.yaml": config_map("a: b"), "two.yaml": config_map("a: c").replace(": a\n", ": x\n")})
    found = rendered(options)
    assert [text.file for text in found.texts] == [
        "manifests/app/chart/templates/one.yaml",
        "manifests/app/chart/templates/two.yaml",
    ]
    assert all(text.rendered and text.application.namespace == "web" for text in found.texts)
    assert [manifest.namespace for manifest in load(found.texts)] == ["web", "web"]


def test_release_and_declared_version_are_what_templates_see(write: Write, options: Options) -> None:
    line = 'a: "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Capabilities.KubeVersion }}"'
    add(write, {"a.yaml": config_map(line)}, helm="chart: ./chart\nrelease: shop\nnamespace: web\n")
    assert data(rendered(options)) == {"a": "shop web v1.36.0"}


def test_the_namespace_of_the_settings_is_enough(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: {{ .Release.Namespace }}")}, helm="chart: ./chart\n")
    assert data(had([Application("app", namespace="shop")], options)) == {"a": "shop"}


def test_later_values_count_and_the_stacks_own_come_last(write: Write, options: Options) -> None:
    files = {
        "chart/values.yaml": "a: chart\nb: chart\nc: chart\n",
        "values.yaml": "b: all\nc: all\n",
        "values.dev.yaml": "c: dev\n",
        "values.prod.yaml": "c: prod\n",
    }
    add(write, {"a.yaml": config_map("a: {{ .Values.a }} {{ .Values.b }} {{ .Values.c }}")}, files=files)
    assert data(rendered(options)) == {"a": "chart all dev"}
    assert data(rendered(replace(options, stack="prod"))) == {"a": "chart all prod"}
    assert data(rendered(replace(options, stack="local"))) == {"a": "chart all all"}


def test_named_values_take_the_place_of_the_usual_ones(write: Write, options: Options) -> None:
    helm = "chart: ./chart\nnamespace: web\nvalues: ['a,b.yaml', ../shared.yaml]\n"
    files = {"a,b.yaml": "a: 1\nb: 1\n", "values.dev.yaml": "c: 3\n", "../shared.yaml": "b: 2\n"}
    line = 'a: "{{ .Values.a }} {{ .Values.b }} {{ .Values.c }}"'
    add(write, {"a.yaml": config_map(line)}, helm=helm, files=files)
    assert data(rendered(options)) == {"a": "1 2 3"}


def test_hooks_and_tests_are_rendered_notes_are_not(write: Write, options: Options) -> None:
    hook = OBJECT.replace("name: a", "name: {0}\n  annotations: {{helm.sh/hook: {1}}}")
    templates = {
        "NOTES.txt": "Read: {{ this }}",
        "_partial.tpl": '{{ define "x" }}y{{ end }}',
        "a.yaml": config_map('a: {{ include "x" . }}'),
        "b.yaml": hook.format("b", "pre-install") + "  a: b\n",
        "c.yaml": hook.format("c", "test") + "  a: b\n",
    }
    add(write, templates | {"NOTES.txt": "Read this"})
    assert [made["metadata"]["name"] for made in objects(rendered(options))] == ["a", "b", "c"]
    write("app/helm.yaml", "chart: ./chart\nnamespace: web\nskipTests: true\n")
    assert [made["metadata"]["name"] for made in objects(rendered(options))] == ["a", "b"]


def test_crds_of_the_chart_are_there(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: b")}, files={"chart/crds/shelf.yaml": DEFINITION})
    found = rendered(options)
    assert [text.file for text in found.texts] == [
        "manifests/app/chart/crds/shelf.yaml",
        "manifests/app/chart/templates/a.yaml",
    ]


def test_templates_see_the_crds_of_all_applications(write: Write, options: Options) -> None:
    """Those of plain YAML at once; those that a chart makes as soon as they are seen, however far apart."""
    asked = {
        "example.org/v1": True,
        "example.org/v1/Shelf": True,
        "example.org/v2": False,
        "other.org/v1/Box": True,
        "apiregistration.k8s.io/v1/APIService": True,
        "apiregistration.k8s.io/v1beta1": False,
    }
    lines = [f'"{at}": {{{{ .Capabilities.APIVersions.Has "{name}" }}}}' for at, name in enumerate(asked)]
    add(write, {"a.yaml": config_map("\n  ".join(lines))})
    write("plain/crd.yaml", DEFINITION)
    other = DEFINITION.replace("example.org", "other.org").replace("Shelf", "Box").replace("shelves", "boxes")
    when = '{{ if .Capabilities.APIVersions.Has "example.org/v1/Shelf" }}\n' + other + "{{ end }}\n"
    add(write, {"crd.yaml": when}, application="second")
    found = rendered(options, "app", "plain", "second")
    assert objects(found)[0]["data"] == {str(at): there for at, there in enumerate(asked.values())}
    assert len(objects(found)) == 3


def test_crds_that_come_and_go_are_refused(write: Write, options: Options) -> None:
    when = (
        '{{ if not (.Capabilities.APIVersions.Has "example.org/v1/Shelf") }}\n' + DEFINITION + "{{ end }}\n"
    )
    add(write, {"crd.yaml": when, "a.yaml": config_map("a: b")})
    found = rendered(options)
    assert [str(problem) for problem in found.problems] == [
        (
            "manifests/app/helm.yaml: the CRDs of the charts that ask for API versions come and go, even "
            "after 5 rounds; write CRDs that depend on no API versions"
        )
    ]


def test_what_was_rendered_once_needs_no_helm(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: {{ .Values.x }}")}, files={"values.yaml": "x: 1\n"})
    first = rendered(options)
    without = replace(options, tools=gone)
    assert rendered(without) == first
    write("app/values.yaml", "x: 2\n")
    with pytest.raises(ToolMissing):
        rendered(without)
    assert data(rendered(options)) == {"a": 2}


@pytest.mark.parametrize("text", ["{{ now | date `2006` }}", "{{ mul 0 (randInt 0 9) }}"])
def test_what_may_change_later_is_not_kept(write: Write, options: Options, text: str) -> None:
    add(write, {"a.yaml": config_map(f"a: {text}")})
    assert data(rendered(options))
    assert not list(options.cache.glob("*"))


def test_a_problem_is_found_again(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: {{ randAlphaNum 12 }}")})
    assert rendered(options).problems == rendered(options).problems != ()


def test_subcharts_are_rendered_from_folders_and_archives(
    write: Write, options: Options, repository: Path, tools: Toolchain, tmp_path: Path
) -> None:
    chart = CHART + "dependencies:\n- {name: one, version: 0.1.0}\n"
    add(write, {"a.yaml": config_map("a: b")}, chart=chart)
    write("app/chart/charts/one/Chart.yaml", CHART.replace("demo", "one"))
    write("app/chart/charts/one/templates/b.yaml", config_map("a: {{ .Values.x }}").replace(": a\n", ": b\n"))
    write("app/values.yaml", "one: {x: y}\n")
    found = rendered(options)
    assert [text.file for text in found.texts] == [
        "manifests/app/chart/charts/one/templates/b.yaml",
        "manifests/app/chart/templates/a.yaml",
    ]


def test_the_users_own_helm_has_no_say(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "HELM_NAMESPACE": "elsewhere",
        "HELM_PLUGINS": str(tmp_path),
        "HELM_DEBUG": "true",
        "KUBECONFIG": str(tmp_path / "none"),
        "HELM_KUBEAPISERVER": "https://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    add(write, {"a.yaml": config_map("a: {{ .Release.Namespace }}")})
    assert data(rendered(options)) == {"a": "web"}


def test_nothing_of_this_machine_is_in_the_output(write: Write, options: Options) -> None:
    line = 'a: {{ .Files.Get "../../../../../../../etc/passwd" | quote }}{{ getHostByName "localhost" }}'
    add(write, {"a.yaml": config_map(line), "b.yaml": '{{ lookup "v1" "Secret" "" "" | toJson }}'})
    (text, looked_up) = rendered(options).texts
    assert b'a: ""' in text.content
    assert looked_up.content.strip() == b"{}"


FAILS = "the chart of application 'app' does not render:"
MEND = "mend the chart, or the values it is given"
CHANGES = "templates/a.yaml of the chart of application 'app' renders differently each time"
CHANGED = (
    "so every deployment would change it; "
    "set the value that it would make up, in a file of values or a Secret"
)
BAD_HOOK = (
    ": an object says 'helm.sh/hook: pre-instal, x', which is no event, so Helm leaves it out; "
    "correct the annotation; CRDs go into the folder crds"
)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            config_map('a: {{ required "set tag" .Values.tag }}'),
            f":6:9: {FAILS} execution error at (demo/templates/a.yaml:6:8): set tag; {MEND}",
        ),
        (
            config_map("a: {{ .Values.image.tag }}"),
            (
                f':6:16: {FAILS} demo/templates/a.yaml:6:15 executing "demo/templates/a.yaml" at '
                f"<.Values.image.tag>: nil pointer evaluating interface {{}}.tag; {MEND}"
            ),
        ),
        ("{{ if }}", f":1:1: {FAILS} parse error at (demo/templates/a.yaml:1): missing value for if; {MEND}"),
        (
            "a: b\n{{ fail `not like this` }}",
            f":2:4: {FAILS} execution error at (demo/templates/a.yaml:2:3): not like this; {MEND}",
        ),
        (
            config_map('a: {{ env "HOME" }}'),
            f':6:1: {FAILS} parse error at (demo/templates/a.yaml:6): function "env" not defined; {MEND}',
        ),
        (
            "a: b: c\n",
            (
                f": {FAILS} YAML parse error on demo/templates/a.yaml: error converting YAML to JSON: yaml: "
                f"mapping values are not allowed in this context; {MEND}"
            ),
        ),
        (config_map("a: {{ randAlphaNum 12 }}"), f": {CHANGES} (it uses randAlphaNum), {CHANGED}"),
        (config_map("a: {{ now }}{{ uuidv4 }}"), f": {CHANGES} (it uses now, uuidv4), {CHANGED}"),
        (
            OBJECT.replace("name: a", "name: a\n  annotations: {helm.sh/hook: 'pre-instal, x'}") + "  a: b\n",
            BAD_HOOK,
        ),
    ],
)
def test_a_template_that_fails_is_named(write: Write, options: Options, template: str, expected: str) -> None:
    add(write, {"a.yaml": template})
    found = rendered(options)
    assert not found.texts
    assert [str(problem) for problem in found.problems] == [f"manifests/app/chart/templates/a.yaml{expected}"]


def test_what_the_chart_itself_lacks_is_said(write: Write, options: Options) -> None:
    needs = "dependencies:\n- {name: common, version: 1.0.0, repository: 'https://charts.example.org'}\n"
    charts = {
        "kube": CHART + 'kubeVersion: ">=1.99"\n',
        "library": CHART + "type: library\n",
        "name": CHART.replace("demo", "../demo"),
        "version": CHART.replace("version: 0.1.0\n", ""),
        "subchart": CHART + needs,
    }
    for name, chart in charts.items():
        add(write, {"a.yaml": config_map("a: b")}, application=name, chart=chart)
    start = "the chart of application '{0}' does not render: "
    expected = {
        "kube": "chart requires kubeVersion: >=1.99 which is incompatible with Kubernetes v1.36.0",
        "library": "library charts are not installable",
        "name": 'validation: chart.metadata.name "../demo" is invalid',
        "subchart": "an error occurred while checking for chart dependencies. You may need to run 'helm "
        "dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ "
        "directory: common; run 'helm dependency build manifests/subchart/chart' and commit "
        "manifests/subchart/chart/charts",
        "version": "validation: chart.metadata.version is required",
    }
    said = [str(problem) for problem in rendered(options, *sorted(charts)).problems]
    assert said == [
        f"manifests/{name}/helm.yaml: {start.format(name)}{text}" + ("" if ";" in text else f"; {MEND}")
        for name, text in expected.items()
    ]


@pytest.mark.parametrize("asks", ["", '{{ .Capabilities.APIVersions.Has "v1" | quote | printf "# %s" }}\n'])
def test_a_chart_that_a_stack_switches_off_is_told_each_time(
    write: Write, options: Options, asks: str
) -> None:
    add(write, {"a.yaml": asks + "# only words\n{{ if .Values.on }}a: b{{ end }}"})
    for _ in range(2):  # the second time from the cache
        found = rendered(options, "app")
        assert found.problems == ()
        (warning,) = found.warnings
        assert str(warning) == (
            "manifests/app/helm.yaml: application 'app' has no objects: what its files are rendered to is "
            "empty; take it out of the stack's settings, if that isn't meant"
        )


def test_values_that_the_schema_refuses_are_named_and_not_repeated(write: Write, options: Options) -> None:
    schema = (
        '{"type": "object", "properties": {"port": {"type": "integer"},'
        '"password": {"type": "string", "pattern": "^x$"}}}'
    )
    files = {"chart/values.schema.json": schema, "values.yaml": "port: abc\npassword: hunter2-canary\n"}
    add(write, {"a.yaml": config_map("a: b")}, files=files)
    (problem,) = rendered(options).problems
    assert "at '/port': got string, want integer" in problem.what
    assert "at '/password': '[secret]' does not match" in problem.what


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("file:///etc/passwd", "$ref"),
        ("https://example.org/schema.json", "$ref"),
        ("other.json", "$ref"),
        ("http://[", "$dynamicRef"),
        ("https://example.org/draft", "$schema"),
    ],
)
def test_a_schema_reads_nothing_else(write: Write, options: Options, reference: str, key: str) -> None:
    schema = f'{{"properties": {{"a": [{{"{key}": "{reference}"}}]}}}}'
    add(write, {"a.yaml": config_map("a: b")}, files={"chart/values.schema.json": schema})
    (problem,) = rendered(options).problems
    assert str(problem) == (
        "manifests/app/chart/values.schema.json: the schema of values (values.schema.json) refers to "
        f"'{reference}', which Helm would read or fetch; write the definition into the schema itself, or "
        "'skipSchemaValidation: true' in helm.yaml"
    )
    write("app/helm.yaml", "chart: ./chart\nnamespace: web\nskipSchemaValidation: true\n")
    assert data(rendered(options)) == {"a": "b"}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b'"description": "\xff"', "it is not UTF-8"),
        (b'"x": ' + b"[" * 2_000 + b"]" * 2_000, "it is nested too deep, or has a number or character that "),
        (b'"x": ' + b"[" * 300 + b"]" * 300, "it is nested too deep, or has a number or character that "),
        (b'"x": ' + b"1" * 5_000, "it is nested too deep, or has a number or character that JSON can't hold"),
        (b'"x": 1e999', "it is nested too deep, or has a number or character that JSON can't hold"),
        (b'"x": "\\ud800"', "it is nested too deep, or has a number or character that JSON can't hold"),
        (b'"x": "\x01"', "line 1, column 8: Invalid control character at"),
    ],
    ids=["utf-8", "very deep", "deep", "digits", "exponent", "surrogate", "control"],
)
def test_a_schema_that_only_others_can_read_is_refused(
    write: Write, options: Options, held: bytes, said: str
) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    schema = b'{%s, "$ref": "file:///etc/passwd"}' % held
    write("app/chart/values.schema.json", "").write_bytes(schema)
    (problem,) = rendered(options).problems
    start = (
        "manifests/app/chart/values.schema.json: the schema of values (values.schema.json) can't be read: "
    )
    assert str(problem).startswith(start + said)
    assert str(problem).endswith("; write JSON, in UTF-8, or 'skipSchemaValidation: true' in helm.yaml")
    write("app/helm.yaml", "chart: ./chart\nnamespace: web\nskipSchemaValidation: true\n")
    assert data(rendered(options)) == {"a": "b"}


def test_what_was_judged_of_a_schema_is_what_helm_reads(write: Write, options: Options) -> None:
    # To our reader the last of equal keys counts; whichever it is to Helm, it never sees the others.
    schema = '\ufeff{"$ref": "file:///etc/passwd", "$ref": "#/$defs/n", "$defs": {"n": {"required": ["a"]}}}'
    files = {"chart/values.schema.json": schema, "values.yaml": "a: 1\n"}
    add(write, {"a.yaml": config_map("a: b")}, files=files)
    assert data(rendered(options)) == {"a": "b"}
    write("app/values.yaml", "b: 1\n")
    (problem,) = rendered(options).problems
    assert "missing property 'a'" in problem.what


def block(name: str, content: bytes, *, strange: bool = False) -> bytes:
    """A file in an archive; a strange one has an old header, with what only Python takes for a number."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    if strange:
        header[257:265] = bytes(8)
        header[329:337] = b"garbage!"
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + content + bytes(-len(content) % 512)


@pytest.mark.parametrize("at", ["app", "app/chart/charts"])
def test_an_archive_that_only_helm_can_read_is_refused(write: Write, options: Options, at: str) -> None:
    made = block("demo/Chart.yaml", CHART.encode()) + block("demo/templates/a.yaml", OBJECT.encode())
    made += block("demo/x", b"x", strange=True) + block("demo/templates/b.yaml", b"a: {{ uuidv4 }}")
    inner = at != "app"
    if inner:
        add(write, {"a.yaml": config_map("a: b")})
    else:
        write("app/helm.yaml", "chart: ./demo.tgz\nnamespace: web\n")
    write(f"{at}/demo.tgz", "").write_bytes(gzip.compress(made + bytes(1024)))
    place = "chart/charts/demo.tgz: this" if inner else "helm.yaml:1:8: this"
    said = f"manifests/app/{place} is no archive of a chart; package the chart with 'helm package'"
    assert [str(problem) for problem in rendered(options).problems] == [said]


@pytest.mark.parametrize("folder", [False, True])
def test_archives_are_given_to_helm_packed_anew(write: Write, options: Options, folder: bool) -> None:
    """What follows the end of an archive, and what is in it twice in other words, is gone."""
    inner = block("sub/Chart.yaml", CHART.replace("demo", "sub").encode())
    inner += block(
        "sub/values.schema.json", b'{"$ref": "file:///etc/passwd", "$ref": "#/$defs/a", "$defs": {"a": true}}'
    )
    inner += block("sub/templates/a.yaml", config_map("a: {{ .Chart.Name }}").encode())
    packed = gzip.compress(inner + bytes(1024) + block("sub/templates/b.yaml", b"{{ fail }}"))
    if folder:
        add(write, {})
        write("app/chart/charts/sub-0.1.0.tgz", "").write_bytes(packed)
    else:
        outer = block("demo/Chart.yaml", CHART.encode()) + block("demo/charts/sub-0.1.0.tgz", packed)
        write("app/helm.yaml", "chart: ./demo.tgz\nnamespace: web\n")
        write("app/demo.tgz", "").write_bytes(gzip.compress(outer))
    assert data(rendered(options)) == {"a": "sub"}


def test_charts_of_all_applications_have_a_bound_together(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Total, "__init__", partialmethod(Total.__init__, 3 * 100_000))
    made = block("demo/Chart.yaml", CHART.encode()) + block("demo/zeros", bytes(90_000))
    names = [f"app{number}" for number in range(4)]
    for name in names:
        write(f"{name}/helm.yaml", "chart: ./demo.tgz\nnamespace: web\n")
        write(f"{name}/demo.tgz", "").write_bytes(gzip.compress(made + bytes(1024)))
    last = str(rendered(options, *names).problems[-1])
    assert last.startswith("manifests/app3/helm.yaml:1:8: ")
    assert "the charts of all applications have more than 200 MiB when unpacked" in last


def test_a_schema_may_refer_to_itself(write: Write, options: Options) -> None:
    schema = (
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"n": {"type": "number"}},'
        '"properties": {"x": {"$ref": "#/$defs/n"}}}'
    )
    add(write, {"a.yaml": config_map("a: b")}, files={"chart/values.schema.json": schema})
    assert data(rendered(options)) == {"a": "b"}
    write("app/values.yaml", "x: text\n")
    (problem,) = rendered(options).problems
    assert "at '/x': got string, want number" in problem.what


@pytest.mark.parametrize(
    ("templates", "said"),
    [
        ({"a.yaml": "{{ range until 2000000000 }}a: b{{ end }}"}, "helm took more than 512 MiB of memory"),
        ({"a.yaml": config_map('a: {{ repeat 5000000 "x" }}')}, "helm printed more than 4 MiB"),
        (
            {"a.yaml": '{{ include "x" . }}', "_x.tpl": '{{ define "x" }}{{ include "x" . }}{{ end }}'},
            'at <include "x" .>: error calling include: (again and again)',
        ),
        (
            {"a.yaml": '{{ template "x" . }}', "_x.tpl": '{{ define "x" }}{{ template "x" . }}{{ end }}'},
            "exceeded maximum template depth (100000)",
        ),
    ],
)
def test_templates_without_end_are_stopped(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch, templates: dict[str, str], said: str
) -> None:
    monkeypatch.setattr(helm_run, "BOUNDS", replace(helm_run.BOUNDS, output_bytes=4 * 2**20))
    add(write, templates)
    (problem,) = rendered(options).problems
    assert said in problem.what
    assert len(problem.what) < 1000


def test_an_endless_loop_is_stopped(write: Write, options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_run, "BOUNDS", replace(helm_run.BOUNDS, cpu_seconds=1))
    add(write, {"a.yaml": "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"})
    (problem,) = rendered(options).problems
    assert str(problem) == (
        "manifests/app/helm.yaml: helm was not done after 1 s of processor time and was stopped while it "
        "rendered the chart of application 'app'; look for templates that repeat themselves without end"
    )


def test_output_that_is_no_manifest_and_objects_twice_are_problems(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: b"), "b.yaml": config_map("a: c"), "c.yaml": "just: text\n"})
    with pytest.raises(InvalidManifests) as caught:
        load(rendered(options).texts)
    said = [str(problem) for problem in caught.value.problems]
    assert any("manifests/app/chart/templates/c.yaml: a document" in line for line in said)
    assert any("ConfigMap web/a is declared twice" in line for line in said)
    add(write, {"c.yaml": config_map("d: yes\n  d: no").replace(": a\n", ": d\n")})
    with pytest.raises(InvalidManifests) as caught:
        load(rendered(options).texts)
    assert any("c.yaml" in str(problem) for problem in caught.value.problems)


def test_helm_that_is_missing_is_said(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    with pytest.raises(ToolMissing) as caught:
        rendered(replace(options, tools=gone))
    assert caught.value.exit_code == 4
