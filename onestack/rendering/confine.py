"""Where a path in a file of the repository leads: to something inside, or nowhere that is looked at."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Not content: credentials of a checkout, also of one inside this one, and the state of stacks.
_OWN: Final = frozenset({".git", ".onestack"})

# What Kustomize takes for a file or a repository elsewhere (loader/fileloader.go, git/repospec.go), and a
# little more.
_ELSEWHERE: Final = (
    re.compile(r"[A-Za-z][A-Za-z0-9+.:-]*://(?:[^/@]*@)?(?P<host>[^/?#]*)"),
    re.compile(r"(?i:https?):(?P<host>[^/?#]*)"),
    re.compile(r"[A-Za-z][A-Za-z0-9-]*@(?P<host>[^/:?]*)[/:]"),
    re.compile(r"(?P<host>(?i:github\.com))[/:]"),
    re.compile(r"(?P<host>[^/?]*)[^?]*(?://|\?(?:ref|version|timeout|submodules)=)"),
)
_USER: Final = re.compile(r"://[^/@]*@")


class Refused(Exception):
    """A path that is not followed: what is wrong with it, and what to write instead."""

    def __init__(self, what: str, expected: str) -> None:
        self.what = what
        self.expected = expected
        super().__init__(what)


@dataclass(frozen=True)
class Place:
    """``named`` is the path as it is written, cleaned, ``real`` where its links lead; both relative to the
    repository, without ``..``.
    """

    named: str
    real: str


def host_of(reference: str) -> str | None:
    """The host that a reference would be fetched from, empty if it names none; None if it is a path."""
    for pattern in _ELSEWHERE:
        if found := pattern.match(reference.strip()):
            return found["host"].lower()
    return None


def shown(reference: str) -> str:
    """A reference as it may be printed: without user and password."""
    return _USER.sub("://***@", reference)


def followed(root: Path, folder: str, reference: str) -> Place:
    """Where ``reference``, written in a file of ``folder``, leads.

    Raises: Refused for what is absolute, missing, not inside the repository, or not its content.
    """
    if "\0" in reference:
        raise Refused("the path has a NUL character in it", "remove it")
    if reference.startswith("/"):
        raise Refused(f"'{reference}' is an absolute path", "write one relative to this file")
    named = posixpath.normpath(posixpath.join(folder, reference))
    if named == ".." or named.startswith("../"):
        raise Refused(f"'{reference}' leads out of the repository", "put a copy of it into the repository")
    return Place(named, real(root, named, reference))


def real(root: Path, named: str, reference: str) -> str:
    """Where the links of a path lead, relative to the repository. Raises: Refused."""
    try:
        # Not Path.resolve: before Python 3.13 it raises RuntimeError for loops.
        at = os.path.realpath(os.path.join(root, named), strict=True)  # noqa: PTH118 - thrice as fast
    except FileNotFoundError:
        what = f"there is no file or folder '{reference}'"
        raise Refused(what, f"'{named}' does not exist; mend the path, or add it") from None
    except OSError as error:
        raise Refused(f"'{reference}' can't be followed: {error.strerror}", "mend the path") from None
    top = os.path.realpath(root)
    if at != top and not at.startswith(f"{top.rstrip('/')}/"):
        raise Refused(
            f"'{reference}' is a link that leads out of the repository",
            "put a copy of the file into the repository",
        )
    inside = at[len(top) :].strip("/") or "."
    if own := own_folder(inside):
        raise Refused(f"'{reference}' leads into {own}", "that folder is no content of the repository")
    return inside


def own_folder(inside: str) -> str:
    """The folder of git or of ours that a path in the repository is in; empty for content."""
    return next((part for part in inside.split("/") if part.casefold() in _OWN), "")
