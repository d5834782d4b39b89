"""A kubeconfig file as typed values, exactly as strict as kubectl is.

The shape is ``k8s.io/client-go/tools/clientcmd/api/v1``. Unknown fields are allowed, as kubectl
allows them. Problems name the file and the field and never repeat a value, for values are secrets.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from onestack.errors import InvalidKubeconfig
from onestack.manifests.reader import read

_SHOWN = 10
_CREATE = "point to an existing kubeconfig file, or pass the contents of one"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Cluster(_Entry):
    """Where an API server is and how its identity is checked."""

    server: str
    certificate_authority: str | None = Field(None, alias="certificate-authority")
    certificate_authority_data: str | None = Field(None, alias="certificate-authority-data")
    insecure_skip_tls_verify: bool = Field(False, alias="insecure-skip-tls-verify")
    tls_server_name: str | None = Field(None, alias="tls-server-name")
    proxy_url: str | None = Field(None, alias="proxy-url")
    disable_compression: bool = Field(False, alias="disable-compression")


class ExecVariable(_Entry):
    """One environment variable of a credential plugin."""

    name: str
    value: str


class Exec(_Entry):
    """A credential plugin: a command that prints an ExecCredential."""

    api_version: Literal["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"] = Field(
        alias="apiVersion"
    )
    command: str
    args: list[str] | None = None
    env: list[ExecVariable] | None = None
    install_hint: str = Field("", alias="installHint")
    provide_cluster_info: bool = Field(False, alias="provideClusterInfo")


class User(_Entry):
    """How a caller proves who it is."""

    client_certificate: str | None = Field(None, alias="client-certificate")
    client_certificate_data: str | None = Field(None, alias="client-certificate-data")
    client_key: str | None = Field(None, alias="client-key")
    client_key_data: SecretStr | None = Field(None, alias="client-key-data")
    token: SecretStr | None = None
    token_file: str | None = Field(None, alias="tokenFile")
    username: str | None = None
    password: SecretStr | None = None
    exec: Exec | None = None
    auth_provider: dict[str, Any] | None = Field(None, alias="auth-provider", repr=False)


class Context(_Entry):
    """A pair of cluster and user, and a namespace."""

    cluster: str
    user: str = ""
    namespace: str | None = None


class _NamedCluster(_Entry):
    name: str
    cluster: Cluster


class _NamedUser(_Entry):
    name: str
    user: User


class _NamedContext(_Entry):
    name: str
    context: Context


class Kubeconfig(_Entry):
    """A whole file. Where a name is given twice the first one counts, as for kubectl."""

    current_context: str | None = Field(None, alias="current-context")
    clusters: list[_NamedCluster] | None = None
    users: list[_NamedUser] | None = None
    contexts: list[_NamedContext] | None = None

    def cluster(self, name: str) -> Cluster | None:
        """The cluster of that name."""
        return next((c.cluster for c in self.clusters or () if c.name == name), None)

    def user(self, name: str) -> User | None:
        """The user of that name."""
        return next((u.user for u in self.users or () if u.name == name), None)

    def context(self, name: str) -> Context | None:
        """The context of that name."""
        return next((c.context for c in self.contexts or () if c.name == name), None)

    def names(self, what: Literal["clusters", "users", "contexts"]) -> tuple[str, ...]:
        """The names of all entries of one list."""
        return tuple(entry.name for entry in getattr(self, what) or ())


def read_kubeconfig(path: Path) -> Kubeconfig:
    """Reads a kubeconfig file.

    Raises:
        InvalidKubeconfig: it can't be read, or isn't a kubeconfig.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InvalidKubeconfig(str(path), "", why or type(error).__name__, _CREATE) from None
    return parse_kubeconfig(text, str(path))


def parse_kubeconfig(text: str, source: str) -> Kubeconfig:
    """Parses the contents, YAML or JSON, of a kubeconfig. ``source`` names it in errors.

    Raises:
        InvalidKubeconfig: not YAML, or fields are missing or of the wrong type.
    """
    reading = read(text.encode("utf-8", "surrogatepass"), source)
    if reading.problems:
        raise InvalidKubeconfig(source, "", "\n".join(map(str, reading.problems[:_SHOWN])))
    # As kubectl: what follows the first document doesn't count.
    data = reading.documents[0].value if reading.documents else None
    if not isinstance(data, dict):
        raise InvalidKubeconfig(source, "", f"expected a mapping, found {_kind(data)}", _CREATE)
    return _validated(Kubeconfig, data, source)


_Model = TypeVar("_Model", bound=BaseModel)


def _validated(model: type[_Model], data: object, source: str) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        field = _path(problems[0]["loc"])
        why = "\n".join(f"{_path(problem['loc'])}: {problem['msg']}" for problem in problems[:_SHOWN])
        raise InvalidKubeconfig(source, field, why) from None


def _path(location: Iterable[str | int]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    return "text" if isinstance(value, str) else type(value).__name__
