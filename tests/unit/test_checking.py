"""``onestack check`` and ``render``: every stack is looked at, nothing of the repository is run, and the
exit code says the worst."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from onestack import checking
from onestack.cli import cli
from onestack.declaration import Declaration, declaration
from onestack.errors import ChartUnavailable, Incomplete, NoManifests, NoStacks, OnestackError, UsageError
from onestack.manifests.application import Application
from onestack.rendering.options import Options
from onestack.rendering.texts import Texts, texts
from onestack.repository import find

SETTINGS = "config: {onestack:platform: embedded, onestack:manifests: {applications: {shop: }}}\n"
NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n"
CONFIG_MAP = "{apiVersion: v1, kind: ConfigMap, metadata: {name: site, namespace: shop}}\n"
MISSPELT = "{apiVersion: v1, kind: ConfigMap, datta: {}, metadata: {name: more, namespace: shop}}\n"
EXPLODING = "from pathlib import Path\nPath(__file__).with_name('exploded').touch()\nraise SystemExit(99)\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one good stack, no tool on PATH and nothing in the cache."""
    repository = tmp_path / "repository"
    (repository / "stacks").mkdir(parents=True)
    (repository / "Pulumi.yaml").write_text("name: shop\n")
    stack(repository, "dev")
    manifest(repository, "a.yaml", NAMESPACE + "---\n" + CONFIG_MAP)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("ONESTACK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return repository


def stack(root: Path, name: str, settings: str = SETTINGS) -> None:
    """Writes a stack's settings."""
    (root / "stacks" / f"Pulumi.{name}.yaml").write_text(settings)


def manifest(root: Path, name: str, text: str) -> None:
    """Writes a file of the application."""
    file = root / "manifests" / "shop" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments])


def checked(root: Path, *arguments: str) -> Result:
    return run("check", "--root", root, *arguments)


def test_a_good_repository_passes_without_tools_and_cache(root: Path) -> None:
    done = checked(root)
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    assert "dev: 2 objects: 2 valid, no errors, no warnings (" in done.stderr


def test_nothing_of_the_repository_is_run(root: Path) -> None:
    for module in ("__main__", "sitecustomize", "click", "yaml", "onestack/__init__", "onestack/__main__"):
        file = root / f"{module}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(EXPLODING)
    tool = root / "tools" / "kustomize" / "go.mod"
    tool.parent.mkdir(parents=True)
    tool.write_text("module evil\n")
    installed = Path(sys.executable).parent / "onestack"
    for verb in (["check"], ["render", "dev"]):
        done = subprocess.run([installed, *verb], cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert not list(root.rglob("exploded"))


def test_a_stack_that_is_wrong_keeps_no_other_from_being_checked(root: Path) -> None:
    stack(root, "broken", SETTINGS.replace("embedded", "mainframe"))
    stack(root, "stage", SETTINGS + "colour: blue\n")
    manifest(root, "b.yaml", CONFIG_MAP.replace("site", "Upper"))
    done = checked(root)
    assert done.exit_code == 2
    assert "stacks/Pulumi.broken.yaml:1:10: error: onestack:platform: Input should be" in done.stderr
    assert "broken: not checked: 1 error, no warnings" in done.stderr
    assert done.stderr.count("manifests/shop/b.yaml:1") == 1
    assert "(in dev, stage) [manifest]" in done.stderr


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (CONFIG_MAP.replace("ConfigMap", "ConfigMop"), "manifest", 1),
        ("a: [\n", "manifest", 2),
        (MISSPELT, "schema", 1),
        (CONFIG_MAP.replace("namespace: shop", "namespace: shap"), "namespace", 1),
    ],
)
def test_what_is_wrong_is_an_error_with_its_place(root: Path, text: str, rule: str, line: int) -> None:
    manifest(root, "b.yaml", text)
    done = checked(root)
    assert done.exit_code == 1, done.output
    assert f"manifests/shop/b.yaml:{line}:" in done.stderr
    assert ": error: " in done.stderr
    assert f"[{rule}]" in done.stderr


def test_all_is_told_at_once_also_what_is_wrong_in_different_ways(root: Path) -> None:
    manifest(root, "b.yaml", "a: [\n")
    manifest(root, "c.yaml", MISSPELT)
    manifest(root, "d.yaml", CONFIG_MAP.replace("}}", "}, data: {key: 1}}").replace("site", "d"))
    manifest(root, "e.yaml", CONFIG_MAP.replace("namespace: shop", "namespace: shap"))
    done = checked(root)
    assert done.exit_code == 1
    told = [line.partition(": error: ")[0] for line in done.stderr.splitlines() if ": error: " in line]
    # Not e.yaml: what could not be read may hold the namespace. And each place once.
    assert [place.rpartition("/")[2] for place in told] == ["b.yaml:2:1", "c.yaml:1:35", "d.yaml:1:85"]


def test_a_circle_is_an_error_of_its_stack(root: Path) -> None:
    waits = "annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/TO}, "
    for name, to in (("one", "two"), ("two", "one")):
        text = CONFIG_MAP.replace("site", f"{name}, {waits.replace('TO', to).rstrip(', ')}")
        manifest(root, f"{name}.yaml", text)
    done = checked(root)
    assert done.exit_code == 1, done.output
    assert "ConfigMap shop/one" in done.stderr
    assert "[order]" in done.stderr


def test_what_cannot_be_had_is_told_apart_from_what_is_wrong(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack(root, "prod")

    def unavailable(*arguments: object, **named: object) -> Declaration:
        if arguments[1].stack == "prod":  # type: ignore[attr-defined] # the settings
            raise ChartUnavailable("shop", "cache", "manifests/shop/helm.yaml", "no route to host")
        return declaration(*arguments, **named)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(checking, "declaration", unavailable)
    done = checked(root)
    assert done.exit_code == 4
    assert "manifests/shop/helm.yaml: error: the chart cache of application 'shop'" in done.stderr
    assert "[unavailable]" in done.stderr
    manifest(root, "b.yaml", "a: [\n")
    assert checked(root).exit_code == 1


def two_applications(root: Path) -> None:
    """Beside the good one a chart, for which there is no tool."""
    stack(root, "dev", SETTINGS.replace("{shop: }", "{shop: , cache: {namespace: shop}}"))
    manifest(root, "../cache/helm.yaml", "chart: ./chart\n")
    manifest(root, "../cache/chart/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 1.0.0\n")
    manifest(root, "../cache/chart/templates/a.yaml", CONFIG_MAP.replace("site", "cache"))


def test_what_cannot_be_had_for_one_application_keeps_no_other_from_being_checked(root: Path) -> None:
    two_applications(root)
    done = checked(root)
    assert done.exit_code == 4, done.output
    assert done.stderr.count("helm is needed and not here") == 1
    # It may be in what could not be had: neither its kind nor what it waits for is missed.
    waits = "{config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/cache}"
    custom = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: wide, annotations: " + waits + "}}\n"
    manifest(root, "b.yaml", MISSPELT + "---\n" + custom)
    wrong = checked(root)
    assert wrong.exit_code == 1, wrong.output
    assert "error: datta: there is no such field" in wrong.stderr
    assert "[schema]" in wrong.stderr
    assert "helm is needed and not here" in wrong.stderr
    assert "dev: not checked: 2 errors, no warnings" in wrong.stderr
    manifest(root, "c.yaml", "a: [\n")
    worse = checked(root)
    assert worse.exit_code == 1
    assert [rule for rule in ("manifest", "schema", "unavailable") if f"[{rule}]" not in worse.stderr] == []
    assert "dev: not checked: 3 errors, no warnings" in worse.stderr


def test_the_verbs_refuse_what_is_not_all_there(root: Path) -> None:
    two_applications(root)
    refused = run("render", "dev", "--root", root)
    assert isinstance(refused.exception, OnestackError)
    assert refused.exception.exit_code == 4
    assert "helm is needed and not here" in refused.exception.message()
    manifest(root, "b.yaml", MISSPELT)
    both = run("render", "dev", "--root", root).exception
    assert isinstance(both, Incomplete)
    assert both.exit_code == 1
    assert "for 2 reasons" in both.message()
    assert "there is no such field" in both.message()
    assert "helm is needed and not here" in both.message()


def test_a_schema_error_beside_a_file_that_cannot_be_read_keeps_its_rule_and_object(root: Path) -> None:
    manifest(root, "b.yaml", MISSPELT)
    manifest(root, "c.yaml", "a: [\n")
    found = json.loads(checked(root, "--json").stdout)["findings"]
    assert [(one["rule"], one["object"]) for one in found] == [
        ("schema", "ConfigMap shop/more"),
        ("manifest", None),
    ]


def test_a_custom_kind_that_nothing_defines_weighs_as_the_settings_say(root: Path) -> None:
    manifest(root, "b.yaml", "{apiVersion: a.io/v1, kind: Thing, metadata: {name: one, namespace: shop}}\n")
    done = checked(root)
    assert done.exit_code == 0, done.output
    assert (
        "shop/b.yaml:1:14: warning: the set has no CustomResourceDefinition of Thing in a.io" in done.stderr
    )
    stack(root, "dev", SETTINGS.replace("}}}", "}}, onestack:checks: {references: error}}"))
    assert checked(root).exit_code == 1
    known = SETTINGS.replace("{applications:", "{knownKinds: {Thing.a.io: Namespaced}, applications:")
    stack(root, "dev", known.replace("}}}", "}}, onestack:checks: {references: error}}"))
    done = checked(root)
    assert done.exit_code == 0, done.output
    assert (
        "1 not checkable (because its CustomResourceDefinition is not in the set), no errors, no"
        in done.stderr
    )
    stack(root, "dev", known.replace("Namespaced", "Cluster"))
    done = checked(root)
    assert done.exit_code == 1
    assert "a Thing lives in no namespace, but this one says 'shop'" in done.stderr


def test_a_circle_hides_nothing_else(root: Path) -> None:
    waits = "annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/site}"
    manifest(root, "a.yaml", NAMESPACE + "---\n" + CONFIG_MAP.replace("site", f"site, {waits}"))
    manifest(root, "b.yaml", MISSPELT)
    selected = (
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {a: b}"
    )
    manifest(root, "c.yaml", selected + ", ports: [{port: 80}]}}\n")
    done = checked(root)
    assert done.exit_code == 1, done.output
    assert [rule for rule in ("order", "schema", "reference") if f"[{rule}]" not in done.stderr] == []
    assert "dev: not checked: 2 errors, 1 warning" in done.stderr


def test_an_application_whose_tool_is_missing_is_not_built_for(root: Path) -> None:
    manifest(root, "kustomization.yaml", "resources: [a.yaml]\n")
    done = checked(root)
    assert done.exit_code == 4, done.output
    assert "kustomize is needed and not here" in done.stderr
    assert "onestack tools" in done.stderr


def test_stacks_can_be_named_and_each_counts_once(root: Path) -> None:
    stack(root, "prod")
    done = checked(root, "prod", "prod", "--json")
    assert list(json.loads(done.stdout)["stacks"]) == ["prod"]
    unknown = checked(root, "prod", "nosuch")
    assert unknown.exit_code == 2
    assert "there is no stack 'nosuch'" in unknown.stderr
    assert "prod: 2 objects" in unknown.stderr


@pytest.mark.parametrize("name", ["Pulumi.yaml", "stacks/Pulumi.dev.yaml", "manifests/shop/a.yaml"])
@pytest.mark.parametrize("target", ["/dev/zero", "outside.yaml", "a fifo", "itself"])
def test_no_file_leads_out_of_the_repository_or_to_what_never_ends(
    root: Path, name: str, target: str
) -> None:
    file = root / name
    (root.parent / "outside.yaml").write_text("canary: 7f3a\n")
    file.unlink()
    if target == "a fifo":
        os.mkfifo(file)
    else:
        file.symlink_to({"itself": file.name, "/dev/zero": "/dev/zero"}.get(target, root.parent / target))
    done = checked(root)
    assert done.exit_code in {1, 2} or isinstance(done.exception, UsageError)
    assert "canary" not in done.output + str(done.exception)


def test_a_repository_without_stacks_is_told_so(root: Path) -> None:
    (root / "stacks/Pulumi.dev.yaml").unlink()
    assert isinstance(checked(root).exception, NoStacks)


def test_programs_get_one_document_also_of_what_is_wrong(root: Path) -> None:
    manifest(root, "b.yaml", MISSPELT)
    done = checked(root, "--json")
    found = json.loads(done.stdout)
    assert (found["ok"], found["exitCode"], done.exit_code) == (False, 1, 1)
    assert found["stacks"]["dev"]["applications"]["shop"]["objects"] == 3
    assert [(one["file"], one["object"]) for one in found["findings"]] == [
        ("manifests/shop/b.yaml", "ConfigMap shop/more")
    ]


def test_hooks_and_tests_are_counted_with_their_application(root: Path) -> None:
    for event in ("pre-install", "post-install", "test", "post-delete"):
        annotations = f"annotations: {{helm.sh/hook: {event}}}, "
        manifest(root, f"{event}.yaml", CONFIG_MAP.replace("name: site", f"{annotations}name: {event}"))
    found = json.loads(checked(root, "--json").stdout)["stacks"]["dev"]
    assert (found["objects"], list(found["applications"])) == (6, ["shop"])


def test_annotations_go_to_stdout_with_files_as_the_checkout_has_them(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(root, "b.yaml", "a: [\n")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(root.parent))
    done = checked(root, "--format", "github")
    assert done.stdout.startswith("::error file=repository/manifests/shop/b.yaml,line=2,")
    assert "manifests/shop/b.yaml:2" in done.stderr
    refused = checked(root, "--format", "github", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_what_a_stranger_writes_is_no_command(root: Path) -> None:
    evil = '"::add-mask::x\\n::error::y ##[add-path]z \\e[2J"'
    manifest(root, "b.yaml", CONFIG_MAP.replace("kind: ConfigMap", f"kind: {evil}"))
    done = checked(root, "--format", "github")
    assert done.exit_code == 1
    for line in (done.stdout + done.stderr).splitlines():
        assert line.startswith(("::error file=", "::notice title=")) or not line.lstrip().startswith("::")
        assert "##[" not in line
        assert line.isprintable()


def test_offline_allows_no_host(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack(
        root,
        "dev",
        SETTINGS.replace("{onestack:", "{onestack:rendering: {allowedHosts: [a.example]}, onestack:", 1),
    )
    allowed = []

    def spy(applications: Sequence[Application], options: Options) -> Texts:
        allowed.append((set(options.hosts), options.offline))
        return texts(applications, options)

    monkeypatch.setattr("onestack.declaration.texts", spy)
    assert [checked(root, *more).exit_code for more in ((), ("--offline",))] == [0, 0]
    assert run("render", "dev", "--offline", "--root", root).exit_code == 0
    assert allowed == [({"a.example"}, False), (set(), True), (set(), True)]


def test_progress_names_what_is_done_within_a_stack(root: Path) -> None:
    manifest(root, "kustomization.yaml", "resources: [a.yaml]\n")
    said: list[str] = []

    class Heard:
        def step(self, what: str) -> None:
            said.append(what)

        def note(self, text: str) -> None:
            raise AssertionError(text)

    checking.check(find(root), (), Heard(), offline=True)
    assert said == [
        "checking dev, 1 of 1",
        "checking dev, 1 of 1: building shop with Kustomize",
        "checking dev, 1 of 1: validating",
    ]


def test_an_interruption_ends_it_without_a_word_too_many(root: Path) -> None:
    """With so many objects it is under way for seconds after its first word."""
    manifest(root, "b.yaml", "---\n".join(CONFIG_MAP.replace("site", f"n{at}") for at in range(15_000)))
    # It listens to SIGINT even where the tests were started in the background, which ignores it.
    code = "import signal; signal.signal(2, signal.default_int_handler); import onestack.cli as c; c.main()"
    command = (sys.executable, "-c", code, "check", "--json")
    for end in (signal.SIGINT, signal.SIGTERM):
        with subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            assert "checking dev" in process.stderr.readline()
            process.send_signal(end)
            out, err = process.communicate()
        assert (process.returncode, out) == (130, ""), err
        assert "Traceback" not in err


def test_rendering_shows_what_is_wrong_and_what_there_is_all_the_same(root: Path) -> None:
    manifest(root, "b.yaml", MISSPELT)
    done = run("render", "dev", "--root", root)
    assert done.exit_code == 1
    assert "datta" in done.stdout
    assert "[schema]" in done.stderr


def test_rendering_masks_secrets(root: Path) -> None:
    secret = (
        "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, stringData: {p: canary-7f3a}}\n"
    )
    manifest(root, "b.yaml", secret)
    for more in ((), ("--json",), ("--order",)):
        done = run("render", "dev", "--root", root, *more)
        assert "canary-7f3a" not in done.output
    assert "kind: Secret" in run("render", "dev", "--root", root).stdout


def test_no_plain_text_in_git_takes_words_out_of_what_is_said(root: Path) -> None:
    weak = "{a: value, b: password, c: plain, d: shop/sec, e: warning, f: text, g: '5555'}"
    named = "{apiVersion: v1, kind: Secret, metadata: {name: the-passwords, namespace: shop}, stringData: "
    manifest(root, "secrets.yaml", f"{named}{weak}}}\n---\n{MISSPELT}")
    done = checked(root)
    assert "[secret]" not in done.output
    assert "the values of this Secret are in git in plain text: a, b, c, d, e, f, g; " in done.stderr
    assert "manifests/shop/secrets.yaml:3:35: error: " in done.stderr
    document = json.loads(checked(root, "--json").stdout)
    assert {one["rule"] for one in document["findings"]} == {"plaintext", "schema"}
    shown = run("render", "dev", "--root", root).output
    assert not any(f": {one}\n" in shown for one in ("value", "password", "plain", "text"))


def test_the_order_is_printed_with_reasons(root: Path) -> None:
    lines = run("render", "dev", "--order", "--root", root).stdout.splitlines()
    assert lines == [
        "wave 1: 1 object",
        "  Namespace shop",
        "wave 2: 1 object",
        "  ConfigMap shop/site",
        "    after Namespace shop: its namespace",
    ]
    rows = json.loads(run("render", "dev", "--order", "--json", "--root", root).stdout)["order"]
    assert [(row["wave"], row["object"]) for row in rows] == [
        (1, "Namespace shop"),
        (2, "ConfigMap shop/site"),
    ]


def test_objects_are_printed_in_the_order_in_which_they_are_applied(root: Path) -> None:
    manifest(root, "0.yaml", CONFIG_MAP.replace("site", "first"))
    printed = run("render", "dev", "--root", root).stdout
    assert [one["kind"] for one in yaml.safe_load_all(printed)] == ["Namespace", "ConfigMap", "ConfigMap"]
    objects = json.loads(run("render", "dev", "--json", "--root", root).stdout)["objects"]
    assert objects == list(yaml.safe_load_all(printed))


class TestManifests:
    """``--manifests DIR``: any folder or file, without a stack."""

    def test_each_folder_is_an_application(self, root: Path) -> None:
        manifest(root, "../tools/t.yaml", CONFIG_MAP.replace("site", "tools"))
        manifest(root, "../.hidden/t.yaml", "a: [\n")
        manifest(root, "../notes/readme.md", "no YAML")
        done = run("check", "--manifests", root / "manifests", "--json")
        (found,) = json.loads(done.stdout)["stacks"].values()
        assert list(found["applications"]) == ["shop", "tools"]
        assert done.exit_code == 0, done.output

    def test_a_folder_of_yaml_is_one_application(self, root: Path) -> None:
        manifest(root, "deeper/b.yaml", CONFIG_MAP.replace("site", "b"))
        done = run("check", "--manifests", root / "manifests" / "shop", "--json")
        (found,) = json.loads(done.stdout)["stacks"].values()
        assert (list(found["applications"]), found["objects"]) == (["shop"], 3)

    def test_a_file_is_checked_alone(self, root: Path) -> None:
        manifest(root, "b.yaml", "a: [\n")
        done = run("check", "--manifests", root / "manifests/shop/a.yaml")
        assert done.exit_code == 0, done.output
        assert "2 objects" in done.stderr
        wrong = run("check", "--manifests", root / "manifests/shop/b.yaml")
        assert wrong.exit_code == 1
        assert "manifests/shop/b.yaml:2" in wrong.stderr

    def test_what_names_no_namespace_goes_where_kubectl_puts_it(self, root: Path) -> None:
        manifest(root, "a.yaml", CONFIG_MAP.replace(", namespace: shop", ""))
        assert run("check", "--manifests", root / "manifests").exit_code == 0

    def test_custom_kinds_from_elsewhere_are_not_checkable_wherever_they_live(self, root: Path) -> None:
        custom = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: NAME}}\n"
        here = "{name: other, namespace: kube-system}"
        manifest(
            root, "b.yaml", custom.replace("NAME", "one") + "---\n" + custom.replace("{name: NAME}", here)
        )
        manifest(root, "c.yaml", MISSPELT)
        for given in ("manifests", "manifests/shop"):
            done = run("check", "--manifests", root / given)
            assert done.exit_code == 1, done.output
            assert "2 not checkable (because its CustomResourceDefinition is not in the set)" in done.stderr
            assert "1 error, 1 warning" in done.stderr
        alone = run("check", "--manifests", root / "manifests/shop/b.yaml", "--json")
        found = json.loads(alone.stdout)
        assert [one["rule"] for one in found["findings"]] == ["reference"]
        assert next(iter(found["stacks"].values()))["notCheckable"] == 2

    def test_a_charts_own_namespace_counts(self, root: Path) -> None:
        (root / "manifests/shop/a.yaml").unlink()
        manifest(root, "helm.yaml", "chart: ./chart\nnamespace: kept\n")
        manifest(root, "chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n")
        done = run("check", "--manifests", root / "manifests")
        assert done.exit_code == 4, done.output
        assert "helm is needed and not here" in done.stderr

    def test_no_stack_and_no_repository_is_needed(self, tmp_path: Path) -> None:
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop/a.yml").write_text(NAMESPACE)
        assert run("check", "--manifests", tmp_path).exit_code == 0

    def test_each_overlay_is_checked(self, root: Path) -> None:
        for overlay in ("dev", "prod"):
            manifest(root, f"overlays/{overlay}/kustomization.yaml", "resources: []\n")
        manifest(root, "../tools/t.yaml", NAMESPACE)
        done = run("check", "--manifests", root / "manifests", "--json")
        assert [one.rpartition(" ")[2] for one in json.loads(done.stdout)["stacks"]] == ["dev", "prod"]
        named = run("check", "prod", "--manifests", root / "manifests", "--json")
        assert [one.rpartition(" ")[2] for one in json.loads(named.stdout)["stacks"]] == ["prod"]

    @pytest.mark.parametrize("name", ["nosuch", "empty", "circle"])
    def test_what_holds_nothing_is_told_so(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "circle").symlink_to("circle")
        error = run("check", "--manifests", tmp_path / name).exception
        assert isinstance(error, NoManifests)
        assert str(tmp_path / name) in error.message()


def test_an_object_with_a_flaw_hides_nothing_of_the_others(root: Path) -> None:
    """Where it is known which objects there are, the set is asked what it lacks, too."""
    pod = "spec: {containers: [{name: c, image: x, tty: 1, envFrom: [{configMapRef: {name: nope}}]}]}\n"
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_, namespace: shop}\n---\n"
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: shop}}\n{pod}"
    )
    manifest(root, "b.yaml", text)
    said = checked(root).output
    assert "'Bad_' is no name for ConfigMap" in said
    assert "containers[0].tty" in said
    assert "has no ConfigMap 'nope'" in said
    # This one may be what the Pod asks for.
    manifest(root, "b.yaml", text.replace("Bad_", "[]"))
    said = checked(root).output
    assert "metadata.name is a list" in said
    assert "containers[0].tty" in said
    assert "nope" not in said
