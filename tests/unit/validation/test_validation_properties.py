"""Whatever is done to an object, it is judged: no traceback, and no wrong field goes unnoticed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.text import Text
from onestack.validation.builtin import release
from onestack.validation.check import Checked, check
from onestack.validation.finding import Weights
from onestack.validation.shape import Shape
from onestack.validation.verdict import State

REPOSITORY = Path(__file__).parents[3]
CASES = REPOSITORY / "tests" / "data" / "validation"
Step = tuple[str | int, ...]

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
SCHEMA_WORDS = st.sampled_from(
    ["type", "items", "properties", "default", "enum", "pattern", "anyOf", "not", "required", "nullable",
     "additionalProperties", "x-kubernetes-validations", "x-kubernetes-list-type", "minimum", "format",
     "x-kubernetes-list-map-keys", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"]
)  # fmt: skip


@cache
def good() -> tuple[Manifest, ...]:
    """Valid objects of many kinds."""
    files = [*sorted(CASES.glob("valid-*.yaml")), *sorted((REPOSITORY / "manifests").rglob("*.yaml"))]
    app = Application("app", namespace="bookshop")
    sets = [
        load([Text(app, "it.yaml", file.read_bytes())])
        for file in files
        if "depends-on" not in file.read_text()
    ]
    return tuple(manifest for found in sets for manifest in found)


@cache
def custom() -> tuple[Manifest, ...]:
    """A definition and an object of its kind, both valid."""
    text = (CASES / "valid-custom.yaml").read_bytes()
    return load([Text(Application("app", namespace="app"), "it.yaml", text)])


def judged(manifests: tuple[Manifest, ...]) -> Checked:
    found = check(manifests, kubernetes="1.36", weights=Weights())
    assert [verdict.identity for verdict in found.verdicts] == [manifest.identity for manifest in manifests]
    return found


def paths(value: Any, path: Step = ()) -> Iterator[Step]:
    yield path
    held = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, below in held:
        yield from paths(below, (*path, key))


def at(body: Any, path: Step) -> Any:
    for step in path:
        body = body[step]
    return body


def shape_of(manifest: Manifest) -> Shape | None:
    return release("1.36").shape(manifest.api_version, manifest.kind)


@given(st.data())
def test_a_renamed_field_is_always_found_and_named(data: st.DataObject) -> None:
    manifest = data.draw(st.sampled_from([one for one in good() if shape_of(one)]))
    shape = shape_of(manifest)
    assert shape is not None
    fields = [
        path
        for path in paths(manifest.body)
        if path
        and path[-1] in shape.fields(path[:-1])
        and path not in {("apiVersion",), ("kind",), ("metadata",)}
    ]
    path = data.draw(st.sampled_from(fields))
    letters = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ", min_size=1, max_size=12)
    name = data.draw(letters.filter(lambda name: name not in shape.fields(path[:-1])))
    body: Any = copy.deepcopy(dict(manifest.body))
    holder = at(body, path[:-1])
    holder[name] = holder.pop(path[-1])
    found = judged((replace(manifest, body=body),))
    assert found.verdicts[0].state is State.INVALID
    assert any(f"{name}: there is no such field" in error.problem.what for error in found.errors)


@given(st.data())
def test_an_object_with_anything_anywhere_is_judged(data: st.DataObject) -> None:
    manifest = data.draw(st.sampled_from(good()))
    body: Any = copy.deepcopy(dict(manifest.body))
    path = data.draw(
        st.sampled_from([path for path in paths(body) if path and path[0] not in {"apiVersion", "kind"}])
    )
    at(body, path[:-1])[path[-1]] = data.draw(JSON)
    judged((replace(manifest, body=body),))


@given(st.data())
def test_a_definition_with_anything_anywhere_is_judged_and_so_are_its_objects(data: st.DataObject) -> None:
    definition, thing = custom()
    body: Any = copy.deepcopy(dict(definition.body))
    starts = ("spec", "versions", 0, "schema")
    path = data.draw(st.sampled_from([path for path in paths(body) if path[:4] == starts and len(path) > 4]))
    holder = at(body, path[:-1])
    if isinstance(holder, dict) and data.draw(st.booleans()):
        holder[data.draw(SCHEMA_WORDS)] = data.draw(JSON)
    else:
        holder[path[-1]] = data.draw(JSON)
    judged((replace(definition, body=body), thing))


@given(st.data())
def test_a_custom_object_with_anything_anywhere_is_judged(data: st.DataObject) -> None:
    definition, thing = custom()
    body: Any = copy.deepcopy(dict(thing.body))
    path = data.draw(st.sampled_from([path for path in paths(body) if path[:1] == ("spec",)]))
    at(body, path[:-1])[path[-1]] = data.draw(JSON)
    judged((definition, replace(thing, body=body)))


WORDS = [
    "self",
    ".a",
    ".b",
    " == ",
    "has(",
    ")",
    "(",
    "[",
    "]",
    "1",
    "'x'",
    " && ",
    "!",
    "?",
    ":",
    ".all(x, ",
    "-",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text(max_size=40))
def test_whatever_a_rule_says_its_object_is_judged(rule: str) -> None:
    definition, thing = custom()
    body: Any = copy.deepcopy(dict(definition.body))
    schema = body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"]["x-kubernetes-validations"] = [{"rule": rule}]
    found = judged((replace(definition, body=body), thing))
    # A rule that names a field which the schema lacks is wrong, and then that is what is told.
    wrong = [one.problem.what for one in found.errors if one.identity == definition.identity]
    assert (found.verdicts[0].state is State.INVALID) == bool(wrong)
    assert all(what.startswith("the rule names") for what in wrong)
