"""The fields of a kustomization and their types, so that a slip is told with its line. Pure.

From kustomize 5.8, ``api/types``: ``Kustomization`` and what its lists hold. Kustomize refuses the same (Go's
JSON, unknown fields not allowed), takes keys in any letter case, and a null for nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from onestack.manifests.node import Node
from onestack.manifests.problems import Report


@dataclass(frozen=True)
class _Kind:
    """``inner`` is what is asked of the entries: of a list one kind, of a mapping one for each field."""

    what: str
    types: tuple[type, ...]
    items: _Kind | None = None
    fields: Mapping[str, _Kind] | None = None


def _mapping(fields: Mapping[str, _Kind]) -> _Kind:
    return _Kind("a mapping", (dict,), fields=fields)


def _list(items: _Kind) -> _Kind:
    return _Kind("a list", (list,), items=items)


_TEXT: Final = _Kind("a string", (str,))
_FLAG: Final = _Kind("true or false", (bool,))
_NUMBER: Final = _Kind("a whole number", (int,))
_ANY_MAPPING: Final = _Kind("a mapping", (dict,))
_TEXTS: Final = _list(_TEXT)
_NAMED_TEXTS: Final = _Kind("a mapping of strings", (dict,), items=_TEXT)
_MAPPINGS: Final = _list(_ANY_MAPPING)
_OPTIONS: Final = {
    "labels": _NAMED_TEXTS,
    "annotations": _NAMED_TEXTS,
    "disableNameSuffixHash": _FLAG,
    "immutable": _FLAG,
}
_GENERATOR: Final = {
    "namespace": _TEXT,
    "name": _TEXT,
    "behavior": _TEXT,
    "literals": _TEXTS,
    "files": _TEXTS,
    "envs": _TEXTS,
    "env": _TEXT,
    "options": _mapping(_OPTIONS),
}
_IMAGE: Final = dict.fromkeys(("name", "newName", "tagSuffix", "newTag", "digest"), _TEXT)
_LABEL: Final = {
    "pairs": _NAMED_TEXTS,
    "includeSelectors": _FLAG,
    "includeTemplates": _FLAG,
    "includeVolumeClaimTemplates": _FLAG,
    "fields": _MAPPINGS,
}
_TARGET: Final = dict.fromkeys(
    ("group", "version", "kind", "name", "namespace", "annotationSelector", "labelSelector"), _TEXT
)
_PATCH: Final = {"path": _TEXT, "patch": _TEXT, "target": _mapping(_TARGET), "options": _ANY_MAPPING}
_KUSTOMIZATION: Final = _mapping({
    **dict.fromkeys(("apiVersion", "kind", "namePrefix", "nameSuffix", "namespace"), _TEXT),
    **dict.fromkeys(
        (
            "resources", "components", "crds", "bases", "configurations", "generators", "transformers",
            "validators", "buildMetadata", "patchesStrategicMerge",
        ),
        _TEXTS,
    ),
    **dict.fromkeys(("commonLabels", "commonAnnotations", "openapi"), _NAMED_TEXTS),
    **dict.fromkeys(("metadata", "sortOptions", "helmGlobals"), _ANY_MAPPING),
    **dict.fromkeys(("replacements", "vars", "helmCharts", "helmChartInflationGenerator"), _MAPPINGS),
    "generatorOptions": _mapping(_OPTIONS),
    "labels": _list(_mapping(_LABEL)),
    **dict.fromkeys(("patches", "patchesJson6902"), _list(_mapping(_PATCH))),
    **dict.fromkeys(("images", "imageTags"), _list(_mapping(_IMAGE))),
    "replicas": _list(_mapping({"name": _TEXT, "count": _NUMBER})),
    "configMapGenerator": _list(_mapping(_GENERATOR)),
    "secretGenerator": _list(_mapping({**_GENERATOR, "type": _TEXT})),
})  # fmt: skip


def check_fields(document: Node, report: Report, told: Collection[tuple[int, int]]) -> None:
    """Reports fields that no kustomization has, and values of a wrong type; nothing at places ``told``."""

    def once(at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
        if key or (at.line, at.column) not in told:
            report(at, what, expected, key=key)

    _check(document, _KUSTOMIZATION, "the kustomization", once)


def _check(node: Node, kind: _Kind, name: str, report: Report) -> None:
    value = node.value
    if value is None:
        return
    if not isinstance(value, kind.types) or (isinstance(value, bool) and bool not in kind.types):
        report(node, f"{name} is {_said(value)}, not {kind.what}", _mended(node, kind))
        return
    if kind.fields is not None:
        for key, held in node.fields():
            _field(key, held, kind.fields, report)
    elif kind.items is not None:
        for key, held in node.fields():
            _check(held, kind.items, key, report)
        for index, held in enumerate(node.items()):
            _check(held, kind.items, f"{name}[{index}]", report)


def _field(key: str, held: Node, fields: Mapping[str, _Kind], report: Report) -> None:
    known = {name.casefold(): name for name in fields}
    if key.casefold() in known:
        _check(held, fields[known[key.casefold()]], key, report)
        return
    near = difflib.get_close_matches(key.casefold(), known, n=1)
    expected = f"did you mean {known[near[0]]}?" if near else f"there are {', '.join(sorted(fields))}"
    report(held, f"a kustomization knows no field '{key}' here", expected, key=True)


def _mended(node: Node, kind: _Kind) -> str:
    value = node.value
    if kind is _TEXT and not isinstance(value, (dict, list)):
        return "write it in quotes"
    return (
        "write '- ' before it" if kind.types == (list,) and isinstance(value, str) else f"write {kind.what}"
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a string"
