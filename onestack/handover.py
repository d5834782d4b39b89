"""What a run of ours hands to its program, so that the same manifests aren't read and checked twice.

A file in a folder that only this user can read, named in the program's environment, gone after the
run, or with the next one. A program that was started by somebody else finds none and works it out itself
(`onestack.worked_out`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
from pydantic import TypeAdapter

from onestack.inventory import Inventory
from onestack.manifests.record import Found

VARIABLE: Final = "ONESTACK_HANDOVER"
_FILE: Final = "handover.json"
_WIDER: Final = "wider"


@dataclass(frozen=True)
class Handover:
    """``waits`` says whether the program waits until all is ready, ``found`` what earlier releases left.

    ``adopting``: what exists already of the declared objects was left by a run that died, and is taken over.
    ``keeping`` is the id of the Kubernetes provider in the state where ``inventory`` registers only a
    part of what is declared: what it doesn't register holds on to that provider, for its ``cluster``.
    """

    inventory: Inventory
    found: Found
    waits: bool = True
    adopting: bool = False
    keeping: str | None = None
    cluster: str | None = None


def write(folder: Path, handover: Handover) -> Path:
    """Writes a handover into a folder of its own; returns what the program's ``VARIABLE`` must say."""
    file = folder / _FILE
    file.write_bytes(orjson.dumps(handover))
    return file


def given() -> Handover | None:
    """What was handed to this program; None where nobody did."""
    file = os.environ.get(VARIABLE)
    return TypeAdapter(Handover).validate_json(Path(file).read_bytes()) if file else None


def ask_for_all() -> None:
    """Leaves word, before the program ends, that a part is not enough."""
    (Path(os.environ[VARIABLE]).parent / _WIDER).touch()


def asked_for_all(folder: Path) -> bool:
    """Whether the program that was handed what is in ``folder`` asked for everything."""
    return (folder / _WIDER).exists()
