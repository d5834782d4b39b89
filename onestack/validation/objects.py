"""One object against what its kind may look like: the schema of its release or of its CRD. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import is_builtin
from onestack.validation.builtin import Release
from onestack.validation.custom import Definition, Definitions, Looked
from onestack.validation.deprecated import not_served
from onestack.validation.explain import faults
from onestack.validation.fault import Fault, by_path
from onestack.validation.rules import broken


def look(manifest: Manifest, release: Release, definitions: Definitions) -> Looked:
    """Looks at an object of any kind."""
    if is_builtin(manifest.group, manifest.kind):
        return _builtin(manifest, release, definitions.of(manifest))
    definition = definitions.defining(manifest.group, manifest.kind)
    if definition is None:
        return Looked(because="its CustomResourceDefinition is not in the set")
    if definition.because:
        return Looked(because=f"of its CustomResourceDefinition {definition.name}, {definition.because}")
    if definition.broken:
        return Looked(because=f"its CustomResourceDefinition {definition.name} has errors")
    return _custom(manifest, definition)


def _builtin(manifest: Manifest, release: Release, definition: Definition | None) -> Looked:
    refused = not_served(manifest, release)
    if refused is not None:
        return Looked((refused,))
    shape = release.shape(manifest.api_version, manifest.kind)
    if shape is None:
        return Looked(because=f"Kubernetes {release.version} publishes no schema for {manifest.kind}")
    found = faults(shape, manifest.body, secret=(manifest.group, manifest.kind) == ("", "Secret"))
    further = [*broken(manifest.group, manifest.kind, manifest.body)]
    further.extend(definition.faults if definition is not None else ())
    unchecked = definition.because if definition is not None else ""
    return Looked(tuple(by_path([*found, *_independent(further, found)])), unchecked=unchecked)


def _custom(manifest: Manifest, definition: Definition) -> Looked:
    version = definition.versions.get(manifest.api_version.rpartition("/")[2])
    if version is None:
        return Looked(because=f"{definition.name} has no schema for {manifest.api_version}")
    return version.look(manifest.body)


def _independent(rules: Iterable[Fault], found: Iterable[Fault]) -> Iterator[Fault]:
    """Without what a rule says of a place that the schema has refused already."""
    refused = [fault.path for fault in found]
    for fault in rules:
        if not any(_is_on_one_line(fault.path, path) for path in refused):
            yield fault


def _is_on_one_line(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    short = min(len(one), len(other))
    return one[:short] == other[:short]
