"""The other versions under which the engine may know an object, beside those of the official SDK."""

from __future__ import annotations

import re
from pathlib import Path

import pulumi_kubernetes
import pytest
import yaml

from onestack.manifests.aliases import Aliases
from onestack.manifests.manifest import Location, Manifest, type_token
from onestack.manifests.scope import OLDEST, Kind, builtin, is_before, superseding

_OWN = re.compile(r"'(kubernetes:[\w./]+:\w+)',\s*\n\s*resource_name")
_ALIAS = re.compile(r'type_="(kubernetes:[\w./]+:\w+)"')
_SDK = Path(pulumi_kubernetes.__file__).parent


def manifest(api_version: str, kind: str, **spec: object) -> Manifest:
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}
    return Manifest("app", api_version, kind, "a", None, body, Location("f.yaml", 1, 1))


def of(given: Manifest, *others: Manifest) -> set[str]:
    return set(Aliases([given, *others]).of(given))


def sdk() -> dict[str, set[str]]:
    """The alias table in the SDK's generated classes."""
    found = {}
    for file in sorted(_SDK.glob("*/*/*.py")):
        text = file.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if "alias_opts = " in line]
        if lines and file.parts[-3] != "helm" and not file.stem.endswith(("Patch", "List")):
            (own,) = _OWN.findall(text)
            found[own] = set(_ALIAS.findall(lines[0]))
    return found


def possible(token: str) -> bool:
    """Whether a release that onestack knows served the version that a type token names."""
    _, api_version, kind = token.split(":")
    row = superseding(api_version, kind)
    return row is None or not row.removed or is_before(OLDEST, row.removed)


def test_every_alias_of_the_sdk_that_can_be_in_a_state_is_one_here() -> None:
    table = sdk()
    assert len(table) > 100
    for token, aliases in table.items():
        _, api_version, kind = token.split(":")
        found = of(manifest(api_version.removeprefix("core/"), kind))
        assert found == {alias for alias in aliases if possible(alias)}, token
    assert not possible("kubernetes:extensions/v1beta1:Deployment")
    assert possible("kubernetes:flowcontrol.apiserver.k8s.io/v1beta2:FlowSchema")


def test_what_everybody_has_many_of_has_no_alias() -> None:
    for kind in ("Deployment", "StatefulSet", "DaemonSet"):
        assert of(manifest("apps/v1", kind)) == set()
    for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"):
        assert of(manifest("rbac.authorization.k8s.io/v1", kind)) == set()


def test_every_kind_served_in_several_versions_has_the_others_as_aliases() -> None:
    for kind in builtin().values():
        for api_version in kind.api_versions():
            tokens = {type_token(other, kind.kind) for other in kind.api_versions() if other != api_version}
            assert tokens <= of(manifest(api_version, kind.kind))


def test_a_kind_of_one_version_has_none() -> None:
    for api_version, kind in (("v1", "ConfigMap"), ("v1", "Service"), ("batch/v1", "Job")):
        assert of(manifest(api_version, kind)) == set()


def test_a_bump_is_known_in_both_directions() -> None:
    new, old = (manifest(f"autoscaling/{v}", "HorizontalPodAutoscaler") for v in ("v2", "v1"))
    assert "kubernetes:autoscaling/v1:HorizontalPodAutoscaler" in of(new)
    assert "kubernetes:autoscaling/v2:HorizontalPodAutoscaler" in of(old)
    assert old.type_token not in of(old)


def test_a_custom_kind_has_all_versions_that_its_definition_lists() -> None:
    versions = [{"name": "v1", "served": True}, {"name": "v1alpha1", "served": False}, {"name": 1}, 2]
    crd = manifest(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        group="x.io",
        names={"kind": "A"},
        versions=versions,
    )
    assert of(manifest("x.io/v1", "A"), crd) == {"kubernetes:x.io/v1alpha1:A"}
    assert of(manifest("x.io/v1alpha1", "A"), crd) == {"kubernetes:x.io/v1:A"}
    assert "kubernetes:y.io/v1alpha1:A" in of(manifest("y.io/v1", "A"), crd)


def test_a_kind_from_elsewhere_has_the_versions_of_the_settings_else_the_usual_ones() -> None:
    known = [Kind("x.io", "A", ("v1", "v1gamma7"), namespaced=True), Kind("x.io", "B", (), namespaced=True)]
    aliases = Aliases([], known)
    assert aliases.of(manifest("x.io/v1", "A")) == ("kubernetes:x.io/v1gamma7:A",)
    for kind in ("B", "C"):
        usual = aliases.of(manifest("x.io/v1", kind))
        assert f"kubernetes:x.io/v1beta1:{kind}" in usual
        assert f"kubernetes:x.io/v1:{kind}" not in usual


@pytest.mark.parametrize("content", [{}, {"versions": "v1", "group": 1, "names": []}])
def test_a_definition_that_is_none_gives_none(content: dict[str, object]) -> None:
    crd = manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", **content)
    assert of(manifest("x.io/v1", "A"), crd) == of(manifest("x.io/v1", "A"))


def test_the_table_is_sorted_and_names_each_version_once() -> None:
    text = Path("onestack/manifests/versions.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)
    assert rows == sorted(rows, key=lambda row: (row["kind"], row["versions"]))
    pairs = [(row["kind"], version) for row in rows for version in row["versions"]]
    assert len(pairs) == len(set(pairs))
