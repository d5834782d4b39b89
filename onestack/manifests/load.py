"""The manifests of a stack: read, taken apart, checked, their namespaces filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onestack.errors import InvalidManifests
from onestack.manifests import folder as folders
from onestack.manifests import strings
from onestack.manifests.application import Application
from onestack.manifests.definitions import GROUP, KIND, defined
from onestack.manifests.flatten import flattened
from onestack.manifests.header import Header, header
from onestack.manifests.manifest import Identity, Location, Manifest, group_of
from onestack.manifests.names import wrong_label
from onestack.manifests.node import Node
from onestack.manifests.order import depends_on_problems
from onestack.manifests.problems import Problems
from onestack.manifests.reader import read
from onestack.manifests.scope import Kind, Kinds, builtin, unserved


@dataclass(frozen=True)
class _Draft:
    """A document whose header is right, before its kind's scope is known."""

    application: Application
    file: str
    node: Node
    header: Header


def load(
    root: Path, folder: str, applications: Sequence[Application], *, known_kinds: Iterable[Kind] = ()
) -> tuple[Manifest, ...]:
    """Reads the manifests of ``applications``, in the order of applications, files and documents.

    ``folder`` is the manifests folder, relative to ``root``. ``known_kinds`` are custom kinds that
    the cluster has from elsewhere; those of CRDs among the manifests need no mention.

    Raises: InvalidManifests with every problem of every file.
    """
    problems = Problems()
    drafts = [draft for app in applications for draft in _drafts(root, folder, app, problems)]
    kinds = _kinds(drafts, known_kinds, problems)
    manifests = [made for draft in drafts if (made := _manifest(draft, kinds, problems)) is not None]
    _refuse_duplicates(manifests, problems)
    if not problems.found:
        # Only now: an object that was left out for a problem of its own would be missed here.
        problems.found.extend(depends_on_problems(manifests))
    if problems.found:
        raise InvalidManifests(problems.found)
    return tuple(manifests)


def _drafts(root: Path, folder: str, application: Application, problems: Problems) -> list[_Draft]:
    if application.namespace is not None and (rule := wrong_label(application.namespace)):
        where = f"{folder}/{application.name}"
        problems.whole(where, f"'{application.namespace}' is no name for the application's namespace", rule)
    drafts = []
    files = folders.files(root, folder, application.name, problems)
    before = len(problems.found)
    for file in files:
        content = folders.content(root, file, problems)
        if content is None:
            continue
        reading = read(content, file)
        problems.found.extend(reading.problems)
        report = problems.of(file)
        for document in reading.documents:
            for node in flattened(document, report):
                said = header(node, report)
                if said is not None:
                    drafts.append(_Draft(application, file, node, said))
    if files and not drafts and len(problems.found) == before:
        what = "the application's files hold no objects"
        problems.whole(f"{folder}/{application.name}", what, "write some, or take it out of the settings")
    return drafts


def _kinds(drafts: Sequence[_Draft], known: Iterable[Kind], problems: Problems) -> Kinds:
    kinds = {(kind.group, kind.kind): kind for kind in known}
    for draft in drafts:
        if (group_of(draft.header.api_version), draft.header.kind) == (GROUP, KIND):
            kind = defined(draft.node, problems.of(draft.file))
            if kind is not None:
                kinds[kind.group, kind.kind] = kind
    return {**kinds, **builtin()}


def _manifest(draft: _Draft, kinds: Kinds, problems: Problems) -> Manifest | None:
    said, node, report = draft.header, draft.node, problems.of(draft.file)
    group = group_of(said.api_version)
    strings.check(group, said.kind, node, report)
    refused = unserved(said.api_version, said.kind, kinds)
    if refused is not None:
        report(node.nearest("apiVersion"), *refused)
        return None
    kind = kinds[group, said.kind]
    namespace = said.namespace or draft.application.namespace
    if not kind.namespaced and said.namespace is not None:
        what = f"a {said.kind} lives in no namespace, but this one says '{said.namespace}'"
        report(node.nearest("metadata", "namespace"), what, "remove the namespace", key=True)
        return None
    if kind.namespaced and namespace is None:
        what = f"the {said.kind} '{said.name}' has no namespace"
        where = f"write metadata.namespace, or set the namespace of application '{draft.application.name}'"
        report(node.nearest("metadata"), what, f"{where} in the stack's settings")
        return None
    return Manifest(
        application=draft.application.name,
        api_version=said.api_version,
        kind=said.kind,
        name=said.name,
        namespace=namespace if kind.namespaced else None,
        body=_body(node.value, namespace if kind.namespaced else None, kind),
        location=Location(draft.file, node.line, node.column),
        node=node,
    )


def _body(value: dict[str, Any], namespace: str | None, kind: Kind) -> dict[str, Any]:
    """The object as declared: namespace filled in, without what the API server writes itself.

    A status is left out where it is a subresource, for the API server ignores it there; so is
    ``creationTimestamp``, which generators write as null.
    """
    metadata = {key: held for key, held in value["metadata"].items() if key != "creationTimestamp"}
    metadata.pop("namespace", None)
    if namespace is not None:
        metadata["namespace"] = namespace
    body = {key: metadata if key == "metadata" else held for key, held in value.items()}
    if kind.status:
        body.pop("status", None)
    return body


def _refuse_duplicates(manifests: Sequence[Manifest], problems: Problems) -> None:
    first: dict[Identity, Manifest] = {}
    for manifest in manifests:
        held = first.setdefault(manifest.identity, manifest)
        if held is not manifest:
            report = problems.of(manifest.location.file)
            at = manifest.node or Node(None, manifest.location.line, manifest.location.column)
            report(at, f"{manifest.identity} is declared twice", f"keep one; the other is at {held.location}")
