"""What tests are told of the stack they look at: a file that only this user can read, gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

VARIABLE: Final = "ONESTACK_ACCEPTANCE"
"""Names the file."""
NOW: Final = "now"
"""The file beside it that says which test runs."""


@dataclass(frozen=True)
class TestedStack:
    """The stack whose environment is looked at.

    ``outputs`` are those of its program that aren't secret. ``namespaces`` is the namespace that each
    application is given, where it is. ``objects`` are those that it declares, as plain JSON values, with the
    values of Secrets hidden. ``kubeconfig`` and ``context`` are its cluster's.
    """

    __test__ = False

    name: str
    project: str
    platform: str
    kubeconfig: str
    context: str | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    namespaces: Mapping[str, str | None] = field(default_factory=dict)
    objects: Sequence[Mapping[str, Any]] = ()

    def declared(self, kind: str, name: str | None = None) -> list[Mapping[str, Any]]:
        """The objects of a kind that the stack declares, all or those of a name."""
        return [
            one
            for one in self.objects
            if one.get("kind") == kind and name in {None, one["metadata"].get("name")}
        ]


def write(folder: Path, stack: TestedStack) -> Path:
    """Writes what is handed over into a folder of its own; returns what ``VARIABLE`` must say."""
    file = folder / "stack.json"
    file.write_bytes(orjson.dumps(stack))
    return file


def given(environ: Mapping[str, str] = os.environ) -> TestedStack | None:
    """What was handed to this run of the tests; None where nobody did."""
    file = environ.get(VARIABLE)
    return TypeAdapter(TestedStack).validate_json(Path(file).read_bytes()) if file else None
