"""Which repository at which forge, and with what token: from the environment, as in GitHub Actions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from onestack.errors import InsecureForge, NoForge, NoForgeToken, NotInGit
from onestack.masking import Mask
from onestack.revision import opened

_SERVER: Final = "https://github.com"
_API: Final = "https://api.github.com"
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_SCP: Final = re.compile(r"(?:[^@/]+@)?(?P<host>[^:/]+):(?P<path>[^/].*)")
_PULL_REF: Final = re.compile(r"refs/pull/([0-9]+)/(?:merge|head)")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
_EVENT_BYTES: Final = 32 << 20


@dataclass(frozen=True)
class Place:
    """A repository at a forge. ``repository`` is ``owner/name``; the token is in no representation.

    ``commit``, ``pull`` and ``run_url`` are of the job at hand, as far as it says so;
    of a pull request's job ``commit`` is the head of its branch, not the merge that GitHub tries.
    ``login`` is who the token speaks as, where the environment names it.
    """

    api: str
    server: str
    repository: str
    token: str = field(repr=False)
    commit: str | None = None
    pull: int | None = None
    run_url: str | None = None
    login: str | None = None
    job_token: bool = False

    @property
    def mask(self) -> Mask:
        """What takes the token out of a text."""
        return Mask(frozenset({self.token.encode()}))


def place(
    environ: Mapping[str, str],
    root: Path | None = None,
    *,
    repository: str | None = None,
) -> Place:
    """Where to speak to: the option first, then the environment, then git's remote ``origin`` in ``root``.

    Raises: NoForge, NoForgeToken, InsecureForge.
    """
    server = (environ.get("GITHUB_SERVER_URL") or _SERVER).rstrip("/")
    named = repository or environ.get("GITHUB_REPOSITORY") or _origin(root, server)
    if not named or not _REPOSITORY.fullmatch(named):
        raise NoForge(named or "")
    token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")
    if not token:
        raise NoForgeToken(named)
    address = (environ.get("GITHUB_API_URL") or _api(server)).rstrip("/")
    _private(address)
    event = _event(environ.get("GITHUB_EVENT_PATH"))
    run = environ.get("GITHUB_RUN_ID") or None
    return Place(
        address,
        server,
        named,
        token,
        commit=_commit(environ, event),
        pull=_pull(environ, event),
        run_url=f"{server}/{named}/actions/runs/{run}" if run and run.isdigit() else None,
        login=environ.get("ONESTACK_GITHUB_LOGIN") or None,
        job_token=environ.get("GITHUB_ACTIONS") == "true",
    )


def _origin(root: Path | None, server: str) -> str | None:
    """The repository that the remote ``origin`` names, where it is at that server.

    Elsewhere it doesn't count: the token is for this server, and no other may see it.
    """
    try:
        url = next(iter(opened(root).remote("origin").urls)) if root else ""
    except (NotInGit, ValueError, StopIteration):
        return None
    if "://" in url:
        parts = urlsplit(url)
        host, path = parts.hostname, parts.path
    elif found := _SCP.fullmatch(url):
        host, path = found["host"], found["path"]
    else:
        return None
    return path.strip("/").removesuffix(".git") if host == urlsplit(server).hostname else None


def _api(server: str) -> str:
    return _API if server == _SERVER else f"{server}/api/v3"


def _private(address: str) -> None:
    """A token is sent encrypted or not at all."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise InsecureForge(parts.hostname or address)


def _event(path: str | None) -> Mapping[str, Any]:
    """What set the job off; nothing where that can't be read."""
    try:
        file = Path(path or "")
        read = json.loads(file.read_bytes()) if path and file.stat().st_size <= _EVENT_BYTES else {}
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _commit(environ: Mapping[str, str], event: Mapping[str, Any]) -> str | None:
    head = _at(event, "pull_request", "head", "sha") or _at(event, "workflow_run", "head_sha")
    commit = head or environ.get("GITHUB_SHA")
    return commit if isinstance(commit, str) and _COMMIT.fullmatch(commit) else None


def _pull(environ: Mapping[str, str], event: Mapping[str, Any]) -> int | None:
    number = _at(event, "pull_request", "number") or _at(event, "issue", "number")
    if isinstance(number, int):
        return number
    pulls = _at(event, "workflow_run", "pull_requests")
    if isinstance(pulls, list) and len(pulls) == 1:
        # For a branch of a fork GitHub leaves this empty: then it is looked for by its commit.
        number = _at(pulls[0], "number")
        return number if isinstance(number, int) else None
    found = _PULL_REF.fullmatch(environ.get("GITHUB_REF", ""))
    return int(found[1]) if found else None


def _at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
