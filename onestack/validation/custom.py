"""Custom kinds: the definitions in a set of manifests, and objects against them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onestack.manifests.definitions import GROUP, KIND
from onestack.manifests.manifest import Manifest
from onestack.validation import celrules
from onestack.validation.builtin import Release
from onestack.validation.effort import Effort, TooMuch, Weighing
from onestack.validation.explain import faults_within
from onestack.validation.fault import Fault, by_path, said
from onestack.validation.openapi import PRESERVE, Schema, defaulted, is_readable, json_schema, patterns, read
from onestack.validation.parts import EACH, Path, mapping, mappings, text
from onestack.validation.shape import Shape
from onestack.validation.structural import contradictions


@dataclass(frozen=True)
class Looked:
    """What came of looking at an object; ``because`` says why nothing could be looked at."""

    faults: tuple[Fault, ...] = ()
    because: str = ""
    unchecked: str = ""


class Version:
    """A version of a custom kind with its schema."""

    def __init__(self, kind: str, schema: Schema, release: Release, budget: celrules.Budget) -> None:
        self._weighing = Weighing(schema)
        self._kind = kind
        self._schema = schema
        self._release = release
        self._budget = budget

    def look(self, body: Mapping[str, Any]) -> Looked:
        """What is wrong with an object of the version."""
        try:
            whole = defaulted(self._schema, body, self._budget.effort)
            work = self._weighing.work(whole)
            if not self._budget.effort.tries(work):
                return Looked(because=f"the schema of {self._kind} asks for too much of an object so large")
            found = faults_within(self._shape, whole, work, self._budget.effort)
        except TooMuch as why:
            return Looked(because=f"the {why} in the schema of {self._kind} would take too long")
        except (ValueError, RecursionError) as error:
            return Looked(because=f"the validator can't read the schema of {self._kind}: {_line(error)}")
        tally = celrules.Tally(self._budget)
        # As in the API server: rules only see what the schema takes.
        rules = list(celrules.broken(self._schema, whole, tally)) if not found else []
        notes = [self._unread, str(tally)]
        return Looked(tuple(by_path([*found, *rules])), unchecked="; ".join(filter(None, notes)))

    @cached_property
    def _shape(self) -> Shape:
        return Shape(json_schema(self._schema, self._kind, self._release.metadata))

    @cached_property
    def _unread(self) -> str:
        count = sum(not is_readable(pattern) for pattern in set(patterns(self._schema)))
        return f"{count} of its patterns can't be read here" if count else ""


@dataclass(frozen=True)
class Definition:
    """A CustomResourceDefinition; ``versions`` are those it serves that have a schema.

    ``broken``: the API server won't take it, or no object could ever be right.
    """

    name: str
    faults: tuple[Fault, ...]
    broken: bool
    versions: Mapping[str, Version]
    because: str = ""
    """Why its schemas can't be looked at, if so."""


class Definitions:
    """The CustomResourceDefinitions of a set."""

    def __init__(self, manifests: Sequence[Manifest], release: Release) -> None:
        budget = celrules.Budget(Effort())
        self._by_name: dict[str, Definition] = {}
        self._by_kind: dict[tuple[str, str], Definition] = {}
        for manifest in manifests:
            if (manifest.group, manifest.kind) == (GROUP, KIND):
                made = _definition(manifest, release, budget)
                names = text(manifest.body, "spec", "group"), text(manifest.body, "spec", "names", "kind")
                self._by_name[manifest.name] = self._by_kind[names] = made

    def of(self, manifest: Manifest) -> Definition | None:
        """The definition that the manifest is, if it is one."""
        is_one = (manifest.group, manifest.kind) == (GROUP, KIND)
        return self._by_name.get(manifest.name) if is_one else None

    def defining(self, group: str, kind: str) -> Definition | None:
        """The definition of a custom kind."""
        return self._by_kind.get((group, kind))


def _definition(manifest: Manifest, release: Release, budget: celrules.Budget) -> Definition:
    kind = text(manifest.body, "spec", "names", "kind")
    shape = release.shape(manifest.api_version, manifest.kind)
    if shape is None or not shape.validator.is_valid(manifest.body):
        # What is wrong with its fields is told as of any object; what they mean can't be asked.
        return Definition(manifest.name, (), broken=True, versions={})
    schemas = {
        step: read(schema)
        for step, version in mappings(manifest.body, "spec", "versions", EACH)
        if (schema := mapping(version, "schema", "openAPIV3Schema"))
    }
    try:
        for schema in schemas.values():
            budget.effort.compiles(schema)
        found = tuple(_faults(manifest.body, schemas, budget.effort))
    except TooMuch as what:
        because = f"the {what} would take too long to look at"
        return Definition(manifest.name, (), broken=True, versions={}, because=because)
    broken = any(not fault.harmless for fault in found)
    versions = {
        text(version, "name"): Version(kind, schemas[step], release, budget)
        for step, version in mappings(manifest.body, "spec", "versions", EACH)
        if step in schemas and version.get("served") is True
    }
    return Definition(manifest.name, found, broken, versions)


def _faults(body: Mapping[str, Any], schemas: Mapping[Path, Schema], effort: Effort) -> Iterator[Fault]:
    """``validateCustomResourceDefinitionSpec``."""
    if mapping(body, "spec").get("preserveUnknownFields") is True:
        what = "spec.preserveUnknownFields can't be true any more"
        expected = f"remove it, and write '{PRESERVE}: true' in the schema"
        yield Fault(("spec", "preserveUnknownFields"), what, expected, key=True)
    versions = list(mappings(body, "spec", "versions", EACH))
    yield from _names(versions)
    for step, version in versions:
        if step in schemas:
            yield from contradictions(schemas[step], (*step, "schema", "openAPIV3Schema"), effort)
        else:
            what = f"the version {said(version.get('name'))} has no schema"
            yield Fault(step, what, "write schema.openAPIV3Schema")
    strategy = text(body, "spec", "conversion", "strategy")
    if strategy == "Webhook" and not mapping(body, "spec", "conversion", "webhook", "clientConfig"):
        what = "a conversion by webhook needs webhook.clientConfig"
        yield Fault(("spec", "conversion"), what, "write it, or 'strategy: None'")


def _names(versions: Sequence[tuple[Path, Mapping[str, Any]]]) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for step, version in versions:
        name = text(version, "name")
        if name and first.setdefault(name, step) != step:
            yield Fault((*step, "name"), f"the version {said(name)} is there twice", "keep one")
    stored = [step for step, version in versions if version.get("storage") is True]
    if versions and not stored:
        what = "no version has 'storage: true'"
        yield Fault(("spec", "versions"), what, "exactly one must have it, the one that is stored")
    for step in stored[1:]:
        what = "a second version has 'storage: true'"
        yield Fault((*step, "storage"), what, "exactly one must have it, the one that is stored")


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
