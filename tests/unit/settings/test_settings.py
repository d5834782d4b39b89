"""Settings are one frozen value, the same from the file and from the engine; bad ones are named."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from onestack import settings
from onestack.errors import InvalidSettings, UnknownStack
from onestack.gates.settings import (
    ApprovalSettings,
    GateSettings,
    LimitSettings,
    PolicySettings,
    Window,
    WindowSettings,
)
from onestack.gcp.maintenance import Maintenance
from onestack.gcp.node_pools import NodePool, Taint
from onestack.gcp.repository import Github
from onestack.gcp.settings import Cluster, GcpSettings, Ranges, Registry, State
from onestack.manifests.scope import Kind
from onestack.notify import NotifySettings, SlackSettings

GOOD = """\
config:
  onestack:platform: embedded
  onestack:manifests:
    applications:
      shop: {namespace: shop}
      plain:
  other:thing: 1
"""


def write(root: Path, text: str, stack: str = "local") -> None:
    """Writes a stack's settings file."""
    (root / "stacks").mkdir(exist_ok=True)
    (root / "stacks" / f"Pulumi.{stack}.yaml").write_text(text)


def test_a_file_becomes_a_value(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    read = settings.from_file(tmp_path, "local")
    assert read.platform == "embedded"
    assert read.manifests.path == "manifests"
    assert [(one.name, one.namespace) for one in read.manifests.selected()] == [
        ("plain", None),
        ("shop", "shop"),
    ]
    assert read.readiness.timeout_seconds == 600


def test_the_engine_gives_the_same_value_as_the_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    from_engine = {
        "platform": "embedded",
        "manifests": json.dumps({"applications": {"shop": {"namespace": "shop"}, "plain": None}}),
    }
    assert settings.from_engine("local", from_engine.get) == settings.from_file(tmp_path, "local")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: {}", "stacks/Pulumi.local.yaml:1:1: onestack:platform: Field required"),
        (
            GOOD.replace("embedded", "mainframe"),
            "stacks/Pulumi.local.yaml:2:3: onestack:platform: Input should be",
        ),
        (
            GOOD + "  onestack:colour: blue\n",
            "Pulumi.local.yaml:8:3: onestack:colour: is not a setting that onestack knows",
        ),
        (GOOD.replace("embedded", "kubeconfig"), "platform 'kubeconfig' needs the setting"),
        (GOOD + "  onestack:kubeconfig: {path: x}\n", "only for platform 'kubeconfig'"),
        (GOOD + "  onestack:readiness: {timeoutSeconds: 0}\n", "8:24: onestack:readiness.timeoutSeconds"),
        (
            GOOD + "  onestack:readines: {timeoutSeconds: 9}\n",
            "8:3: onestack:readines: is not a setting that ",
        ),
        (GOOD + "  onestack:readines: {}\n", "onestack knows; did you mean readiness?"),
        (GOOD + "  onestack:checks: {reference: off}\n", "8:21: onestack:checks.reference: is not a setting"),
        (GOOD + "  onestack:checks: {reference: off}\n", "did you mean references?"),
        (
            GOOD + "  onestack:checks: {zzz: off}\n",
            "known here: deprecated, hooks, namespaces, plaintextSecrets, ",
        ),
        (
            GOOD + "  onestack:checks: {hooks: loud}\n",
            "8:21: onestack:checks.hooks: Input should be 'error', ",
        ),
        (GOOD.replace("{namespace: shop}", "{overlays: x}"), "applications.shop.overlays: is not a setting"),
        (GOOD.replace("{namespace: shop}", "{overlays: x}"), "did you mean overlay?"),
        (GOOD + "  onestack:kubernetesVersion: 1.30\n", "8:3: onestack:kubernetesVersion: Input should be"),
        (GOOD + "  onestack:kubernetesVersion: 1.30\n", "; put it in quotes"),
        (
            GOOD + "  onestack:kubernetesVersion: v1.36\n",
            "'v1.36' can't be that; write a minor version, such as '1.",
        ),
        (
            GOOD + "  onestack:rendering: {allowedHosts: ['https://a.example/x']}\n",
            "8:39: onestack:rendering.allowedHosts.0: 'https://a.example/x' can't be that; write a host",
        ),
        (GOOD + "  onestack:stack: x\n", "8:3: onestack:stack: is not a setting; the stack is named by"),
        ("just text", "has no mapping 'config'"),
        ("config: [", "stacks/Pulumi.local.yaml:2:1"),
    ],
)
def test_bad_settings_name_the_file_and_the_setting(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, text)
    with pytest.raises(InvalidSettings, match=r"stacks/Pulumi\.local\.yaml") as caught:
        settings.from_file(tmp_path, "local")
    assert said in str(caught.value)


def with_kind(said: str) -> str:
    return GOOD.replace("    applications:", f"    knownKinds: {{{said}}}\n    applications:")


def test_kinds_that_the_cluster_has_are_read_the_same_both_ways(tmp_path: Path) -> None:
    write(tmp_path, with_kind("Issuer.a.io: Cluster, Zoo.b.io: {scope: Namespaced, versions: [v1, v1beta1]}"))
    read = settings.from_file(tmp_path, "local")
    assert read.manifests.custom_kinds() == (
        Kind("a.io", "Issuer", (), namespaced=False),
        Kind("b.io", "Zoo", ("v1", "v1beta1"), namespaced=True),
    )
    kinds = {"Issuer.a.io": "Cluster", "Zoo.b.io": {"scope": "Namespaced", "versions": ["v1", "v1beta1"]}}
    chosen = {"shop": {"namespace": "shop"}, "plain": None}
    from_engine = {
        "platform": "embedded",
        "manifests": json.dumps({"applications": chosen, "knownKinds": kinds}),
    }
    assert settings.from_engine("local", from_engine.get) == read


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "Certificate: Cluster",
            "4:18: onestack:manifests.knownKinds.Certificate: 'Certificate' can't be that; write for",
        ),
        (
            "certificates.a.io: Cluster",
            "knownKinds.certificates.a.io: 'certificates.a.io' can't be that; write",
        ),
        (
            "A.a.io: cluster",
            "knownKinds.A.a.io.scope: Input should be 'Namespaced' or 'Cluster'; did you mean C",
        ),
        (
            "A.a.io: {scop: Cluster}",
            "knownKinds.A.a.io.scop: is not a setting that onestack knows; did you mean s",
        ),
        ("A.a.io: {scop: Cluster}", "knownKinds.A.a.io.scope: Field required"),
        ("A.a.io: 3", "knownKinds.A.a.io: it has to be a mapping of names to values"),
        ("A.a.io: {scope: Cluster, versions: [a.io/v1]}", "versions.0: 'a.io/v1' can't be that; write for"),
        (
            "Ingress.networking.k8s.io: Cluster",
            "Kubernetes itself has Ingress.networking.k8s.io: leave it out",
        ),
    ],
)
def test_kinds_that_no_cluster_can_have_are_told(tmp_path: Path, kind: str, said: str) -> None:
    write(tmp_path, with_kind(kind))
    with pytest.raises(InvalidSettings) as caught:
        settings.from_file(tmp_path, "local")
    assert said in str(caught.value)


def test_an_unknown_stack_lists_those_that_are_there(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, stack="dev")
    with pytest.raises(UnknownStack, match="dev, local"):
        settings.from_file(tmp_path, "prod")


@pytest.mark.parametrize("prefix", ["onstack", "OneStack", "onesatck", "one-stack"])
def test_a_misspelt_prefix_is_told_with_its_place(tmp_path: Path, prefix: str) -> None:
    write(tmp_path, GOOD + f"  {prefix}:readiness: {{timeoutSeconds: 9}}\n")
    with pytest.raises(InvalidSettings, match=rf"8:3: {prefix}:readiness: did you mean onestack:readiness\?"):
        settings.from_file(tmp_path, "local")


@pytest.mark.parametrize("prefix", ["kubernetes", "gcp", "pulumi", "openstack", "onestack2", "substack"])
def test_keys_of_providers_and_of_the_project_are_not_ours(tmp_path: Path, prefix: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: onestack2\n")
    write(tmp_path, GOOD + f"  {prefix}:thing: 1\n")
    assert settings.from_file(tmp_path, "local").platform == "embedded"


def test_how_to_check_and_render_is_read(tmp_path: Path) -> None:
    more = """\
  onestack:kubernetesVersion: '1.35'
  onestack:rendering: {allowedHosts: [charts.example.com, 'localhost:5000']}
  onestack:checks: {references: error, namespaces: off, hooks: 'off'}
"""
    write(tmp_path, GOOD.replace("{namespace: shop}", "{overlay: small}") + more)
    read = settings.from_file(tmp_path, "local")
    assert read.kubernetes_version == "1.35"
    assert read.rendering.allowed_hosts == ("charts.example.com", "localhost:5000")
    assert (read.checks.references, read.checks.namespaces, read.checks.hooks) == ("error", "off", "off")
    assert read.manifests.selected()[1].overlay == "small"
    from_engine = {
        "platform": "embedded",
        "kubernetesVersion": "1.35",
        "manifests": json.dumps({"applications": {"shop": {"overlay": "small"}, "plain": None}}),
        "rendering": json.dumps({"allowedHosts": ["charts.example.com", "localhost:5000"]}),
        "checks": json.dumps({"references": "error", "namespaces": False, "hooks": "off"}),
    }
    assert settings.from_engine("local", from_engine.get) == read


def test_every_setting_is_documented() -> None:
    """Each has a row in docs/settings.md, by the name that people write."""
    documented = (Path(__file__).parents[3] / "docs/settings.md").read_text(encoding="utf-8")
    groups: dict[str, type[BaseModel]] = {
        "kubeconfig": settings.KubeconfigSettings,
        "rendering": settings.RenderingSettings,
        "checks": settings.CheckSettings,
        "readiness": settings.ReadinessSettings,
        "acceptance": settings.AcceptanceSettings,
        "manifests": settings.ManifestSettings,
        "manifests.applications.<name>": settings.ApplicationSettings,
        "manifests.knownKinds.<Kind.group>": settings.KnownKind,
        "gates": GateSettings,
        "gates.windows": WindowSettings,
        "gates.windows.allow": Window,
        "gates.approvals": ApprovalSettings,
        "gates.limits": LimitSettings,
        "gates.policy": PolicySettings,
        "gcp": GcpSettings,
        "gcp.network": Ranges,
        "gcp.cluster": Cluster,
        "gcp.cluster.maintenance": Maintenance,
        "gcp.nodePools.<name>": NodePool,
        "gcp.nodePools.<name>.taints": Taint,
        "gcp.registry": Registry,
        "gcp.state": State,
        "gcp.github": Github,
        "delivery": settings.DeliverySettings,
        "notify": NotifySettings,
        "notify.slack": SlackSettings,
    }
    names = [name for name in aliases(settings.Settings) if name not in {"stack", *groups}]
    names += [f"{group}.{name}" for group, model in groups.items() for name in aliases(model)]
    names = [name for name in names if name not in groups]
    assert [name for name in names if f"| `onestack:{name}` |" not in documented] == []


def aliases(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
