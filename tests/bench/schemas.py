"""Schemas for kubeconform out of those that onestack takes: a file per kind that stands by itself.

kubeconform's own are like that. Those of the package `kubernetes-validate` refer to one large file of
definitions instead, which kubeconform would read anew for every kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

LOCATION: Final = "{{.ResourceKind}}{{.KindSuffix}}.json"
"""Where kubeconform finds a kind's schema in the folder, in the words of ``-schema-location``."""

_DEFINITIONS: Final = "_definitions.json"
_REFERENCE: Final = re.compile(rf'"(?:/api/{_DEFINITIONS})?#/\$defs/([^"]+)"')


def write_schemas(folder: Path, kubernetes: str) -> None:
    """Writes the strict schemas of a minor version, such as ``1.36``, into a new folder."""
    package = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{kubernetes}.0-local-strict"
    definitions = json.loads((package / _DEFINITIONS).read_text(encoding="utf-8"))["$defs"]
    folder.mkdir()
    for file in package.iterdir():
        if file.name != _DEFINITIONS:
            made = standing_alone(file.read_text(encoding="utf-8"), definitions)
            (folder / file.name).write_text(made, encoding="utf-8")


def standing_alone(schema: str, definitions: Mapping[str, Any]) -> str:
    """The schema with the definitions that it needs, and no other, in itself."""
    needed: dict[str, Any] = {}
    waiting = list(_named(schema))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = definitions[name]
            waiting.extend(_named(json.dumps(definitions[name])))
    whole = json.dumps({**json.loads(schema), "$defs": needed})
    return _REFERENCE.sub(r'"#/$defs/\1"', whole)


def _named(schema: str) -> Iterator[str]:
    return (found[1] for found in _REFERENCE.finditer(schema))
