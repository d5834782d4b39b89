"""Applications made with Kustomize, by the real tool."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from onestack.errors import ToolMissing, ToolNotRun
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.node import Node
from onestack.manifests.reader import read
from onestack.rendering.options import Options
from onestack.rendering.texts import Texts
from tests.reading import had
from tests.unit.rendering.conftest import Write

REPOSITORY = Path(__file__).parents[3]
CORPUS = (
    Path(os.environ.get("ONESTACK_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    / "online-boutique"
    / "kustomize"
)


def config_map(name: str, value: str = "1") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: '{value}'\n"


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def rendered(options: Options, overlay: str | None = None) -> Texts:
    return had([Application("app", overlay=overlay)], options)


def objects(found: Texts) -> dict[str, Node]:
    """The objects by name; there may be no problem."""
    assert [str(problem) for problem in found.problems] == []
    read_all = [read(text.content, text.file) for text in found.texts]
    assert not [problem for reading in read_all for problem in reading.problems]
    documents = [document for reading in read_all for document in reading.documents]
    return {document.value["metadata"]["name"]: document for document in documents}


def problems(found: Texts) -> list[str]:
    assert not found.texts
    return [str(problem) for problem in found.problems]


def gone(name: str) -> Path:
    raise ToolMissing(name, "the test took it away")


def test_objects_know_the_file_that_a_person_would_edit(write: Write, options: Options) -> None:
    made = "configMapGenerator:\n- name: made\n  literals: [a=1]\n"
    write("app/kustomization.yaml", f"resources: [base, own.yaml]\n{made}")
    write("app/base/kustomization.yaml", "resources: [one.yaml]\nnamePrefix: x-\n")
    write("app/base/one.yaml", config_map("one"))
    write("app/own.yaml", config_map("own"))
    found = rendered(options)
    assert sorted(objects(found)) == ["made-h29d89cmmt", "own", "x-one"]
    assert {text.file for text in found.texts} == {
        "manifests/app/kustomization.yaml",
        "manifests/app/base/one.yaml",
        "manifests/app/own.yaml",
    }
    assert all(text.rendered for text in found.texts)


KITCHEN_SINK = """
resources: [base]
namespace: shop
labels: [{pairs: {team: a}, includeSelectors: true}]
images: [{name: web, newTag: "2"}]
replicas: [{name: web, count: 3}]
buildMetadata: [managedByLabel]
patches:
- patch: '[{"op": "add", "path": "/spec/paused", "value": true}]'
  target: {kind: Deployment}
- path: merge.yaml
replacements:
- source: {kind: ConfigMap, name: settings, fieldPath: data.a}
  targets:
  - select: {kind: Deployment}
    fieldPaths: [spec.template.spec.containers.0.env.0.value]
secretGenerator:
- name: key
  literals: ["a=${secrets:a}"]
configMapGenerator:
- name: settings
  files: [text.txt]
  envs: [more.env]
  behavior: merge
"""
KITCHEN_BASE = """
resources: [web.yaml]
configMapGenerator: [{name: settings, literals: [a=base]}]
"""
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: web, env: [{name: A, value: ""}], envFrom: [{configMapRef: {name: settings}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: noted, annotations: {note: hers}}
data: {"on": "yes", text: "a\\tb"}
"""


def test_nothing_is_added_to_what_kustomize_builds(write: Write, options: Options, tools: Toolchain) -> None:
    write("app/kustomization.yaml", KITCHEN_SINK)
    write("app/base/kustomization.yaml", KITCHEN_BASE)
    write("app/base/web.yaml", WEB)
    write(
        "app/merge.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {a: b}}\n",
    )
    write("app/text.txt", "kind: Text\n---\nmetadata:\n  annotations:\n")
    write("app/more.env", "b=1\n")
    found = rendered(options)
    command = (tools.path("kustomize"), "build", options.root / "manifests" / "app")
    plain = read(subprocess.run(command, check=True, capture_output=True).stdout, "").documents
    assert {name: one.value for name, one in objects(found).items()} == {
        one.value["metadata"]["name"]: one.value for one in plain
    }
    assert len(plain) == 4
    assert "manifests/app/base/web.yaml" in [text.file for text in found.texts]


def test_annotations_of_origin_that_a_person_wants_stay(write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "resources: [a.yaml]\nbuildMetadata: [originAnnotations]\n")
    write("app/a.yaml", config_map("a"))
    found = objects(rendered(options))
    assert found["a"].value["metadata"]["annotations"] == {"config.kubernetes.io/origin": "path: a.yaml\n"}


def test_annotations_that_files_speak_of_are_left_alone(write: Write, options: Options) -> None:
    copied = (
        "[{source: {kind: ConfigMap, fieldPath: metadata.annotations}, targets: [{select: {kind: Secret}, "
    )
    copied += "fieldPaths: [metadata.annotations], options: {create: true}}]}]"
    write("app/kustomization.yaml", f"resources: [a.yaml, b.yaml]\nreplacements: {copied}\n")
    write("app/a.yaml", config_map("a").replace("name: a\n", "name: a\n  annotations: {x: y}\n"))
    write("app/b.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: b}\n")
    found = rendered(options)
    assert [one.value["metadata"]["annotations"] for one in objects(found).values()] == [{"x": "y"}] * 2
    assert [text.file for text in found.texts] == ["manifests/app/kustomization.yaml"]


def test_each_stack_gets_its_overlay(write: Write, options: Options) -> None:
    write("app/base/kustomization.yaml", "resources: [a.yaml]\n")
    write("app/base/a.yaml", config_map("a"))
    for stack in ("dev", "prod"):
        write(f"app/overlays/{stack}/kustomization.yaml", f"resources: [../../base]\nnamePrefix: {stack}-\n")
    assert list(objects(rendered(options))) == ["dev-a"]
    assert list(objects(rendered(replace(options, stack="prod")))) == ["prod-a"]
    assert list(objects(rendered(options, overlay="prod"))) == ["prod-a"]
    (said,) = problems(rendered(replace(options, stack="staging")))
    assert said == (
        "manifests/app/overlays: application 'app' has no overlay 'staging'; it has dev, prod; "
        "write manifests/app/overlays/staging/kustomization.yaml, "
        "or choose another with the setting 'overlay' of application 'app'"
    )


def test_a_patch_can_rename_and_what_names_it_follows(write: Write, options: Options) -> None:
    patch = "- target: {kind: ConfigMap}\n  options: {allowNameChange: true}\n"
    patch += '  patch: \'[{"op": "replace", "path": "/metadata/name", "value": "renamed"}]\'\n'
    write("app/kustomization.yaml", f"resources: [web.yaml]\npatches:\n{patch}")
    write("app/web.yaml", WEB.replace("name: settings", "name: noted"))
    found = objects(rendered(options))
    assert sorted(found) == ["renamed", "web"]
    container = found["web"].value["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"configMapRef": {"name": "renamed"}}]


def test_generated_names_follow_their_content(write: Write, options: Options) -> None:
    generator = "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, files: [a.txt]}]\n"
    write("app/kustomization.yaml", generator)
    write("app/web.yaml", WEB)
    named = []
    for text in ("one", "two", "one"):
        write("app/a.txt", text)
        web = objects(rendered(options))["web"]
        named.append(
            web.value["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"]
        )
    assert named[0] == named[2] != named[1]
    assert all(name.startswith("settings-") for name in named)


def test_an_unchanged_application_needs_no_tool(write: Write, options: Options) -> None:
    names = [f"f{number}.yaml" for number in range(100)]
    write("app/kustomization.yaml", f"resources: [{', '.join(names)}]\n")
    for name in names:
        write(f"app/{name}", config_map(name.removesuffix(".yaml")))
    first = rendered(options)
    assert len(objects(first)) == 100
    again = rendered(replace(options, tools=gone))
    assert again == first
    write("app/f7.yaml", config_map("f7", value="changed"))
    with pytest.raises(ToolMissing):
        rendered(replace(options, tools=gone))


def test_plaintext_secrets_are_built_and_not_kept(write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "secretGenerator: [{name: key, literals: [password=canary]}]\n")
    assert [one.value["data"] for one in objects(rendered(options)).values()] == [{"password": "Y2FuYXJ5"}]
    assert not options.cache.exists()
    write("app/kustomization.yaml", 'secretGenerator: [{name: key, literals: ["password=${secrets:a}"]}]\n')
    placeholder = rendered(options)
    assert rendered(replace(options, tools=gone)) == placeholder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("secretGenerator: [{name: key, literals: [a=canary, a=canary]}]", "repeats the key"),
        ("secretGenerator: [{name: key, literals: [canary]}]", "invalid literal source [secret]"),
        ("secretGenerator: [{name: key, envs: [key.env]}]", "line has invalid utf8 bytes : a=[secret]"),
        (
            "resources: [secret.yaml]\npatches: [{path: patch.yaml}]",
            "expected MappingNode but got ScalarNode",
        ),
        (
            "secretGenerator: [{name: k}]\npatches: [{patch: 'password: \"]: canary\"'}]",
            "unable to parse SM or JSON patch from [patch]",
        ),
    ],
    ids=["twice", "no value", "environment", "object", "patch"],
)
def test_an_error_does_not_repeat_secrets(text: str, said: str, write: Write, options: Options) -> None:
    write("app/kustomization.yaml", text)
    write("app/key.env", "").write_bytes(b"a=\xffcanary\n")
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n"
    write("app/secret.yaml", f"{secret}data: {{a: Y2FuYXJ5}}\n")
    write("app/patch.yaml", f"{secret}data: canary\n")
    (found,) = problems(rendered(options))
    assert said in found
    assert "canary" not in found
    assert "Y2FuYXJ5" not in found
    assert "99 97 110" not in found


def test_an_error_does_not_repeat_what_a_secret_in_a_file_holds(write: Write, options: Options) -> None:
    write("app/s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: canary-seven}\n")
    replacement = (
        "[{source: {kind: Secret, fieldPath: stringData.a, options: {delimiter: '-', index: 9}}, "
        "targets: [{select: {kind: Secret}, fieldPaths: [stringData.b]}]}]"
    )
    write("app/kustomization.yaml", f"resources: [s.yaml]\nreplacements: {replacement}\n")
    (problem,) = problems(rendered(options))
    assert "options.index 9 is out of bounds for value [secret]" in problem


def test_links_inside_the_repository_are_followed(repository: Path, write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "resources: [linked, sub/own.yaml]\n")
    write("shared/deep/base/kustomization.yaml", "resources: [../../../shared/deep/beside/one.yaml, b]\n")
    (repository / "manifests" / "app" / "linked").symlink_to("../shared/deep/base")
    write("shared/deep/base/kustomization.yaml", "resources: [one.yaml, ../beside]\n")
    write("shared/deep/base/one.yaml", config_map("one"))
    write("shared/deep/beside/kustomization.yaml", "resources: [two.yaml]\n")
    write("shared/deep/beside/two.yaml", config_map("two"))
    write("app/real/own.yaml", config_map("own"))
    (repository / "manifests" / "app" / "sub").symlink_to("real")
    assert sorted(objects(rendered(options))) == ["one", "own", "two"]


def test_the_shop_with_its_components(repository: Path, options: Options) -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not on this machine")
    shutil.copytree(CORPUS, repository / "manifests" / "app")
    file = repository / "manifests" / "app" / "kustomization.yaml"
    text = file.read_text()
    assert "cartservice" in objects(rendered(options))
    for component in ("memorystore", "network-policies"):
        text = text.replace(f"# - components/{component}", f"- components/{component}")
    file.write_text(text)
    found = rendered(options)
    built = objects(found)
    assert built["deny-all"].value["kind"] == "NetworkPolicy"
    assert built["redis-cart"].value["kind"] == "NetworkPolicy"  # The Deployment and the Service are gone.
    assert "manifests/app/components/network-policies/network-policy-redis.yaml" in {
        t.file for t in found.texts
    }


def test_a_disk_that_can_not_be_written_is_told(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("app/kustomization.yaml", "resources: [a.yaml]\n")
    write("app/a.yaml", config_map("a"))
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(ToolNotRun, match="/nowhere: kustomize can't be run"):
        rendered(options)


def test_yaml_that_the_kustomization_does_not_name_is_told(write: Write, options: Options) -> None:
    write("app/kustomization.yaml", "resources: [a.yaml, base]\n")
    write("app/a.yaml", config_map("a"))
    write("app/extra.yaml", config_map("extra"))
    write("app/base/kustomization.yaml", "resources: [b.yaml]\n")
    write("app/base/b.yaml", config_map("b"))
    write("app/base/of-others.yaml", config_map("c"))
    found = rendered(options)
    assert sorted(objects(found)) == ["a", "b"]
    assert [str(one).partition(";")[0] for one in found.warnings] == [
        "manifests/app/extra.yaml: the file is left out: the kustomization beside it doesn't name it"
    ]
