"""A simulated project: one JSON file, changed under a lock and written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from onestack.errors import SimulationUnusable
from onestack.local.toolchain.files import replace_file

# Source: https://cloud.google.com/service-usage/docs/enabled-service#default
_ENABLED_BY_DEFAULT: Final = (
    "cloudapis.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "servicemanagement.googleapis.com",
    "serviceusage.googleapis.com",
    "storage.googleapis.com",
)
_NUMBER_DIGITS: Final = 12


@dataclass
class Record:
    """One resource as Google has it. ``born`` is a number that no other ever had.

    ``gone``: deleted, but its name is taken. ``forgotten``: Pulumi deleted it, and Google keeps it.
    """

    type: str
    state: dict[str, Any]
    born: int
    made: str
    gone: bool = False
    forgotten: bool = False


@dataclass
class Project:
    """Everything in one project. ``identity_pools`` are the GKE clusters' pools, which are never deleted."""

    name: str
    number: str
    services: list[str] = field(default_factory=list)
    identity_pools: list[str] = field(default_factory=list)
    resources: dict[str, Record] = field(default_factory=dict)
    faults_used: dict[str, int] = field(default_factory=dict)

    def get(self, token: str, resource_id: str) -> Record | None:
        """A resource that exists, by type and id."""
        record = self.resources.get(key_of(token, resource_id))
        return None if record is None or record.gone else record

    def put(self, token: str, resource_id: str, record: Record) -> None:
        self.resources[key_of(token, resource_id)] = record

    def remove(self, token: str, resource_id: str) -> None:
        self.resources.pop(key_of(token, resource_id), None)

    def of_type(self, token: str) -> Iterator[tuple[str, Record]]:
        """The ids and records of one type that exist."""
        for key, record in list(self.resources.items()):
            if record.type == token and not record.gone:
                yield key.removeprefix(f"{token} "), record


def key_of(token: str, resource_id: str) -> str:
    return f"{token} {resource_id}"


def new_number() -> int:
    """A number as Google's ids are: 19 digits."""
    return 10**18 + secrets.randbelow(9 * 10**18)


class Projects:
    """The simulated projects of one folder. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def look(self, name: str) -> Project:
        """A project as it is now; one that nobody used yet is empty."""
        return self._read(name)

    @contextmanager
    def change(self, name: str) -> Iterator[Project]:
        """A project to change: nobody else does meanwhile, and it is written at the end, also after an error.

        Raises:
            SimulationUnusable: its file can't be read or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f".{name}.lock"):
                project = self._read(name)
                before = _text(project)
                try:
                    yield project
                finally:
                    if (after := _text(project)) != before or not self.path(name).exists():
                        replace_file(self.path(name), after)
        except OSError as error:
            raise SimulationUnusable(str(self.path(name)), error.strerror or str(error)) from error

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, name: str) -> Project:
        try:
            content = json.loads(self.path(name).read_text(encoding="utf-8"))
            return _project(content)
        except FileNotFoundError:
            digits = str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[:_NUMBER_DIGITS]
            return Project(name, digits, list(_ENABLED_BY_DEFAULT))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SimulationUnusable(str(self.path(name)), str(error)) from error


def _project(content: Mapping[str, Any]) -> Project:
    resources = {key: Record(**record) for key, record in content["resources"].items()}
    return Project(**{**content, "resources": resources})


def _text(project: Project) -> str:
    return json.dumps(asdict(project), indent=1, sort_keys=True) + "\n"
