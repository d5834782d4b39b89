"""The files that a kustomization is made of, taken one by one as they are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from onestack.errors import Problem
from onestack.manifests.problems import Problems
from onestack.manifests.reader import read
from onestack.rendering import folder as disk
from onestack.rendering.confine import Refused, followed, host_of, real, shown
from onestack.rendering.kustomize_inline import is_path

FILES: Final = 10_000
"""How many files a kustomization may be made of."""
BYTES: Final = 64 * 1024 * 1024
"""How many bytes they may have together."""

Say = Callable[[str, str], None]
"""Reports what is wrong, and what was expected, at the place where a file is named."""


@dataclass
class Closure:
    """All that Kustomize is given, by path in the repository.

    ``kustomizations`` hold the value read from each, ``files`` the bytes of all else, ``links`` where a
    link on the way to one of them leads.
    """

    top: str
    kustomizations: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    configurations: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """The values of the documents in files that configure generators, transformers and validators."""
    links: dict[str, str] = field(default_factory=dict)
    manifests: set[str] = field(default_factory=set)
    """Those of ``files`` that are YAML as manifests are: resources and patches."""
    secrets: set[str] = field(default_factory=set)
    """Those of ``files`` that Secrets are generated of."""
    bases: dict[str, str] = field(default_factory=dict)
    """What a folder that holds the files of another repository is called in messages."""

    def add(self, other: Closure, folder: str, called: str) -> None:
        """Takes what the base of another repository is made of, below a folder."""
        self.kustomizations |= {f"{folder}/{file}": value for file, value in other.kustomizations.items()}
        self.files |= {f"{folder}/{file}": content for file, content in other.files.items()}
        self.configurations |= {f"{folder}/{file}": its for file, its in other.configurations.items()}
        self.links |= {f"{folder}/{file}": f"{folder}/{target}" for file, target in other.links.items()}
        self.manifests |= {f"{folder}/{file}" for file in other.manifests}
        self.secrets |= {f"{folder}/{file}" for file in other.secrets}
        self.bases |= {folder: called} | {f"{folder}/{one}": name for one, name in other.bases.items()}

    def called(self, text: str) -> str:
        """A text about files, with other repositories called what a person knows them as."""
        for folder in sorted(self.bases, key=len, reverse=True):
            text = text.replace(folder, self.bases[folder])
        return text

    def mistakes(self) -> Iterator[Problem]:
        """What is wrong with the YAML of the manifests, with its line."""
        for file in sorted(self.manifests):
            yield from read(self.files[file], self.called(file)).problems


class Files:
    """Follows references and takes the files into a closure."""

    def __init__(self, root: Path, problems: Problems, found: Closure) -> None:
        self._root = root
        self._problems = problems
        self.found = found
        self._bytes = 0
        self._count = 0

    def place(self, reference: str, folder: str, say: Say, *, document: bool = False) -> str | None:
        """The real path of what a kustomization in ``folder`` names; None if that can't be followed.

        ``document`` says that YAML could stand in the place of the path.
        """
        host = host_of(reference)
        if host is not None:
            what = f"'{shown(reference)}' is fetched from {host or 'elsewhere'}, which is not allowed"
            say(what, "put a copy into the repository and name that")
            return None
        if not reference:
            say("the path is empty", "name a file or folder")
            return None
        if "\0" not in reference and not (is_path(reference) if document else reference.isprintable()):
            what = f"{reference[:80]!r} is no path" + (", and no objects either" if document else "")
            say(what, "name a file with letters, digits, '-', '_' and '.'")
            return None
        try:
            place = followed(self._root, folder, reference)
            self._link(place.named)
        except Refused as refused:
            say(refused.what, refused.expected)
            return None
        return place.real

    def is_folder(self, place: str) -> bool:
        """Whether a real path is that of a folder."""
        return (self._root / place).is_dir()

    def take(
        self, reference: str, folder: str, say: Say, *, manifest: bool = False, document: bool = False
    ) -> tuple[str, bytes] | None:
        """Takes a file; its real path and its bytes."""
        place = self.place(reference, folder, say, document=document)
        if place is None:
            return None
        content = self.take_at(place, reference, folder, say, manifest=manifest)
        return None if content is None else (place, content)

    def take_at(
        self, place: str, called: str, folder: str, say: Say, *, manifest: bool = False
    ) -> bytes | None:
        """Takes the file at a real path; its bytes."""
        content = self.found.files.get(place)
        if content is None:
            content = self.content(place, folder, called, say)
        if content is None:
            return None
        self.found.files[place] = content
        if manifest:
            self.found.manifests.add(place)
        return content

    def content(self, place: str, folder: str, called: str, say: Say) -> bytes | None:
        """The bytes of a file that is in or below ``folder``, as Kustomize wants it."""
        if self.is_folder(place):
            say(f"'{called}' is a folder, not a file", "name a file")
            return None
        if folder != "." and not place.startswith(f"{folder}/"):
            what = f"'{called}' is not in or below {folder}, the folder of the kustomization"
            say(what, "move it there, or make its folder a base")
            return None
        content = disk.content(self._root, place, self._problems)
        self._count += 1
        self._bytes += len(content or b"")
        if self._count > FILES or self._bytes > BYTES:
            what = f"the kustomization is made of more than {FILES} files or {BYTES // 2**20} MiB"
            say(what, "split the application")
            return None
        return content

    def _link(self, named: str) -> None:
        at = ""
        for part in named.split("/"):
            at = f"{at}/{part}" if at else part
            if (self._root / at).is_symlink():
                self.found.links[at] = at = real(self._root, at, named)
