"""The Go on PATH, and how it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onestack.errors import GoMissing, GoTooOld
from onestack.local.toolchain.onpath import candidates
from onestack.local.toolchain.places import Places
from onestack.local.toolchain.process import output_of
from onestack.local.toolchain.version import Version, parse

_ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class Go:
    """A Go that is new enough."""

    program: Path
    version: Version
    environ: Mapping[str, str]


def find_go(places: Places, needed: Version, tools: Sequence[str]) -> Go:
    """The first Go on PATH that is new enough to build the tools.

    Raises GoMissing where there is none, GoTooOld where there are only older ones.
    """
    environ = go_environ(places.environ)
    old: tuple[Path, str] | None = None
    for program in candidates("go", places):
        said = _version(program, environ)
        version = parse(said.replace("go version go", ""))
        if version is not None and version >= needed:
            return Go(program, version, environ)
        old = old or (program, str(version or ""))
    short = f"{needed.major}.{needed.minor}"
    if old is None:
        raise GoMissing(tools, short)
    raise GoTooOld(tools, short, old[1], str(old[0]))


def go_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for Go: this Go and no other, no workspace around the repository, for this machine.

    ``CGO_ENABLED=0`` as the makers build them: one file that runs anywhere, and no C compiler needed.
    """
    inherited = {k: v for k, v in environ.items() if k not in {"GOOS", "GOARCH", "GOBIN"}}
    return {**inherited, "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0"}


def _version(program: Path, environ: Mapping[str, str]) -> str:
    """What ``go version`` says; empty where it does not work."""
    ended = output_of([str(program), "version"], environ, seconds=_ANSWER_SECONDS)
    return ended.output if ended.code == 0 else ""
