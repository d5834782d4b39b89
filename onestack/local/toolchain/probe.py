"""Asks programs for their versions, and remembers the answers."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from onestack.local.toolchain.files import read_json, replace_file
from onestack.local.toolchain.places import Places
from onestack.local.toolchain.plugin_info import PluginInfo, plugin_info
from onestack.local.toolchain.process import output_of
from onestack.local.toolchain.version import Version, parse
from onestack.progress import Progress

ANSWER_SECONDS = 10.0
SLOW_SECONDS = 2.0
FAILURE_SECONDS = 600.0


class Versions:
    """The versions of programs by path, size and time of change, kept in the cache.

    A program that said its version is not started again until its file changes. One that gave none
    is asked again after ten minutes: the cause may lie outside the file.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[str, Any] = read_json(places.versions)

    def of(self, program: Path, ask: tuple[str, ...], answer: re.Pattern[str]) -> Version | None:
        """A program's version, or None where it gives none. Raises OSError if the cache can't be written."""
        stat = program.stat()
        stamp = [stat.st_size, stat.st_mtime_ns, *ask]
        if (known := self._remembered(program, stamp)) is not None:
            return known.version
        said = self._said(program, ask)
        if said is None:
            return None
        version = _version(said, answer)
        self._remember(program, stamp, PluginInfo(version))
        return version

    def of_plugin(self, program: Path, progress: Progress) -> PluginInfo:
        """What a provider plugin says of itself.

        A version is remembered; a failure only if it took long, and for ten minutes. Raises OSError if
        the cache can't be written.
        """
        stat = program.stat()
        stamp = [stat.st_size, stat.st_mtime_ns, "GetPluginInfo"]
        if (known := self._remembered(program, stamp)) is not None:
            return known
        progress.step(f"asking {program} for its version")
        began = time.monotonic()
        info = plugin_info(program, self._environ())
        if info.version is not None or time.monotonic() - began > SLOW_SECONDS:
            self._remember(program, stamp, info)
        return info

    def ask(self, program: Path, ask: tuple[str, ...], answer: re.Pattern[str]) -> Version | None:
        """A program's version, asked now and not remembered."""
        return _version(self._said(program, ask) or "", answer)

    def _said(self, program: Path, ask: tuple[str, ...]) -> str | None:
        """What it prints; None if it did not answer in time, which is not remembered."""
        ended = output_of([str(program), *ask], self._environ(), seconds=ANSWER_SECONDS)
        if ended.stopped:
            return None
        return ended.output if ended.code == 0 else ""

    def _environ(self) -> dict[str, str]:
        return {
            **self._places.environ,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_HOME": str(self._places.pulumi_home),
        }

    def _remembered(self, program: Path, stamp: list[Any]) -> PluginInfo | None:
        """What is known of this very file, and may still be so; None where it must be asked."""
        known = self._known.get(str(program))
        if not isinstance(known, dict) or known.get("stamp") != stamp:
            return None
        if (version := parse(str(known.get("version", "")))) is not None:
            return PluginInfo(version)
        at = known.get("at")
        fresh = isinstance(at, int | float) and 0 <= time.time() - at < FAILURE_SECONDS
        return PluginInfo(None, str(known.get("why", ""))) if fresh else None

    def _remember(self, program: Path, stamp: list[Any], info: PluginInfo) -> None:
        self._known[str(program)] = {
            "stamp": stamp,
            "version": str(info.version or ""),
            "why": info.why,
            "at": time.time(),
        }
        replace_file(self._places.versions, json.dumps(self._known, indent=1, sort_keys=True))


def _version(said: str, answer: re.Pattern[str]) -> Version | None:
    match = answer.search(said)
    return parse(match.group(match.re.groups)) if match else None
