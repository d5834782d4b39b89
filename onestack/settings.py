"""The settings of a stack: everything that differs between environments, as one frozen value.

They stand under the ``onestack:`` keys of ``stacks/Pulumi.<stack>.yaml`` and are
read here and nowhere else: from that file (`from_file`) by the command, from the
engine's configuration (`from_engine`) by the program. Both ways give the same value.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from onestack.errors import InvalidSettings, Problem, UnknownStack, UsageError
from onestack.manifests.application import Application
from onestack.manifests.node import Node
from onestack.manifests.reader import read
from onestack.manifests.scope import KUBERNETES, Kind, is_builtin
from onestack.nearest import nearest
from onestack.repository import content, find
from onestack.validation.finding import Severity, Weights

PREFIX = "onestack:"
STACKS = "stacks"

# What to write where a pattern is not met.
_PATTERNS = {
    "kubernetesVersion": f"write a minor version, such as '{KUBERNETES}'",
    "rendering": "write a host, or host:port, in lower case, without scheme and path",
    "manifests": "write for example 'Certificate.cert-manager.io: Namespaced', and versions as 'v1'",
}
# A prefix that differs from ours by at most two letters is at least as like it as this.
_NEAR = 0.8
# Like ours, but a provider's.
_NOT_US = frozenset({"openstack"})


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True
    )


class ApplicationSettings(_Frozen):
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


class KnownKind(_Frozen):
    """A custom kind that the cluster has from elsewhere."""

    scope: Literal["Namespaced", "Cluster"]
    versions: Annotated[tuple[Version, ...], Field(strict=False)] = ()
    """Those that it is served in, the preferred one first; without them any is taken."""


class ManifestSettings(_Frozen):
    """Where the manifests are and which applications the stack has."""

    path: str = "manifests"
    """Folder, relative to the repository."""
    applications: dict[str, ApplicationSettings | None]
    known_kinds: dict[KindName, Annotated[KnownKind, BeforeValidator(_scope_alone)]] = {}
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


class KubeconfigSettings(_Frozen):
    """An existing cluster, by its kubeconfig."""

    path: str
    """File; ``~`` is the home folder, a relative path starts at the repository."""
    context: str | None = None
    """Context to use; without it the file's current one."""
    cluster_identifier: str | None = None
    """A name for the cluster that changes exactly when the cluster does; without it one is
    derived from the cluster's certificate authority."""


class ReadinessSettings(_Frozen):
    """How long a release may take to become ready."""

    timeout_seconds: Annotated[int, Field(gt=0, le=24 * 3600)] = 600


Host = Annotated[str, Field(pattern=r"^(\[::1\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?$")]


class RenderingSettings(_Frozen):
    """What rendering may do."""

    allowed_hosts: Annotated[tuple[Host, ...], Field(strict=False)] = ()
    """Hosts that charts and remote bases may be fetched from, as ``host`` or ``host:port``."""


def _off(value: Any) -> Any:
    """A plain ``off`` in YAML is false to kubectl, and so to our reader; here it can only mean the word."""
    return Severity.OFF if value is False else value


Weight = Annotated[Severity, Field(strict=False), BeforeValidator(_off)]


class CheckSettings(_Frozen):
    """How findings weigh: ``error`` stops a deployment, ``warning`` is told, ``off`` isn't looked for."""

    references: Weight = Severity.WARNING
    namespaces: Weight = Severity.ERROR
    deprecated: Weight = Severity.WARNING
    hooks: Weight = Severity.WARNING
    plaintext_secrets: Weight = Severity.WARNING

    def weights(self) -> Weights:
        """The same, as a check takes it."""
        return Weights(self.references, self.namespaces, self.deprecated, self.hooks, self.plaintext_secrets)


class Settings(_Frozen):
    """All settings of one stack."""

    stack: str
    platform: Literal["embedded", "kubeconfig"]
    kubeconfig: KubeconfigSettings | None = None
    manifests: ManifestSettings
    readiness: ReadinessSettings = ReadinessSettings()
    kubernetes_version: Annotated[str, Field(pattern=r"^1\.[0-9]{2}$")] = KUBERNETES
    """The minor version that manifests are checked against and charts are rendered for."""
    rendering: RenderingSettings = RenderingSettings()
    checks: CheckSettings = CheckSettings()

    @model_validator(mode="after")
    def _platform_has_its_settings(self) -> Self:
        if self.platform == "kubeconfig" and self.kubeconfig is None:
            message = "platform 'kubeconfig' needs the setting onestack:kubeconfig with a path"
            raise ValueError(message)
        if self.platform != "kubeconfig" and self.kubeconfig is not None:
            message = f"onestack:kubeconfig is only for platform 'kubeconfig', not '{self.platform}'"
            raise ValueError(message)
        return self


def stack_file(root: Path, stack: str) -> Path:
    """The file that holds a stack's settings."""
    return root / STACKS / f"Pulumi.{stack}.yaml"


def stack_names(root: Path) -> tuple[str, ...]:
    """The stacks that the repository has settings for, sorted."""
    return tuple(
        sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in (root / STACKS).glob("Pulumi.*.yaml"))
    )


def from_file(root: Path, stack: str) -> Settings:
    """Reads the settings of ``stack`` from its file.

    Raises: UnknownStack, InvalidSettings.
    """
    path = stack_file(root, stack)
    where = f"{STACKS}/{path.name}"
    try:
        reading = read(content(root, where), where)
    except FileNotFoundError:
        raise UnknownStack(stack, known=stack_names(root)) from None
    except OSError as error:
        raise InvalidSettings(where, [_whole(where, f"the file can't be read: {error.strerror}")]) from None
    if reading.problems:
        raise InvalidSettings(where, reading.problems)
    config = reading.documents[0].get("config") if len(reading.documents) == 1 else None
    if config is None or not isinstance(config.value, dict):
        raise InvalidSettings(where, [_whole(where, "it has no mapping 'config' with the stack's settings")])
    if misspelt := tuple(_misspelt(root, where, config)):
        raise InvalidSettings(where, misspelt)
    values = {key.removeprefix(PREFIX): node.value for key, node in config.fields() if key.startswith(PREFIX)}
    return _validated(stack, values, where, config)


def from_engine(stack: str, get: Callable[[str], str | None]) -> Settings:
    """Reads the settings of ``stack`` as the engine hands them to a running program.

    ``get`` is ``pulumi.Config("onestack").get``, which gives structured values as JSON text.

    Raises: InvalidSettings.
    """
    values: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        text = get(field.alias or name) if name != "stack" else None
        if text is not None:
            values[field.alias or name] = _decoded(text)
    return _validated(stack, values, f"{STACKS}/Pulumi.{stack}.yaml")


def _whole(where: str, what: str) -> Problem:
    return Problem(where, 0, 0, what)


def _misspelt(root: Path, where: str, config: Node) -> Iterator[Problem]:
    """Keys that were most likely meant for us; those of other providers and projects are not ours."""
    for key, node in config.fields():
        if key == f"{PREFIX}stack":
            what = f"{key}: is not a setting; the stack is named by the file's name"
            yield Problem(where, node.key_line, node.key_column, what)
        prefix, colon, name = key.partition(":")
        if prefix in {PREFIX.rstrip(":"), *_NOT_US} or not colon:
            continue
        near = difflib.get_close_matches(prefix.casefold(), [PREFIX.rstrip(":")], cutoff=_NEAR)
        if near and prefix != _project(root):
            what = f"{key}: did you mean {PREFIX}{name}?"
            yield Problem(where, node.key_line, node.key_column, what)


def _project(root: Path) -> str:
    try:
        return find(root).project
    except UsageError:
        return ""


def _decoded(text: str) -> Any:
    """Structured values come as JSON objects; everything else is meant as it stands."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _validated(stack: str, values: Mapping[str, Any], where: str, config: Node | None = None) -> Settings:
    try:
        return Settings.model_validate({**values, "stack": stack})
    except ValidationError as error:
        problems = [_problem(found, where, config) for found in error.errors()]
        raise InvalidSettings(where, problems) from None


def _near(given: Any, options: str) -> str:
    words = {word.casefold(): word for word in re.findall(r"'(.+?)'", options)}
    near = difflib.get_close_matches(str(given).casefold(), words, n=1)
    return f"did you mean {words[near[0]]}?" if near else ""


def _problem(found: Any, where: str, config: Node | None) -> Problem:
    """One of pydantic's findings in words, with its place where the file is known."""
    steps = [str(step) for step in found["loc"] if step != "[key]"]
    message = str(found["msg"]).removeprefix("Value error, ")
    expected = ""
    if found["type"] == "extra_forbidden":
        message = "is not a setting that onestack knows"
        expected = nearest(Settings, steps)
    if found["type"] == "string_type" and isinstance(found["input"], bool | int | float):
        expected = "put it in quotes"
    if found["type"] == "string_pattern_mismatch":
        message, expected = f"'{found['input']}' can't be that", _PATTERNS.get(steps[0], "")
    if found["type"] == "literal_error":
        expected = _near(found["input"], str(found["ctx"]["expected"]))
    if steps == ["platform"] and found["input"] == "gcp":
        message = "Google Cloud comes in a later version; until then 'embedded' or 'kubeconfig'"
    if not steps:
        return _whole(where, message)
    said = f"{PREFIX}{'.'.join(steps)}: {message}"
    node = config.nearest(PREFIX + steps[0], *found["loc"][1:]) if config else None
    place = (node.key_line, node.key_column) if node else (0, 0)
    return Problem(where, *place, said, expected)
