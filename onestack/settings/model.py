"""All settings of a stack as one frozen value."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from onestack.frozen import Frozen
from onestack.gates.settings import GateSettings
from onestack.gcp.faults import refuse
from onestack.gcp.names import stack_faults
from onestack.gcp.settings import GcpSettings
from onestack.manifests.application import Application
from onestack.manifests.scope import KUBERNETES, Kind, is_builtin
from onestack.notify.settings import NotifySettings
from onestack.validation.finding import Severity, Weights
from onestack.validation.weight import Weight


class ApplicationSettings(Frozen):
    """One application of the stack: a folder of the manifests folder."""

    namespace: str | None = None
    """Fills in the namespace that the application's namespaced manifests leave out."""
    overlay: str | None = None
    """Which of the application's overlays to build; without it the one named like the stack."""


def _is_custom(name: str) -> str:
    kind, _, group = name.partition(".")
    if is_builtin(group, kind):
        message = f"Kubernetes itself has {name}: leave it out"
        raise ValueError(message)
    return name


KindName = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Za-z0-9]*(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?){2,}$"),
    AfterValidator(_is_custom),
]
Version = Annotated[str, Field(pattern=r"^v[0-9]+((alpha|beta)[0-9]+)?$")]


def _scope_alone(value: Any) -> Any:
    """Mostly there is nothing but the scope to say."""
    return {"scope": value} if isinstance(value, str) else value


class KnownKind(Frozen):
    """A custom kind that the cluster has from elsewhere."""

    scope: Literal["Namespaced", "Cluster"]
    versions: Annotated[tuple[Version, ...], Field(strict=False)] = ()
    """Those that it is served in, the preferred one first; without them any is taken."""


class ManifestSettings(Frozen):
    """Where the manifests are and which applications the stack has."""

    path: str = "manifests"
    """Folder, relative to the repository."""
    applications: dict[str, ApplicationSettings | None]
    known_kinds: dict[KindName, Annotated[KnownKind, BeforeValidator(_scope_alone)]] = Field(
        default_factory=dict
    )
    """Custom kinds that the cluster has from elsewhere, by ``Kind.group``."""

    def selected(self) -> tuple[Application, ...]:
        """The stack's applications, by name."""
        return tuple(
            Application(name=name, namespace=chosen.namespace, overlay=chosen.overlay)
            if chosen
            else Application(name)
            for name, chosen in sorted(self.applications.items())
        )

    def custom_kinds(self) -> tuple[Kind, ...]:
        """The kinds that the cluster has from elsewhere."""
        named = ((name.partition("."), said) for name, said in self.known_kinds.items())
        return tuple(
            Kind(group, kind, said.versions, namespaced=said.scope == "Namespaced")
            for (kind, _, group), said in named
        )


class KubeconfigSettings(Frozen):
    """An existing cluster, by its kubeconfig."""

    path: str
    """File; ``~`` is the home folder, a relative path starts at the repository."""
    context: str | None = None
    """Context to use; without it the file's current one."""
    cluster_identifier: str | None = None
    """A name for the cluster that changes exactly when the cluster does; without it one is
    derived from the cluster's certificate authority."""


class ReadinessSettings(Frozen):
    """How long a release may take to become ready."""

    timeout_seconds: Annotated[int, Field(gt=0, le=24 * 3600)] = 600


class AcceptanceSettings(Frozen):
    """The tests that look at what is live after a deployment."""

    path: Annotated[str, Field(min_length=1)] = "acceptance"
    """Folder of pytest suites, relative to the repository."""
    timeout_seconds: Annotated[int, Field(gt=0, le=24 * 3600)] = 300
    """How long all of them together may take."""


class DeliverySettings(Frozen):
    """Who is told of a deployment, and what follows one that failed."""

    github: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$")] | None = None
    """The repository at GitHub, as ``owner/name``: approvals are read there; statuses, deployments and
    plans are written. Without it nothing is asked or told there."""
    revert: bool = False
    """Whether a deployment that failed opens the pull request that takes it back."""


Host = Annotated[str, Field(pattern=r"^(\[::1\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?$")]


class RenderingSettings(Frozen):
    """What rendering may do."""

    allowed_hosts: Annotated[tuple[Host, ...], Field(strict=False)] = ()
    """Hosts that charts and remote bases may be fetched from, as ``host`` or ``host:port``."""


class CheckSettings(Frozen):
    """How findings weigh: ``error`` stops a deployment, ``warning`` is told, ``off`` isn't looked for."""

    references: Weight = Severity.WARNING
    namespaces: Weight = Severity.ERROR
    deprecated: Weight = Severity.WARNING
    hooks: Weight = Severity.WARNING
    plaintext_secrets: Weight = Severity.WARNING

    def weights(self) -> Weights:
        """The same, as a check takes it."""
        return Weights(self.references, self.namespaces, self.deprecated, self.hooks, self.plaintext_secrets)


class Settings(Frozen):
    """All settings of one stack."""

    stack: str
    platform: Literal["embedded", "kubeconfig", "gcp"]
    kubeconfig: KubeconfigSettings | None = None
    gcp: GcpSettings | None = None
    manifests: ManifestSettings
    readiness: ReadinessSettings = ReadinessSettings()
    kubernetes_version: Annotated[str, Field(pattern=r"^1\.[0-9]{2}$")] = KUBERNETES
    """The minor version that manifests are checked against and charts are rendered for."""
    rendering: RenderingSettings = RenderingSettings()
    checks: CheckSettings = CheckSettings()
    gates: GateSettings = GateSettings()
    delivery: DeliverySettings = DeliverySettings()
    acceptance: AcceptanceSettings = AcceptanceSettings()
    notify: NotifySettings = NotifySettings()

    @model_validator(mode="after")
    def _platform_has_its_settings(self) -> Self:
        if self.platform == "kubeconfig" and self.kubeconfig is None:
            message = "platform 'kubeconfig' needs the setting onestack:kubeconfig with a path"
            raise ValueError(message)
        if self.platform != "kubeconfig" and self.kubeconfig is not None:
            message = f"onestack:kubeconfig is only for platform 'kubeconfig', not '{self.platform}'"
            raise ValueError(message)
        if self.platform == "gcp" and self.gcp is None:
            message = (
                "platform 'gcp' needs the setting onestack:gcp with at least project, region and network"
            )
            raise ValueError(message)
        if self.platform != "gcp" and self.gcp is not None:
            message = f"onestack:gcp is only for platform 'gcp', not '{self.platform}'"
            raise ValueError(message)
        if self.gcp is not None:
            refuse(stack_faults(self.stack))
        return self
