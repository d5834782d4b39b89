"""The schemas of Kubernetes' own kinds, per release, made as strict as the API server is. Pure.

The published schemas come with the package ``kubernetes-validate``, of which only the data is used: its
code would bring a second validator along. What they leave out stands in ``builtin.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources, util
from pathlib import Path
from typing import Any, Final

import orjson
import yaml

from onestack.errors import UnknownKubernetes
from onestack.validation.shape import KEYS, Shape

_REF: Final = "#/$defs/"
_PROPS: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
# Types whose published schema says less than the server parses. Lists of schemas it forbids.
_SPECIAL: Final[Mapping[str, Mapping[str, Any]]] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"], "format": "quantity"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": {"type": "string", "format": "date-time"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"type": "string", "format": "date-time"},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
    f"{_PROPS}OrArray": {"type": "object", "if": {"type": "object"}, "then": {"$ref": _REF + _PROPS}},
    f"{_PROPS}OrBool": {
        "type": ["object", "boolean"],
        "if": {"type": "object"},
        "then": {"$ref": _REF + _PROPS},
    },
}
_BOUNDS: Final = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}


class Release:
    """The kinds of one Kubernetes release, such as ``1.36``."""

    def __init__(self, version: str, folder: Path) -> None:
        self.version = version
        self._folder = folder
        self._shapes: dict[tuple[str, str], Shape | None] = {}

    def shape(self, api_version: str, kind: str) -> Shape | None:
        """The shape of a kind; None for what the release doesn't know."""
        key = (api_version, kind)
        if key not in self._shapes:
            name = self._names.get(key)
            self._shapes[key] = None if name is None else Shape(self._schema(name))
        return self._shapes[key]

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether the release has the kind in that version, be it off by default."""
        return (api_version, kind) in self._names

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """The schema of every object's metadata."""
        return self._schema("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")

    @cached_property
    def _definitions(self) -> Mapping[str, Any]:
        content = (self._folder / "_definitions.json").read_bytes()
        found: Mapping[str, Any] = orjson.loads(content)["$defs"]
        return found

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        names = {}
        for name, schema in self._definitions.items():
            said = schema.get("x-kubernetes-group-version-kind", ())
            if len(said) == 1:  # what is of every group, like DeleteOptions, is no object
                group, version = said[0]["group"], said[0]["version"]
                names[f"{group}/{version}" if group else version, said[0]["kind"]] = name
        return names

    def _schema(self, name: str) -> dict[str, Any]:
        """One definition and all that it refers to, each made strict."""
        made: dict[str, Any] = {}
        waiting = [name]
        while waiting:
            at = waiting.pop()
            if at not in made:
                made[at] = _strict(at, self._definitions[at])
                waiting.extend(_references(made[at]))
        return {"$ref": _REF + name, "$defs": made}


@cache
def release(version: str) -> Release:
    """The schemas of a Kubernetes minor version. Raises: UnknownKubernetes."""
    bundled = _bundled()
    if version not in bundled:
        raise UnknownKubernetes(version, known=sorted(bundled, key=_minor))
    return Release(version, bundled[version])


def _bundled() -> dict[str, Path]:
    """Folders of the bundled releases, found without running the package that holds them."""
    spec = util.find_spec("kubernetes_validate")
    places = spec.submodule_search_locations if spec else None
    folders = [folder for place in places or () for folder in Path(place).glob("*/v*-local")]
    return {folder.name.removeprefix("v").rpartition(".")[0]: folder for folder in folders}


def _minor(version: str) -> int:
    return int(version.rpartition(".")[2])


def _strict(name: str, published: Mapping[str, Any]) -> dict[str, Any]:
    if name in _SPECIAL:
        return _nullable(dict(_SPECIAL[name]))
    short = ".".join(name.split(".")[-3:])
    required = sorted(
        (set(published.get("required", ())) | set(_said("required", short))) - set(_said("optional", short))
    )
    made = _nullable(_value(published))
    made["title"] = name.rpartition(".")[2]
    if "properties" not in published:
        return made
    enums = _said("enums", short)
    made["properties"] = {
        field: _field(held, needed=field in required, options=enums.get(field, ()))
        for field, held in published["properties"].items()
    }
    made["additionalProperties"] = False
    made["required"] = required
    return made


def _said(what: str, name: str) -> Any:
    return _additions()[what].get(name, {})


@cache
def _additions() -> Mapping[str, Any]:
    text = resources.files("onestack.validation").joinpath("builtin.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def _field(published: Mapping[str, Any], *, needed: bool, options: Sequence[str]) -> dict[str, Any]:
    """A field: the server drops a null, so that it is as good as not there."""
    made = _value(published)
    if options and "items" in made:
        made["items"]["enum"] = list(options)
    elif options:
        made["enum"] = list(options) if needed else [*options, "", None]
    return _given(made) if needed else _nullable(made)


def _given(made: dict[str, Any]) -> dict[str, Any]:
    """Of a value that must not be null: what it refers to could be."""
    return {**made, "not": {"type": "null"}} if "$ref" in made else made


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    types = made.get("type", [])
    if types:
        made["type"] = sorted({"null", *([types] if isinstance(types, str) else types)})
    return made


def _value(published: Mapping[str, Any]) -> dict[str, Any]:
    """A value that isn't null, or refers to one that may be."""
    if "$ref" in published:
        return {"$ref": published["$ref"]}
    made: dict[str, Any] = {}
    types = published.get("type", [])
    types = [kind for kind in ([types] if isinstance(types, str) else types) if kind != "null"]
    if types:
        made["type"] = types[0]
    if published.get("format") == "byte":
        made["format"] = "byte"
    made.update(_BOUNDS.get(published.get("format", ""), {}))
    if "items" in published:
        made["items"] = _given(_value(published["items"]))
    if isinstance(published.get("additionalProperties"), Mapping):
        made["additionalProperties"] = _nullable(_value(published["additionalProperties"]))
    if published.get("x-kubernetes-list-type") == "map":
        made[KEYS] = published[KEYS]
    if published.get("x-kubernetes-list-type") == "set":
        made["uniqueItems"] = True
    return made


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(_REF)
        for held in schema.values():
            yield from _references(held)
    elif isinstance(schema, list):
        for held in schema:
            yield from _references(held)
