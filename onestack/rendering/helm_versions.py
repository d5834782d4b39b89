"""The API versions there are, Kubernetes' own and those of CRDs, as ``--api-versions`` takes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onestack.manifests.definitions import GROUP, KIND, defined
from onestack.manifests.flatten import flattened
from onestack.manifests.manifest import group_of
from onestack.manifests.node import Node
from onestack.manifests.problems import Problems
from onestack.manifests.reader import read
from onestack.manifests.scope import Kind, builtin
from onestack.manifests.text import Text


def builtin_versions() -> frozenset[str]:
    """What Kubernetes itself serves; Helm knows most of it, but no ``APIService``."""
    return versions_of(builtin().values())


def versions_of(kinds: Iterable[Kind]) -> frozenset[str]:
    """``group/version`` and ``group/version/Kind`` of kinds, as far as their versions are known."""
    return frozenset(said for kind in kinds for said in _said(kind))


def api_versions(texts: Iterable[Text]) -> frozenset[str]:
    """``group/version`` and ``group/version/Kind`` of all that the texts' CRDs serve.

    What is wrong with a CRD is reported where manifests are loaded.
    """
    report = Problems().of("")
    found: set[str] = set()
    for text in texts:
        if KIND.encode() not in text.content:
            continue
        for document in read(text.content, text.file).documents:
            for node in flattened(document, report):
                if _is_definition(node) and (kind := defined(node, report)) is not None:
                    found.update(_said(kind))
    return frozenset(found)


def _said(kind: Kind) -> Iterator[str]:
    for version in kind.api_versions():
        yield from (version, f"{version}/{kind.kind}")


def _is_definition(node: Node) -> bool:
    api_version, kind = node.get("apiVersion"), node.get("kind")
    if api_version is None or kind is None or not isinstance(api_version.value, str):
        return False
    return bool(kind.value == KIND) and group_of(api_version.value) == GROUP
