"""``helm.yaml``: which chart an application is made with, in which version, with which values. Pure."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from onestack.manifests.application import Application
from onestack.manifests.names import wrong_label
from onestack.manifests.node import Node
from onestack.manifests.problems import Problems, Report
from onestack.manifests.reader import read

FILE: Final = "helm.yaml"
_OCI: Final = "oci://"
# What Helm takes as the name of a release (pkg/chart/v2/util, ValidateReleaseName).
_RELEASE_LENGTH: Final = 53
_CHART_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,249}\Z")
_EXACT: Final = re.compile(
    r"v?(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\Z"
)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}\Z")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[::1\])(?::[0-9]{1,5})?\Z")
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?\Z")
_LOOPBACK: Final = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?\Z")


@dataclass(frozen=True)
class LocalChart:
    """A chart in the repository; ``path`` as written, relative to the application's folder."""

    path: str


@dataclass(frozen=True)
class RemoteChart:
    """A chart of a registry or repository, pinned. ``digest`` is that of the archive; None if not known yet.

    ``host`` has a port where the address has one. ``repository`` is the address of a Helm repository and
    empty for an OCI registry, whose ``reference`` then is the whole address.
    """

    host: str
    reference: str
    repository: str
    version: str
    digest: str | None

    @property
    def plain(self) -> bool:
        """Whether it may be fetched without TLS: from this very machine only."""
        return _LOOPBACK.match(self.host) is not None

    def __str__(self) -> str:
        source = f" of {self.repository}" if self.repository else ""
        return f"{self.reference}{source} {self.version}"


@dataclass(frozen=True)
class Release:
    """What ``helm.yaml`` says. ``values`` are None where the usual files are meant."""

    file: str
    document: Node
    chart: LocalChart | RemoteChart
    name: str
    namespace: str
    values: tuple[str, ...] | None
    skip_tests: bool
    skip_schema_validation: bool

    def problem(self, problems: Problems, key: str, what: str, expected: str = "") -> None:
        """Reports what is wrong with the value of a key."""
        problems.of(self.file)(self.document.nearest(key), what, expected)


class _Written(BaseModel):
    """The keys of the file and their types."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=False
    )

    chart: str
    repository: str | None = None
    version: str | None = None
    digest: str | None = None
    release: str | None = None
    namespace: str | None = None
    values: list[str] | None = None
    skip_tests: bool = False
    skip_schema_validation: bool = False


_KEYS: Final = tuple(field.alias or name for name, field in _Written.model_fields.items())
_WANTED: Final = {
    "missing": "write it: a path such as ./chart, oci://host/path/name, or a name with 'repository'",
    "string_type": "write a string",
    "bool_type": "write true or false",
    "list_type": "write a list of files",
}


def release(content: bytes, file: str, application: Application, problems: Problems) -> Release | None:
    """What a ``helm.yaml`` says; None if something is wrong with it, all of which is reported."""
    before = len(problems.found)
    reading = read(content, file)
    problems.found.extend(reading.problems)
    if len(problems.found) > before:
        return None
    if len(reading.documents) != 1 or not isinstance(reading.documents[0].children, dict):
        problems.whole(file, "this is not one mapping", "write at least 'chart: ./chart'")
        return None
    document = reading.documents[0]
    report = problems.of(file)
    written = _written(document, report)
    if written is None:
        return None
    chart = _chart(written, document, report)
    name = _name(written, application, document, report)
    namespace = _namespace(written, application, document, report)
    if len(problems.found) > before or chart is None:
        return None
    values = None if written.values is None else tuple(written.values)
    return Release(
        file, document, chart, name, namespace, values, written.skip_tests, written.skip_schema_validation
    )


def _written(document: Node, report: Report) -> _Written | None:
    try:
        return _Written.model_validate(document.value)
    except ValidationError as error:
        for found in error.errors():
            _report(found["type"], found["loc"], document, report)
        return None


def _report(kind: str, loc: tuple[int | str, ...], document: Node, report: Report) -> None:
    """One of pydantic's findings in words, at its place."""
    at = document.nearest(*loc)
    name = str(loc[0])
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name.casefold(), {key.casefold(): key for key in _KEYS}, n=1)
        known = {key.casefold(): key for key in _KEYS}
        expected = f"write '{known[near[0]]}'" if near else f"the keys are {', '.join(_KEYS)}"
        report(at, f"'{name[:80]}' is no key of {FILE}", expected, key=True)
        return
    said = "missing" if kind == "missing" else at.said()
    step = f"[{loc[1]}]" if len(loc) > 1 else ""
    report(at, f"{name}{step} is {said}", _WANTED.get(kind, ""))


def _chart(written: _Written, document: Node, report: Report) -> LocalChart | RemoteChart | None:
    at = document.nearest("chart")
    if written.repository is not None:
        return _of_repository(written, written.repository, document, report)
    if written.chart.startswith(_OCI):
        return _of_registry(written, document, report)
    if "://" in written.chart:
        report(
            at,
            f"the chart '{_short(written.chart)}' is no path and in no registry",
            "write a path, oci://host/path/name, or a name with 'repository: https://host/...'",
        )
        return None
    for key in ("version", "digest"):
        if document.get(key) is not None:
            report(
                document.nearest(key),
                f"a chart in the repository has no {key} to choose",
                "remove it; the one in its Chart.yaml counts",
                key=True,
            )
    if not written.chart.strip() or written.chart.startswith("/") or "\0" in written.chart:
        report(at, f"the chart '{_short(written.chart)}' is no relative path", "write for example ./chart")
        return None
    return LocalChart(written.chart)


def _of_repository(written: _Written, url: str, document: Node, report: Report) -> RemoteChart | None:
    at = document.nearest("repository")
    host = _host(url, ("https", "http"))
    if host is None:
        report(
            at,
            f"'{_short(url)}' is no address of a repository",
            "write https://host/path, without user, query or fragment",
        )
        return None
    if url.startswith("http:") and not _LOOPBACK.match(host):
        report(at, "the repository is not read over TLS", f"write https://{host}/...")
        return None
    if not _CHART_NAME.match(written.chart):
        what = f"'{_short(written.chart)}' is no name of a chart in a repository"
        report(document.nearest("chart"), what, "write its name as the repository's index has it")
        return None
    return _pinned(written, host, url, document, report)


def _of_registry(written: _Written, document: Node, report: Report) -> RemoteChart | None:
    host = _host(written.chart, ("oci",))
    name = written.chart.rpartition("/")[2]
    if host is None or not name or written.chart.count("/") < 3:  # noqa: PLR2004 - oci://host/name
        report(
            document.nearest("chart"),
            f"'{_short(written.chart)}' is no address of a chart in a registry",
            "write oci://host/path/name; the version and digest have keys of their own",
        )
        return None
    return _pinned(written, host, "", document, report)


def _pinned(
    written: _Written, host: str, repository: str, document: Node, report: Report
) -> RemoteChart | None:
    version, digest = written.version, written.digest
    if version is None or not _EXACT.match(version):
        what = (
            "the chart has no version" if version is None else f"the version '{_short(version)}' is not exact"
        )
        report(document.nearest("version"), what, 'write all three numbers, such as "1.2.3", and no range')
        return None
    if digest is not None and not _DIGEST.match(digest):
        report(
            document.nearest("digest"),
            f"'{_short(digest)}' is no digest",
            "write sha256: and the 64 lower-case hexadecimal digits of the chart's archive",
        )
        return None
    return RemoteChart(host, written.chart, repository, version, digest)


def _host(url: str, schemes: tuple[str, ...]) -> str | None:
    """The host, with its port, of an address that holds nothing beside scheme, host and path."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    plain = f"{parts.scheme}://{parts.netloc}{parts.path}" == url and ".." not in parts.path.split("/")
    if parts.scheme not in schemes or not plain or port == 0:
        return None
    return parts.netloc if _HOST.match(parts.netloc) and _PATH.match(parts.path) else None


def _name(written: _Written, application: Application, document: Node, report: Report) -> str:
    name = application.name if written.release is None else written.release
    rule = wrong_label(name) or (
        f"use at most {_RELEASE_LENGTH} characters" if len(name) > _RELEASE_LENGTH else None
    )
    if rule is not None:
        key = "release" if written.release is not None else "chart"
        report(document.nearest(key), f"'{_short(name)}' is no name for a release", rule)
    return name


def _namespace(written: _Written, application: Application, document: Node, report: Report) -> str:
    said, setting = written.namespace, application.namespace
    if said is None and setting is None:
        what = f"the release of application '{application.name}' has no namespace"
        report(document, what, "write 'namespace', or set the application's in the stack's settings")
        return ""
    if said is not None and (rule := wrong_label(said)):
        report(document.nearest("namespace"), f"'{_short(said)}' is no name for a namespace", rule)
    elif said is not None and setting is not None and said != setting:
        what = f"the namespace is '{said}' here, but '{setting}' in the stack's settings"
        report(document.nearest("namespace"), what, "keep one of them")
    return said or setting or ""


def _short(said: Any) -> str:
    return str(said)[:200]
