"""The repository that a command works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onestack.errors import InvalidProject, NotARepository
from onestack.manifests.reader import read

PROJECT_FILE = "Pulumi.yaml"


@dataclass(frozen=True)
class Repository:
    """Its folder and its project's name."""

    root: Path
    project: str


def find(start: Path) -> Repository:
    """The repository at or above ``start``.

    Raises: NotARepository, InvalidProject.
    """
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_FILE).is_file():
            return Repository(root=candidate, project=_project(candidate / PROJECT_FILE))
    raise NotARepository(str(folder))


def _project(file: Path) -> str:
    try:
        reading = read(file.read_bytes(), PROJECT_FILE)
    except OSError as error:
        raise InvalidProject(str(file), str(error)) from None
    if reading.problems:
        raise InvalidProject(str(file), "\n".join(map(str, reading.problems)))
    name = reading.documents[0].get("name") if len(reading.documents) == 1 else None
    if name is None or not isinstance(name.value, str) or not name.value:
        raise InvalidProject(str(file), "it has no name")
    return name.value
