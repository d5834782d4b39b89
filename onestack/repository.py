"""The repository that a command works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from onestack.errors import InvalidProject, NotARepository

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
    raise NotARepository(str(start))


def _project(file: Path) -> str:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidProject(str(file), str(error)) from None
    name = document.get("name") if isinstance(document, dict) else None
    if not isinstance(name, str) or not name:
        raise InvalidProject(str(file), "it has no name")
    return name
