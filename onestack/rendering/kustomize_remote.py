"""Bases of other repositories: pinned to a commit, of hosts that the settings allow, fetched by git, kept.

Kustomize would fetch them itself, with whatever they name in turn, and submodules. Here the commit is
fetched, and looked at as strictly as our own files; Kustomize finds it beside them.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import shutil
import tarfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, Final, Self

from onestack.errors import BaseUnavailable, ToolMissing, ToolNotRun
from onestack.rendering.bounds import Bounds
from onestack.rendering.cache import replaced
from onestack.rendering.confine import Refused, host_of, shown
from onestack.rendering.options import Options
from onestack.rendering.process import Ran, run

PREFIX: Final = ".onestack-bases"
"""Where Kustomize finds them, below the folder that it works in."""
MOST: Final = 20
"""How many other repositories an application may be made of."""

_BOUNDS: Final = Bounds(seconds=120)
_KEPT: Final = "bases"
_FORM: Final = "write https://HOST/OWNER/REPOSITORY//FOLDER?ref=COMMIT, with all 40 digits of the commit"
_LOOPBACK: Final = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::\d+)?/")
_PINNED: Final = re.compile(r"(https?://[^/?#@]+/[^?#]*)\?ref=([0-9a-f]{40})")
_DIGEST: Final = 64


@dataclass(frozen=True)
class Remote:
    """A folder of a repository at a commit."""

    url: str
    commit: str
    folder: str

    @property
    def name(self) -> str:
        """A folder's name for it, the same for the same repository and commit."""
        return f"{self.commit}-{hashlib.sha256(self.url.encode()).hexdigest()[:12]}"

    def __str__(self) -> str:
        return f"{self.url}@{self.commit[:12]}"


def remote(reference: str, hosts: frozenset[str] | None) -> Remote:
    """The base that a reference to elsewhere means; None are all hosts.

    Raises: Refused if it isn't allowed or not pinned.
    """
    host = host_of(reference)
    if hosts is not None and host not in hosts:
        what = f"'{shown(reference)}' is fetched from {host or 'elsewhere'}, which is not allowed"
        raise Refused(what, "put a copy into the repository and name that, or see rendering.allowedHosts")
    pinned = _PINNED.fullmatch(reference)
    if pinned is None or (reference.startswith("http:") and not _LOOPBACK.match(reference)):
        raise Refused(f"'{shown(reference)}' is not a base pinned to a commit", _FORM)
    url, folder = _parted(pinned[1])
    normal = posixpath.normpath(folder.strip("/") or ".")
    if normal.startswith(".."):
        raise Refused(f"'{reference}' leads out of its repository", _FORM)
    return Remote(url, pinned[2], normal)


def _parted(address: str) -> tuple[str, str]:
    """Repository and folder, parted as Kustomize does: by ``//``, after ``.git``, or after two segments."""
    scheme, _, rest = address.partition("://")
    if "//" in rest:
        url, _, folder = rest.partition("//")
    elif ".git/" in rest:
        url, _, folder = rest.partition(".git/")
        url += ".git"
    else:
        segments = rest.split("/")
        url, folder = "/".join(segments[:3]), "/".join(segments[3:])
    return f"{scheme}://{url}", folder


class Bases:
    """Fetches bases into private folders, each repository and commit once; they are removed on leaving."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._trees: dict[str, Path] = {}
        self._private = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._private.close()

    def tree(self, base: Remote, wanted_by: str) -> Path:
        """The folder with the files of the commit.

        Raises: BaseUnavailable, ToolMissing, ToolNotRun; Refused if there is something wrong with it.
        """
        if base.name in self._trees:
            return self._trees[base.name]
        if len(self._trees) >= MOST:
            what = f"the application is made of more than {MOST} other repositories"
            raise Refused(what, "put copies into the repository")
        kept = self._options.cache / _KEPT / f"{base.name}.tar"
        archive = _read(kept)
        if archive is None and self._options.offline:
            why = "nothing is fetched now, and no earlier run has kept it"
            raise BaseUnavailable(str(base), wanted_by, why)
        if archive is None:
            self._options.told(f"fetching {base}")
            archive = _fetched(base, wanted_by)
            replaced(kept, hashlib.sha256(archive).hexdigest().encode() + archive)
        try:
            place = Path(self._private.enter_context(TemporaryDirectory(prefix="onestack-")))
            with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
                for member in opened:
                    # Links that lead out of it, and what is no file, are then missing where they are named.
                    with suppress(tarfile.FilterError):
                        opened.extract(member, place, filter="data")
        except tarfile.TarError as error:
            raise Refused(f"{base} holds what can't be unpacked: {error}", "name another commit") from None
        except OSError as error:
            raise ToolNotRun("kustomize", gettempdir(), str(error)) from None
        self._trees[base.name] = place
        return place

    def remote(self, reference: str) -> Remote:
        """The base that a reference to elsewhere means. Raises: Refused if it isn't allowed or not pinned."""
        return remote(reference, None if self._options.offline else self._options.hosts)


def localized(value: Mapping[str, Any], folder: str, places: Mapping[str, str]) -> dict[str, Any]:
    """A kustomization in ``folder`` that names the copies of bases, by ``places``, not where they are."""

    def local(entry: Any) -> Any:
        place = places.get(entry) if isinstance(entry, str) else None
        return entry if place is None else posixpath.relpath(place, folder)

    names = {"resources", "bases", "components"}
    return {
        key: [local(entry) for entry in held] if key.casefold() in names and isinstance(held, list) else held
        for key, held in value.items()
    }


def _read(kept: Path) -> bytes | None:
    try:
        content = kept.read_bytes()
    except OSError:
        return None
    archive = content[_DIGEST:]
    return archive if hashlib.sha256(archive).hexdigest().encode() == content[:_DIGEST] else None


def _fetched(base: Remote, wanted_by: str) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise ToolMissing("git", f"{wanted_by} names a base in {base.url}, which git fetches")
    try:
        with TemporaryDirectory(prefix="onestack-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            for arguments in (
                ("init", "--quiet", "--bare"),
                ("fetch", "--quiet", "--depth=1", "--no-tags", base.url, base.commit),
            ):
                _check(_git(git, folder, *arguments), base, wanted_by)
            ran = _git(git, folder, "archive", "--format=tar", base.commit)
            _check(ran, base, wanted_by)
            return ran.stdout
    except OSError as error:
        raise ToolNotRun("git", gettempdir(), str(error)) from None


def _git(git: str, folder: Path, *arguments: str) -> Ran:
    # Nothing of the user's, no question asked, no other host than the one allowed, and objects checked.
    settings = (
        "-c",
        "http.followRedirects=false",
        "-c",
        "fetch.fsckObjects=true",
        "-c",
        "credential.helper=",
    )
    environ = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "http:https",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    return run((git, *settings, *arguments), folder=folder, network=True, environ=environ, bounds=_BOUNDS)


def _check(ran: Ran, base: Remote, wanted_by: str) -> None:
    if ran.failure:
        said = " ".join(ran.said.split())[:500]
        raise BaseUnavailable(
            str(base), wanted_by, said if said and ran.breach is None else f"git {ran.failure}"
        )
