"""The table of types: ``types/*.yaml`` as frozen values, read when the first type of a service is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from onestack.errors import NotSimulated

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The module of a type token and the file it is in; where they differ.
_SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})


@dataclass(frozen=True)
class Field:
    """One property.

    ``kind`` is string, integer, number, boolean, map, list or set (of scalars), object, objects or
    objectset. ``output``: only Google sets it. ``computed``: Google sets it where the program doesn't,
    so leaving it out later changes nothing. ``replaces``: a change of it makes a new resource.
    """

    kind: str
    required: bool = False
    replaces: bool = False
    computed: bool = False
    output: bool = False
    secret: bool = False
    default: Any = None
    one_of: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    format: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)

    @property
    def scalar(self) -> bool:
        return self.kind in _SCALARS

    @property
    def unordered(self) -> bool:
        return self.kind in {"set", "objectset"}

    @property
    def plural(self) -> bool:
        """It has items, each with fields of its own or a scalar."""
        return self.kind in {"list", "set", "objects", "objectset"}


@dataclass(frozen=True)
class Reference:
    """A field (``subnetworks[].name``) that names another resource, of the type ``to``.

    ``link``: what is recorded is the other's self link. ``owner``: this one goes when that one is
    deleted. ``pins``: that one can't be deleted while this one is there.
    """

    field: str
    to: str
    link: bool = False
    owner: bool = False
    pins: bool = True


@dataclass(frozen=True)
class Service:
    """One of Google's APIs: its name and title, what self links begin with, its words for two refusals."""

    name: str
    title: str
    root: str
    exists: str
    missing: str


@dataclass(frozen=True)
class Type:
    """One resource type. ``id`` and ``outputs`` hold templates such as ``projects/{project}/…/{name}``.

    ``needs`` is the API that must be enabled. ``adopts``: creating what exists is no error.
    ``remains``: what a deletion leaves at Google, "kept" or "deleted" (whose name stays taken).
    ``resumes``: an operation that was cut off is recorded, and the next run goes on.
    ``place``: the field that names its region or location. ``grows``: a range that can be widened in
    place and is replaced otherwise. ``only_on``: switches that can't be turned off in place.
    """

    token: str
    service: Service
    noun: str
    id: str
    docs: tuple[str, ...]
    needs: str
    fields: Mapping[str, Field]
    outputs: Mapping[str, Any]
    refers: tuple[Reference, ...] = ()
    auto_name: bool = False
    adopts: bool = False
    remains: str = ""
    resumes: bool = False
    place: str = ""
    grows: str = ""
    labels: str = ""
    permission: str = ""
    delete_first: bool = False
    only_on: tuple[str, ...] = ()
    exactly_one: tuple[str, ...] = ()


def type_of(token: str) -> Type:
    """The type with a token such as ``gcp:compute/network:Network``.

    Raises:
        NotSimulated: it is not in the table.
    """
    module = token.removeprefix("gcp:").partition("/")[0]
    found = _service_types(module).get(token)
    if found is None:
        raise NotSimulated(token)
    return found


def all_types() -> tuple[Type, ...]:
    """Every type there is."""
    names = sorted(entry.name for entry in _folder().iterdir())
    modules = [name.removesuffix(".yaml") for name in names if name.endswith(".yaml")]
    return tuple(known for module in modules for known in _service_types(module).values())


def inputs_of(known: Type, *, replacing: bool) -> frozenset[str]:
    """The inputs of a type, as dotted paths, that replace it when they change, or that don't."""
    return frozenset(path for path, one in _leaves(known.fields, "") if one.replaces is replacing)


def _leaves(fields: Mapping[str, Field], above: str) -> Iterator[tuple[str, Field]]:
    for name, one in fields.items():
        if one.output:
            continue
        yield above + name, one
        yield from _leaves(one.fields, f"{above}{name}.")


def _folder() -> Any:
    return files("onestack.local.gcp") / "types"


@cache
def _service_types(module: str) -> Mapping[str, Type]:
    path = _folder() / f"{module}.yaml"
    if not module.isalpha() or not path.is_file():
        return {}
    content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe loader
    service = Service(
        content["service"], content["title"], content["root"], content["exists"], content["missing"]
    )
    return {token: _type(token, service, entry) for token, entry in content["types"].items()}


def _type(token: str, service: Service, entry: Mapping[str, Any]) -> Type:
    return Type(
        token=token,
        service=service,
        noun=entry["noun"],
        id=entry["id"],
        docs=tuple(entry["docs"]),
        needs=entry.get("needs", service.name),
        fields=_fields(entry["fields"]),
        outputs=entry.get("outputs") or {},
        refers=tuple(Reference(**one) for one in entry.get("refers", ())),
        auto_name=entry.get("autoName", False),
        adopts=entry.get("adopts", False),
        remains=entry.get("remains", ""),
        resumes=entry.get("resumes", False),
        place=entry.get("place", ""),
        grows=entry.get("grows", ""),
        labels=entry.get("labels", ""),
        permission=entry.get("permission", ""),
        delete_first=entry.get("deleteBeforeReplace", False),
        only_on=tuple(entry.get("onlyOn", ())),
        exactly_one=tuple(entry.get("exactlyOneOf", ())),
    )


def _fields(entries: Mapping[str, Any]) -> Mapping[str, Field]:
    return {
        name: _field(entry if isinstance(entry, dict) else {"is": entry}) for name, entry in entries.items()
    }


def _field(entry: Mapping[str, Any]) -> Field:
    kind, *words = entry["is"].split()
    low = entry.get("atLeast")
    between = entry.get("between")
    return Field(
        kind=kind,
        required="required" in words,
        replaces="replaces" in words,
        computed="computed" in words,
        output="output" in words,
        secret="secret" in words,
        default=entry.get("default"),
        one_of=tuple(entry.get("oneOf", ())),
        between=(between[0], between[1]) if between else (low, float("inf")) if low is not None else None,
        format=entry.get("format", ""),
        fields=_fields(entry.get("fields") or {}),
    )
