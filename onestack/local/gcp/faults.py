"""Faults on order: ``<project>.faults.yaml`` beside a simulated project, read at every operation.

::

    - type: compute/network       # a part of the type token; left out: any
      name: main                  # the end of the resource's id; left out: any
      operation: create           # create, read, update or delete; left out: any but read
      refuse: quota               # quota, permission, disabled, credentials, or Google's own words
    - {type: container/cluster, operation: create, seconds: 3, halfway: true, times: 1}
    - {type: compute/router, operation: delete, hold: before}

``seconds`` makes it slow. ``halfway``: the operation takes place, and the provider's wait for it times
out. ``hold``: the operation stands still before it takes place, or after that and before the provider
learns of it: it makes ``<project>.held`` there and goes on when somebody removes that. ``times``: the rule
holds only so often.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from onestack.errors import InvalidFaults
from onestack.local.gcp.project import Project
from onestack.manifests.reader import read

Operation = Literal["create", "read", "update", "delete"]


class Fault(BaseModel):
    """One rule of the file; see the module."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = ""
    name: str = ""
    operation: Operation | None = None
    refuse: str = ""
    seconds: float = 0
    halfway: bool = False
    hold: Literal["before", "after"] | None = None
    times: int | None = None

    def fits(self, token: str, resource_id: str, operation: Operation) -> bool:
        meant = operation == self.operation or (self.operation is None and operation != "read")
        return meant and self.type in token and resource_id.endswith(self.name)

    @property
    def key(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


NO_FAULT = Fault()


def faults_file(folder: Path, project: str) -> Path:
    return folder / f"{project}.faults.yaml"


def held_file(folder: Path, project: str) -> Path:
    """What is there while an operation on a project is held."""
    return folder / f"{project}.held"


def read_faults(path: Path) -> Sequence[Fault]:
    """The rules in a file; none where there is no file.

    Raises:
        InvalidFaults: it says something else than rules.
    """
    try:
        reading = read(path.read_bytes(), path.name)
        if reading.problems:
            raise InvalidFaults(str(path), str(reading.problems[0]))
        content = reading.documents[0].value if reading.documents else []
        return TypeAdapter(tuple[Fault, ...]).validate_python(content)
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        first = error.errors()[0]
        where = json.dumps(list(first["loc"]))
        raise InvalidFaults(str(path), f"rule {where}: {first['msg']}") from error
    except OSError as error:
        raise InvalidFaults(str(path), str(error)) from error


def take(
    rules: Sequence[Fault], project: Project, token: str, resource_id: str, operation: Operation
) -> Fault:
    """The first rule that holds, counted as used in ``project``; where none does, one that does nothing."""
    for rule in rules:
        if not rule.fits(token, resource_id, operation):
            continue
        used = project.faults_used.get(rule.key, 0)
        if rule.times is not None and used >= rule.times:
            continue
        if rule.times is not None:
            project.faults_used[rule.key] = used + 1
        return rule
    return NO_FAULT
