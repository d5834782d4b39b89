"""Loading: several applications and files into one list of manifests."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from onestack.errors import InvalidManifests
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.scope import Kind
from onestack.manifests.text import Text
from onestack.rendering.texts import texts
from tests.reading import options

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: books.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Book, plural: books}
  versions: [{name: v1, served: true, storage: true}, {name: v1alpha1, served: false, storage: false}]
"""
BOOK = "apiVersion: example.com/v1\nkind: Book\nmetadata:\n  name: it\n"

Loaded = Callable[..., tuple[Manifest, ...]]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    def write_and_load(
        files: dict[str, str], *applications: Application, known_kinds: Sequence[Kind] = ()
    ) -> tuple[Manifest, ...]:
        for name, text in files.items():
            path = tmp_path / "manifests" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        chosen = applications or (Application("app", namespace="app"),)
        found = texts(chosen, options(tmp_path))
        return load(found.texts, known_kinds=known_kinds, found=found.problems)

    return write_and_load


def problems(raised: pytest.ExceptionInfo[InvalidManifests]) -> list[str]:
    return [str(problem) for problem in raised.value.problems]


def test_a_manifest_says_all_that_the_engine_needs(loaded: Loaded) -> None:
    (manifest,) = loaded({"app/a.yaml": f"# first\n{CONFIG}data: {{a: b}}\n"})
    assert manifest.application == "app"
    assert manifest.identity == Identity("", "ConfigMap", "app", "settings")
    assert (manifest.resource_name, manifest.type_token) == ("app/settings", "kubernetes:core/v1:ConfigMap")
    assert manifest.body == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "app"},
        "data": {"a": "b"},
    }
    assert str(manifest.location) == "manifests/app/a.yaml:2:1"
    assert str(manifest.place("data", "a")) == "manifests/app/a.yaml:6:11"
    json.dumps(manifest.body)


def test_the_namespace_is_filled_in_by_scope_and_never_overridden(loaded: Loaded) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: own}\n"
    text = f"{CONFIG}---\n{CONFIG}  namespace: own\n---\n{namespace}"
    assert [str(manifest.identity) for manifest in loaded({"app/a.yaml": text})] == [
        "ConfigMap app/settings",
        "ConfigMap own/settings",
        "Namespace own",
    ]


def test_without_any_namespace_a_namespaced_object_is_refused(loaded: Loaded) -> None:
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": CONFIG}, Application("app"))
    assert problems(raised) == [
        (
            "manifests/app/a.yaml:4:3: the ConfigMap 'settings' has no namespace; "
            "write metadata.namespace, or set the namespace of application 'app' in the stack's settings"
        )
    ]


def test_an_applications_namespace_must_be_one(loaded: Loaded) -> None:
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": CONFIG}, Application("app", namespace="No"))
    assert problems(raised)[0].startswith("manifests/app: 'No' is no name for the application's namespace; ")


def test_a_crd_of_any_application_gives_the_scope_of_its_kind(loaded: Loaded) -> None:
    files = {"app/book.yaml": BOOK, "platform/crd.yaml": CRD}
    book, definition = loaded(files, Application("app", "app"), Application("platform"))
    assert (book.namespace, definition.namespace) == ("app", None)
    assert book.type_token == "kubernetes:example.com/v1:Book"


def test_a_version_that_the_crd_does_not_serve_is_refused(loaded: Loaded) -> None:
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": f"{CRD}---\n{BOOK.replace('/v1', '/v1alpha1')}"})
    assert problems(raised) == [
        (
            "manifests/app/a.yaml:11:13: there is no Book in example.com/v1alpha1; "
            "Book is served as example.com/v1"
        )
    ]


def test_a_kind_that_is_known_from_elsewhere_needs_no_crd(loaded: Loaded) -> None:
    kind = Kind("example.com", "Book", ("v1",), namespaced=False)
    (book,) = loaded({"app/a.yaml": BOOK}, known_kinds=[kind])
    assert book.namespace is None


def test_a_custom_kind_with_a_namespace_needs_no_definition_to_be_read(loaded: Loaded) -> None:
    said = "kind: {}\nmetadata: {{name: a, namespace: b}}\n"
    for api_version, kind in (
        ("example.com/v1", "Book"),
        ("serving.knative.dev/v1", "Service"),
        ("cluster.x-k8s.io/v1beta1", "Cluster"),
    ):
        (found,) = loaded({"app/a.yaml": f"apiVersion: {api_version}\n" + said.format(kind)})
        assert (found.type_token, found.namespace) == (f"kubernetes:{api_version}:{kind}", "b")


@pytest.mark.parametrize(
    ("api_version", "kind", "said"),
    [
        ("apps/v1", "Deploymnet", "write 'kind: Deployment'"),
        ("network.k8s.io/v1", "Ingress", "Ingress is served as networking.k8s.io/v1"),
        ("networking.k8s.oi/v1", "Ingress", "Ingress is served as networking.k8s.io/v1"),
        ("app/v1", "Deployment", "Deployment is served as apps/v1"),
        ("examplecom/v1", "Page", "see 'kubectl api-resources'"),
        ("example.com/v1", "book", "write 'kind: Book'"),
        ("exampel.com/v1", "Book", "Book is served as example.com/v1"),
        ("example.com/v2", "Book", "Book is served as example.com/v1"),
    ],
)
def test_what_can_be_no_custom_kind_is_an_error_with_a_namespace_too(
    loaded: Loaded, api_version: str, kind: str, said: str
) -> None:
    text = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\n"
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": text}, known_kinds=[Kind("example.com", "Book", ("v1",), namespaced=True)])
    (problem,) = problems(raised)
    assert problem.startswith(f"manifests/app/a.yaml:1:13: there is no {kind} in {api_version}; {said}")


def test_a_kind_known_without_versions_is_taken_in_any(loaded: Loaded) -> None:
    kind = Kind("example.com", "Book", (), namespaced=False)
    (book,) = loaded({"app/a.yaml": BOOK}, known_kinds=[kind])
    assert book.namespace is None


def test_a_scope_that_the_definition_contradicts_is_told(loaded: Loaded) -> None:
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": CRD}, known_kinds=[Kind("example.com", "Book", (), namespaced=False)])
    assert "the scope of Book is another one in the stack's setting onestack:manifests.knownKinds" in str(
        problems(raised)
    )


def test_of_too_many_problems_it_is_told_how_many_were_left_out(loaded: Loaded) -> None:
    for count, said in ((101, "another is not told"), (150, "50 others are not told")):
        with pytest.raises(InvalidManifests) as raised:
            loaded({"app/a.yaml": "---\n".join([CONFIG] * (count + 1))})
        assert len(problems(raised)) == 101
        assert problems(raised)[-1] == f"manifests/app/a.yaml: there are more than 100 problems; {said}"


def test_what_two_applications_make_of_one_file_names_both(loaded: Loaded) -> None:
    texts = [
        Text(Application(name, namespace="app"), f"charts/{file}.yaml", CONFIG.encode(), rendered=True)
        for name, file in (("one", "a"), ("two", "a"), ("three", "b"))
    ]
    with pytest.raises(InvalidManifests) as raised:
        load(texts)
    said = "ConfigMap app/settings is declared twice, by the application"
    assert problems(raised) == [
        f"charts/a.yaml: {said}s 'one' and 'two'; keep one; both are made of this file",
        f"charts/b.yaml: {said}s 'one' and 'three'; keep one; the other is at charts/a.yaml",
    ]
    with pytest.raises(InvalidManifests) as raised:
        load([texts[0], texts[0]])
    assert problems(raised) == [f"charts/a.yaml: {said} 'one'; keep one; both are made of this file"]


def test_lists_are_taken_apart(loaded: Loaded) -> None:
    role = "{metadata: {name: a}, rules: []}"
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
        "  - {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: b}}]}\n"
        f"---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems: [{role}]\n"
        "---\napiVersion: v1\nkind: ConfigMapList\nitems:\n"
    )
    found = loaded({"app/a.yaml": text})
    assert [str(manifest.identity) for manifest in found] == [
        "ConfigMap app/a",
        "Secret app/b",
        "Role.rbac.authorization.k8s.io app/a",
    ]
    assert found[2].body["apiVersion"] == "rbac.authorization.k8s.io/v1"
    assert str(found[1].location) == "manifests/app/a.yaml:5:42"


def test_what_the_api_server_ignores_is_left_out(loaded: Loaded) -> None:
    metadata = "metadata: {name: a, creationTimestamp: null}"
    pod = f"apiVersion: v1\nkind: Pod\n{metadata}\nspec: {{}}\nstatus: {{phase: x}}\n"
    pod_found, definition, book = loaded({"app/a.yaml": f"{pod}---\n{CRD}---\n{BOOK}status: {{ours: 1}}\n"})
    assert pod_found.body == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "app"},
        "spec": {},
    }
    assert "spec" in definition.body
    assert book.body["status"] == {"ours": 1}  # it may be no subresource there


def test_one_identity_in_two_files_names_both(loaded: Loaded) -> None:
    files = {"app/a.yaml": CONFIG, "other/b.yaml": f"# moved\n{CONFIG}  namespace: app\n"}
    with pytest.raises(InvalidManifests) as raised:
        loaded(files, Application("app", "app"), Application("other", "other"))
    assert problems(raised) == [
        (
            "manifests/other/b.yaml:2:1: ConfigMap app/settings is declared twice; "
            "keep one; the other is at manifests/app/a.yaml:1:1"
        )
    ]


def test_one_object_in_two_versions_is_one_identity(loaded: Loaded) -> None:
    scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": f"{scaler}---\n{scaler.replace('v2', 'v1')}"})
    assert "HorizontalPodAutoscaler.autoscaling app/a is declared twice" in problems(raised)[0]


def test_every_problem_of_every_file_is_said_in_one_go(loaded: Loaded) -> None:
    files = {
        "app/a.yaml": "a: [\n",
        "app/b.yaml": "- 1\n",
        "app/c.yaml": CONFIG.replace("settings", "_"),
        "app/d": "",
    }
    with pytest.raises(InvalidManifests) as raised:
        loaded(files, Application("app", "app"), Application("gone"))
    assert [problem.partition(":")[0] for problem in problems(raised)] == [
        "manifests/app/a.yaml",
        "manifests/app/b.yaml",
        "manifests/app/c.yaml",
        "manifests/gone",
    ]
    assert raised.value.exit_code == 1
    assert str(raised.value).startswith("4 problems in the manifests\n")


def test_a_value_of_a_secret_is_never_repeated(loaded: Loaded) -> None:
    data = "stringData: {a: 271828, b: 0x1234567, c: 99999999999999999999}"
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{data}\n"
    for chosen in (text, text.replace(", c: 99999999999999999999", "")):
        with pytest.raises(InvalidManifests) as raised:
            loaded({"app/a.yaml": chosen})
        assert not any(value in str(raised.value) for value in ("271828", "1234567", "19088743", "999999"))


@pytest.mark.parametrize("text", ["", "# nothing yet\n---\n", "apiVersion: v1\nkind: List\nitems: []\n"])
def test_an_application_without_objects_is_as_wrong_as_one_without_files(loaded: Loaded, text: str) -> None:
    with pytest.raises(InvalidManifests) as raised:
        loaded({"app/a.yaml": text})
    what = "the files of application 'app' hold no objects; write some, or take it out of the settings"
    assert problems(raised) == [f"manifests/app/a.yaml: {what}"]
