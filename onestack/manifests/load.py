"""The manifests of a stack: read, taken apart, checked, their namespaces filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from onestack.errors import InvalidManifests, Problem
from onestack.manifests import strings
from onestack.manifests.definitions import GROUP, KIND, defined
from onestack.manifests.flatten import flattened
from onestack.manifests.garbage import uncollected
from onestack.manifests.header import Header, header
from onestack.manifests.hooks import hook_problems
from onestack.manifests.limits import LIMITS
from onestack.manifests.manifest import Identity, Location, Manifest, group_of
from onestack.manifests.node import Node
from onestack.manifests.order import depends_on_problems
from onestack.manifests.problems import Problems, Report
from onestack.manifests.reader import Reading, read
from onestack.manifests.scope import KNOWN_KINDS, Kind, Kinds, builtin, unserved
from onestack.manifests.secrets import masking, plain
from onestack.manifests.text import Text


@dataclass(frozen=True)
class _Draft:
    """A document whose header is right, before its kind's scope is known."""

    text: Text
    document: Node
    node: Node
    header: Header

    def report(self, problems: Problems) -> Report:
        """What reports problems of the document."""
        return problems.of(self.text.file, self.document if self.text.rendered else None)


def load(
    texts: Sequence[Text],
    *,
    known_kinds: Iterable[Kind] = (),
    found: Sequence[Problem] = (),
    guess: bool = False,
    partial: bool = False,
) -> tuple[Manifest, ...]:
    """The manifests of ``texts``, in the order of texts and documents.

    ``known_kinds`` are custom kinds that the cluster has from elsewhere; those of CRDs among the
    manifests need no mention. ``found`` are problems met on the way to the texts. With ``guess`` unknown
    kinds are taken as namespaced, which is for looking only. ``partial``: there are texts that could not be
    had, so that nothing is missed that they may hold.

    Raises: InvalidManifests with every problem of every file.
    """
    with uncollected():
        return _loaded(texts, known_kinds, found, guess=guess or partial, partial=partial)


def _loaded(
    texts: Sequence[Text],
    known_kinds: Iterable[Kind],
    found: Sequence[Problem],
    *,
    guess: bool,
    partial: bool,
) -> tuple[Manifest, ...]:
    problems = Problems()
    drafts = list(_drafts(texts, problems))
    problems.complete = problems.complete and not (partial or found)
    problems.found.extend(found)
    kinds = _kinds(drafts, known_kinds, problems)
    read = [_manifest(draft, kinds, problems, guess=guess) for draft in drafts]
    manifests = [made for made in read if made is not None]
    problems.complete = problems.complete and len(manifests) == len(read)
    _refuse_duplicates(manifests, problems)
    for problem in hook_problems(manifests):
        problems.take(problem)
    if not problems.found and not partial:
        # Only now: an object that was left out for a problem of its own would be missed here.
        problems.found.extend(depends_on_problems(manifests))
    if problems.found:
        raise InvalidManifests(
            _masked(problems.found, drafts), readable=manifests, complete=problems.complete
        )
    return tuple(manifests)


def _masked(found: Sequence[Problem], drafts: Sequence[_Draft]) -> list[Problem]:
    """The problems without values of Secrets in their words, wherever they were quoted from."""
    names = (
        name
        for draft in drafts
        for name in (draft.header.name, draft.header.namespace, draft.text.application.name)
    )
    values = (value for draft in drafts for value in plain(draft.node.value))
    mask = masking(values, names, (draft.text.file for draft in drafts))
    return [problem.masked(mask) for problem in found]


def _drafts(texts: Sequence[Text], problems: Problems) -> Iterator[_Draft]:
    nodes = 0
    for application, its in groupby(texts, key=lambda text: text.application):
        before, count, file, rendered = len(problems.found), 0, "", False
        for text in its:
            file, rendered = file or text.file, text.rendered
            left = min(LIMITS.nodes, LIMITS.all_nodes - nodes)
            reading = read(text.content, text.file, replace(LIMITS, nodes=left))
            nodes += reading.nodes
            if nodes > LIMITS.all_nodes:
                what = f"with this file the manifests hold more than {LIMITS.all_nodes} values"
                problems.whole(text.file, what, "make two stacks of them")
                problems.complete = False
                return
            for draft in _drafts_of(text, reading, problems):
                count += 1
                yield draft
        # What a tool makes may be nothing for one stack: whoever ran the tool tells of it.
        if not count and not rendered and len(problems.found) == before:
            what = f"the files of application '{application.name}' hold no objects"
            problems.whole(file, what, "write some, or take it out of the settings")


def _drafts_of(text: Text, reading: Reading, problems: Problems) -> Iterator[_Draft]:
    problems.found.extend(map(_of_rendering, reading.problems) if text.rendered else reading.problems)
    problems.complete = problems.complete and not reading.problems
    objects = 0
    for document in reading.documents:
        report = problems.of(text.file, document if text.rendered else None)
        before = len(problems.found)
        nodes = list(flattened(document, report))
        problems.complete = problems.complete and len(problems.found) == before
        for node in nodes:
            objects += 1
            if objects > LIMITS.documents:
                problems.whole(text.file, f"the file holds more than {LIMITS.documents} objects", "split it")
                problems.complete = False
                return
            said = header(node, report)
            if said is not None:
                yield _Draft(text, document, node, said)
            problems.complete = problems.complete and said is not None


def _of_rendering(problem: Problem) -> Problem:
    """Lines of what a tool printed are not lines of the file that a person would edit."""
    if not problem.line:
        return problem
    what = f"line {problem.line} of what it renders to: {problem.what}"
    return replace(problem, line=0, column=0, what=what)


def _kinds(drafts: Sequence[_Draft], known: Iterable[Kind], problems: Problems) -> Kinds:
    said = {(kind.group, kind.kind): kind for kind in known}
    kinds = dict(said)
    for draft in drafts:
        if (group_of(draft.header.api_version), draft.header.kind) == (GROUP, KIND):
            report = draft.report(problems)
            kind = defined(draft.node, report)
            if kind is None:
                continue
            kinds[kind.group, kind.kind] = kind
            other = said.get((kind.group, kind.kind), kind)
            if other.namespaced != kind.namespaced:
                what = f"the scope of {kind.kind} is another one in the stack's setting {KNOWN_KINDS}"
                report(draft.node.nearest("spec", "scope"), what, "remove it from the setting")
    return {**kinds, **builtin()}


def _elsewhere(draft: _Draft, report: Report, *, guess: bool) -> Kind | None:
    """A custom kind of which only the manifest is known; one without a namespace may be of either scope."""
    group, _, version = draft.header.api_version.rpartition("/")
    kind = draft.header.kind
    if draft.header.namespace is not None or guess:
        has_one = (draft.header.namespace or draft.text.application.namespace) is not None
        return Kind(group, kind, (version,), namespaced=has_one)
    what = f"the kind {kind} of {group} is not known, so neither is whether it lives in a namespace"
    expected = (
        "add its CustomResourceDefinition to one of the stack's applications, or say what the cluster has in"
        f" the setting {KNOWN_KINDS}: '{kind}.{group}: Cluster' or 'Namespaced'"
    )
    report(draft.node.nearest("apiVersion"), what, expected)
    return None


def _manifest(draft: _Draft, kinds: Kinds, problems: Problems, *, guess: bool) -> Manifest | None:
    said, node, report = draft.header, draft.node, draft.report(problems)
    group = group_of(said.api_version)
    strings.check(group, said.kind, node, report)
    refused = unserved(said.api_version, said.kind, kinds)
    if refused is not None:
        report(node.nearest("apiVersion"), *refused)
        return None
    kind = kinds.get((group, said.kind)) or _elsewhere(draft, report, guess=guess)
    if kind is None:
        return None
    namespace = said.namespace or draft.text.application.namespace
    if not kind.namespaced and said.namespace is not None:
        what = f"a {said.kind} lives in no namespace, but this one says '{said.namespace}'"
        report(node.nearest("metadata", "namespace"), what, "remove the namespace", key=True)
        return None
    if kind.namespaced and namespace is None:
        what = f"the {said.kind} '{said.name}' has no namespace"
        application = draft.text.application.name
        where = f"write metadata.namespace, or set the namespace of application '{application}'"
        report(node.nearest("metadata"), what, f"{where} in the stack's settings")
        return None
    return Manifest(
        application=draft.text.application.name,
        api_version=said.api_version,
        kind=said.kind,
        name=said.name,
        namespace=namespace if kind.namespaced else None,
        body=_body(node.value, namespace if kind.namespaced else None, kind),
        location=_location(draft),
        node=node,
    )


def _location(draft: _Draft) -> Location:
    if draft.text.rendered:
        return Location(draft.text.file, 0, 0)
    return Location(draft.text.file, draft.node.line, draft.node.column)


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
            problems.take(_duplicate(manifest, held))


def _duplicate(manifest: Manifest, held: Manifest) -> Problem:
    """Applications are named where files alone may not tell them apart, as of one chart for two of them."""
    what = f"{manifest.identity} is declared twice"
    if manifest.rendered or held.rendered:
        names = dict.fromkeys((held.application, manifest.application))
        said = " and ".join(f"'{name}'" for name in names)
        what += f", by the application{'s' if len(names) > 1 else ''} {said}"
    place, other = manifest.location, held.location
    expected = "both are made of this file" if place == other else f"the other is at {other}"
    return Problem(place.file, place.line, place.column, what, f"keep one; {expected}")
