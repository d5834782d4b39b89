"""Which tools there are, which versions of them fit, and which Go module builds each; pure data.

The versions that are *built* are not here: they stand in ``tools/*/go.mod``, with checksums.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from onestack.local.toolchain.version import Fit, major, minor

KUBERNETES = (1, 36)
"""The control plane's version, as in ``tools/kubernetes/go.mod``; its components move together."""


@dataclass(frozen=True)
class Tool:
    """A program.

    ``fit`` is None where the installed SDK decides (pulumi and its plugins).
    ``ask`` are the arguments that make it say its version, and ``answer`` finds it in what is said.
    ``companions`` are files that must lie beside it.
    """

    name: str
    module: str
    ask: tuple[str, ...]
    fit: Fit | None = None
    answer: re.Pattern[str] = field(default=re.compile(r".+", re.DOTALL))
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plugin:
    """A provider plugin: downloaded only, never built.

    ``sdk`` is the Python package whose version it must have; ``stand_in`` is the Python module
    that takes its place offline.
    """

    name: str
    provider: str
    sdk: str
    stand_in: str


@dataclass(frozen=True)
class Module:
    """A folder of ``tools/``.

    ``package`` is the required Go module that the tools come from and whose version they have.
    ``stamps`` are Go variables set at link time, with ``{version}``, ``{major}`` and ``{minor}``.
    ``renames`` maps what ``go build`` calls a program to our name for it.
    ``extras`` are files of the Go module itself that belong beside the programs.
    """

    folder: str
    package: str
    stamps: tuple[str, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    extras: tuple[str, ...] = ()


_VERSION_FLAG = ("--version",)
_LANGUAGE_COMPANIONS = ("pulumi-language-python-exec",)

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("pulumi", "pulumi", ("version",)),
        # It has no way to say its version; it counts as the version of the pulumi it lies beside.
        Tool("pulumi-language-python", "pulumi-python", (), companions=_LANGUAGE_COMPANIONS),
        Tool("etcd", "etcd", _VERSION_FLAG, minor(3, 6)),
        Tool("kube-apiserver", "kubernetes", _VERSION_FLAG, minor(*KUBERNETES)),
        Tool("kube-controller-manager", "kubernetes", _VERSION_FLAG, minor(*KUBERNETES)),
        Tool("kube-scheduler", "kubernetes", _VERSION_FLAG, minor(*KUBERNETES)),
        Tool("kwok", "kwok", _VERSION_FLAG, minor(0, 8)),
        # One minor version either way is what Kubernetes supports between kubectl and API server.
        Tool(
            "kubectl",
            "kubernetes",
            ("version", "--client"),
            minor(*KUBERNETES, around=1),
            re.compile(r"Client Version: *(\S+)"),
        ),
        Tool("helm", "helm", ("version", "--template", "{{.Version}}"), major(4)),
        Tool("kustomize", "kustomize", ("version",), major(5)),
        Tool("kubeconform", "kubeconform", ("-v",), minor(0, 8)),
        Tool("kapp", "kapp", ("version",), minor(0, 64), re.compile(r"kapp version (\S+)")),
        Tool("registry", "registry", _VERSION_FLAG, minor(3, 1), re.compile(r"registry \S+ (\S+)")),
        # It has no way to say its version, so it is always the one that is built.
        Tool("fake-gcs-server", "fake-gcs-server", (), minor(1, 56)),
        Tool("actionlint", "actionlint", ("-version",), minor(1, 7)),
    )
}

TEST_ONLY: tuple[str, ...] = ("kubeconform", "kapp", "registry", "fake-gcs-server", "actionlint")
"""What only tests and benchmarks use: had when asked for by name, and no part of what users get."""

PLUGINS: dict[str, Plugin] = {
    plugin.name: plugin
    for plugin in (
        Plugin("pulumi-resource-kubernetes", "kubernetes", "pulumi_kubernetes", "onestack.local.kubernetes"),
        Plugin("pulumi-resource-gcp", "gcp", "pulumi_gcp", "onestack.local.gcp"),
    )
}

KNOWN: tuple[str, ...] = (*TOOLS, *PLUGINS)
ALL: tuple[str, ...] = tuple(name for name in KNOWN if name not in TEST_ONLY)
"""What users get."""

# Variables as the projects' own release scripts set them.
_KUBERNETES_STAMPS = tuple(
    f"{package}.{variable}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for variable in ("gitVersion=v{version}", "gitMajor={major}", "gitMinor={minor}")
)

MODULES: dict[str, Module] = {
    module.folder: module
    for module in (
        Module(
            "pulumi",
            "github.com/pulumi/pulumi/pkg/v3",
            ("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",),
        ),
        Module(
            "pulumi-python",
            "github.com/pulumi/pulumi/sdk/v3",
            extras=("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"),
        ),
        Module("etcd", "go.etcd.io/etcd/server/v3", renames=(("server", "etcd"),)),
        Module("kubernetes", "k8s.io/kubernetes", _KUBERNETES_STAMPS),
        Module("kwok", "sigs.k8s.io/kwok", ("sigs.k8s.io/kwok/pkg/consts.Version=v{version}",)),
        Module("helm", "helm.sh/helm/v4", ("helm.sh/helm/v4/internal/version.version=v{version}",)),
        Module("kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),
        Module("kubeconform", "github.com/yannh/kubeconform", ("main.version=v{version}",)),
        Module("kapp", "carvel.dev/kapp", ("carvel.dev/kapp/pkg/kapp/version.Version={version}",)),
        Module(
            "registry",
            "github.com/distribution/distribution/v3",
            ("github.com/distribution/distribution/v3/version.version=v{version}",),
        ),
        Module("fake-gcs-server", "github.com/fsouza/fake-gcs-server"),
        Module(
            "actionlint", "github.com/rhysd/actionlint", ("github.com/rhysd/actionlint.version=v{version}",)
        ),
    )
}


def programs(module: str) -> tuple[str, ...]:
    """The tools that a module builds."""
    return tuple(tool.name for tool in TOOLS.values() if tool.module == module)
