"""What every manifest must say of itself: apiVersion, kind, metadata. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from onestack.manifests import labels
from onestack.manifests.manifest import group_of
from onestack.manifests.names import LABEL_LENGTH, wrong_label, wrong_name
from onestack.manifests.node import Node
from onestack.manifests.problems import Report
from onestack.manifests.scope import builtin

_API_VERSION: Final = re.compile(r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?v[0-9]+(?:(?:alpha|beta)[0-9]+)?\Z")
# A DNS label but for its case (apiextensions, ``ValidateCustomResourceDefinitionNames``).
_KIND: Final = re.compile(r"[A-Za-z](?:[-A-Za-z0-9]*[A-Za-z0-9])?\Z")
_NAME: Final = 253
_LENGTH: Final = _NAME + 64
_SERVERS_OWN: Final = (
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)


@dataclass(frozen=True)
class Header:
    """What a document says it is; ``namespace`` is as written.

    ``flawed``: something else of it was reported, but which object is meant is known.
    """

    api_version: str
    kind: str
    name: str
    namespace: str | None
    flawed: bool = False


def header(document: Node, report: Report) -> Header | None:
    """The document's header; what is wrong with it is reported. None where it names no object."""
    wrong = False

    def reported(at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
        nonlocal wrong
        wrong = True
        report(at, what, expected, key=key)

    if not isinstance(document.children, dict):
        reported(
            document,
            f"the document is {document.said()}",
            "a manifest is a mapping with apiVersion, kind and metadata",
        )
        return None
    kind = _kind(document, reported)
    api_version = _api_version(document, kind, reported)
    name, namespace = _metadata(document, api_version, kind, reported)
    said = document.get("metadata", "name")
    if name is None and said is not None and isinstance(said.value, str) and len(said.value) <= _NAME:
        name = said.value
    placed = namespace is not None or document.get("metadata", "namespace") is None
    if not (kind and api_version and name) or (wrong and not placed):
        return None
    return Header(api_version, kind, name, namespace, flawed=wrong)


def _kind(document: Node, report: Report) -> str | None:
    text = _text(document, "kind", report, "write for example 'kind: Deployment'")
    if text is not None and not (len(text) <= LABEL_LENGTH and _KIND.match(text)):
        what = f"'{text[:80]}' is no kind"
        report(document.nearest("kind"), what, "write letters and digits, for example 'kind: Deployment'")
        return None
    return text


def _api_version(document: Node, kind: str | None, report: Report) -> str | None:
    served = [
        version for (_, name), known in builtin().items() if name == kind for version in known.api_versions()
    ]
    example = served[0] if served else "apps/v1"
    text = _text(document, "apiVersion", report, f"write for example 'apiVersion: {example}'")
    if text is not None and not (len(text) <= _LENGTH and _API_VERSION.match(text)):
        report(
            document.nearest("apiVersion"),
            f"the apiVersion '{text[:80]}' is malformed",
            f"write 'group/version', for example {example}",
        )
        return None
    return text


def _text(document: Node, field: str, report: Report, expected: str) -> str | None:
    node = document.get(field)
    if node is None:
        report(document, f"{field} is missing", expected)
        return None
    if not isinstance(node.value, str) or not node.value:
        report(node, f"{field} is {'empty' if node.value == '' else node.said()}", expected)
        return None
    return node.value


def _metadata(
    document: Node, api_version: str | None, kind: str | None, report: Report
) -> tuple[str | None, str | None]:
    metadata = document.get("metadata")
    if metadata is None or metadata.value is None:
        report(metadata or document, "metadata is missing", "write 'metadata:' with a name")
        return None, None
    if not isinstance(metadata.children, dict):
        report(metadata, f"metadata is {metadata.said()}", "write a mapping with a name")
        return None, None
    _servers_own(metadata, report)
    labels.check(metadata, report, ours=True)
    name = _name(metadata, api_version, kind, report)
    return name, _namespace(metadata, report)


def _servers_own(metadata: Node, report: Report) -> None:
    for field in _SERVERS_OWN:
        node = metadata.get(field)
        if node is not None and node.value is not None:
            report(node, f"metadata.{field} is written by the API server", "remove it", key=True)


def _name(metadata: Node, api_version: str | None, kind: str | None, report: Report) -> str | None:
    node = metadata.get("name")
    generated = metadata.get("generateName")
    if generated is not None:
        why = "generateName gives the object another name with every deployment, so it is never found again"
        report(generated, why, "write 'name'", key=True)
        return None
    if node is None:
        report(metadata, "metadata.name is missing", "write 'name: ' with the object's name")
        return None
    if not isinstance(node.value, str) or not node.value:
        expected = f"write {node.quoted()} in quotes" if node.text else "write the object's name"
        report(node, f"metadata.name is {'empty' if node.value == '' else node.said()}", expected)
        return None
    rule = wrong_name(group_of(api_version or ""), kind or "", node.value)
    if rule:
        report(node, f"'{node.value[:80]}' is no name for {kind or 'an object'}", rule)
        return None
    return node.value


def _namespace(metadata: Node, report: Report) -> str | None:
    node = metadata.get("namespace")
    if node is None or node.value is None or node.value == "":
        return None
    if not isinstance(node.value, str):
        report(node, f"metadata.namespace is {node.said()}, not a string", f"write {node.quoted()} in quotes")
        return None
    if rule := wrong_label(node.value):
        report(node, f"'{node.value[:80]}' is no name for a namespace", rule)
        return None
    return node.value
