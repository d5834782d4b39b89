"""The provider's own configuration: what it says, whether it is valid, what a change of it means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from onestack.local.kubernetes.merge_patch import same
from onestack.local.serving.codec import Secret, Unknown

_PREFIX: Final = "kubernetes:config:"


@dataclass(frozen=True)
class Config:
    """The settings that are served offline. ``kubeconfig`` "" means the ambient one."""

    kubeconfig: str = ""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    server_side_apply: bool = True
    patch_force: bool = False
    upsert: bool = False
    mutable_config_maps: bool = False
    mutable_secrets: bool = False
    delete_unreachable: bool = False
    skip_unreachable: bool = False
    quiet_deprecations: bool = False
    quiet_helm_hooks: bool = False
    await_all: bool = False
    render_directory: str = ""


@dataclass(frozen=True)
class ConfigDiff:
    """What a changed configuration means: ``replaces`` makes every object be replaced."""

    changed: bool
    diffs: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One setting that can't be; ``setting`` "" is the provider as a whole."""

    setting: str
    reason: str


def read(variables: Mapping[str, str], environ: Mapping[str, str]) -> Config:
    """The configuration of a provider; the environment fills in what it leaves out."""

    def text(name: str) -> str:
        return variables.get(_PREFIX + name, "")

    def flag(name: str, variable: str, default: bool = False) -> bool:
        value = variables.get(_PREFIX + name, environ.get(variable) if variable else None)
        return default if value is None else value == "true"

    return Config(
        kubeconfig=text("kubeconfig"),
        context=text("context"),
        cluster=text("cluster"),
        namespace=text("namespace"),
        server_side_apply=flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", True),
        patch_force=flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
        upsert=flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
        mutable_config_maps=flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        mutable_secrets=flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        delete_unreachable=flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        skip_unreachable=flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        quiet_deprecations=flag("suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"),
        quiet_helm_hooks=flag("suppressHelmHookWarnings", "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS"),
        await_all=environ.get("PULUMI_K8S_AWAIT_ALL") == "true",
        render_directory=text("renderYamlToDirectory"),
    )


def problems(
    urn_type: str, urn_name: str, news: Mapping[str, Any], environ: Mapping[str, str]
) -> list[Problem]:
    """What is wrong with a provider's inputs, in the official plugin's words."""
    strict = _ambient(environ).get("strictMode") == "true"
    if isinstance(news.get("strictMode"), str):
        strict = news["strictMode"] == "true"
    if strict and urn_type.startswith("pulumi:providers:"):
        return _strict_problems(urn_name, news)
    rendering = _truthy(news.get("renderYamlToDirectory"))
    found = []
    if rendering:
        found = [
            Problem(name, f'"{name}" arg is not compatible with "renderYamlToDirectory" arg')
            for name in ("cluster", "context", "kubeconfig")
            if _truthy(news.get(name)) and (name, news[name]) != ("kubeconfig", environ.get("KUBECONFIG"))
        ]
    elif news.get("alwaysRender") in {True, "true"}:
        found = [Problem("alwaysRender", '"alwaysRender" requires "renderYamlToDirectory" to be set')]
    return found


def _strict_problems(urn_name: str, news: Mapping[str, Any]) -> list[Problem]:
    found = []
    if urn_name.startswith("default"):
        found.append(Problem("", "strict mode prohibits default provider"))
    found += [
        Problem(name, f'strict mode requires Provider "{name}" argument')
        for name in ("kubeconfig", "context")
        if not news.get(name)
    ]
    return found


def diff(
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    old_cluster: Mapping[str, Any] | None,
    new_cluster: Mapping[str, Any] | None,
) -> ConfigDiff:
    """What the change from ``olds`` to ``news`` means.

    ``old_cluster`` and ``new_cluster`` are the active clusters' entries in the two kubeconfigs, None
    where one can't be told. With a ``clusterIdentifier`` only its change replaces.
    """
    changed = [key for key in {**olds, **news} if not same(_bare(olds.get(key)), _bare(news.get(key)))]
    if not changed:
        return ConfigDiff(changed=False)
    identified = news.get("clusterIdentifier") is not None and "clusterIdentifier" not in changed
    replaces = []
    if "clusterIdentifier" in changed and "clusterIdentifier" in olds and "clusterIdentifier" in news:
        replaces.append("clusterIdentifier")
    for key in ("kubeconfig", "context", "cluster"):
        if isinstance(_bare(news.get(key)), Unknown):
            return ConfigDiff(True, (key,), () if identified else (*replaces, key))
    if "renderYamlToDirectory" in changed:
        replaces.append("renderYamlToDirectory")
    if old_cluster is not None and new_cluster is not None and old_cluster != new_cluster:
        replaces += [key for key in ("kubeconfig", "context", "cluster") if key in changed]
    return ConfigDiff(True, tuple(sorted(changed)), () if identified else tuple(replaces))


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


def _truthy(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value != "")


def _ambient(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """The project's configuration of this package, which the engine hands down."""
    try:
        ambient = json.loads(environ.get("PULUMI_CONFIG") or "{}")
    except ValueError:
        return {}
    return ambient if isinstance(ambient, dict) else {}
