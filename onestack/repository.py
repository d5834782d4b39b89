"""The repository that a command works on."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from onestack.errors import InvalidProject, NotARepository
from onestack.manifests.limits import LIMITS
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
            return Repository(root=candidate, project=_project(candidate))
    raise NotARepository(str(folder))


def content(root: Path, name: str) -> bytes:
    """A file of the repository; of one that is longer than any may be, the start.

    Whoever wrote the repository may have made it a link that leads elsewhere, or to a device without
    end. Raises: OSError.
    """
    path = root / name
    try:
        inside = path.resolve(strict=True).is_relative_to(root.resolve())
    except RuntimeError:  # what Python 3.11 and 3.12 say
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
    if not inside:
        raise OSError(errno.EPERM, "the link leads out of the repository", str(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return opened.read(LIMITS.file_bytes + 1)


def _project(root: Path) -> str:
    file = root / PROJECT_FILE
    try:
        reading = read(content(root, PROJECT_FILE), PROJECT_FILE)
    except OSError as error:
        raise InvalidProject(str(file), error.strerror or str(error)) from None
    if reading.problems:
        raise InvalidProject(str(file), "\n".join(map(str, reading.problems)))
    name = reading.documents[0].get("name") if len(reading.documents) == 1 else None
    if name is None or not isinstance(name.value, str) or not name.value:
        raise InvalidProject(str(file), "it has no name")
    return name.value
