"""The tools that onestack brings along."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import Unavailable, UsageError


class UnknownTool(UsageError):
    """A tool was asked for that onestack does not know."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no tool '{name}'", hint=f"the tools are: {', '.join(known)}")


class InvalidSwitch(UsageError):
    """An environment variable of ours has a value that means nothing."""

    def __init__(self, variable: str, value: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"{variable} can't be '{value}'",
            where="the environment",
            hint=f"set it to {' or '.join(allowed)}, or unset it",
        )


class ToolMissing(Unavailable):
    """A tool is needed that is not among those at hand."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} is needed and not here",
            why=reason,
            hint="run 'onestack tools' to see what there is and where it comes from",
        )


class NothingToBuildFrom(Unavailable):
    """Tools must be built, and the repository pins no Go modules to build them from."""

    def __init__(self, folder: str, tools: Sequence[str], wanted: Sequence[str]) -> None:
        super().__init__(
            f"{', '.join(tools)} can't be had here",
            where=folder,
            why="nothing fitting is on PATH, and there is no readable go.mod with go.sum to build from",
            hint=f"put them on PATH ({', '.join(wanted)}), or restore that folder from git",
        )


class GoMissing(Unavailable):
    """Tools must be built, and there is no Go."""

    def __init__(self, tools: Sequence[str], needed: str) -> None:
        super().__init__(
            f"Go {needed} is needed to build {', '.join(tools)}, and there is no Go on PATH",
            why="these tools are not on PATH in a fitting version and can't be downloaded here",
            hint=f"install Go {needed} or newer, or put these tools on PATH, and run again",
        )


class GoTooOld(Unavailable):
    """Tools must be built, and the Go on PATH is too old for it."""

    def __init__(self, tools: Sequence[str], needed: str, found: str, path: str) -> None:
        super().__init__(
            f"Go {needed} is needed to build {', '.join(tools)}; this one is {found or 'broken'}",
            where=path,
            hint=f"install Go {needed} or newer and put it first on PATH, or put these tools on PATH",
        )


class BuildFailed(Unavailable):
    """A Go build of a tool ended with an error. ``tail`` are its last lines."""

    def __init__(self, module: str, tail: str, log: str, hint: str = "") -> None:
        super().__init__(
            f"building tools/{module} failed",
            why=tail or "it gave no reason",
            hint=hint or f"the full output is in {log}; running again goes on where it stopped",
        )


class ToolsDiskFull(Unavailable):
    """There is no room left on a disk that is written to.

    ``said`` is the failing program's own line: it names the folder if that is another disk's.
    """

    def __init__(self, what: str, folder: str, free_bytes: int, said: str = "") -> None:
        super().__init__(
            f"{what}: no space left on the disk",
            where=f"{folder} ({free_bytes // 2**20} MiB free)",
            why=said,
            hint="make room there and run again; 'onestack tools --prune' removes tools no longer used",
        )


class CacheUnusable(Unavailable):
    """The cache for tools can't be read or written."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            "the cache for tools can't be used",
            where=folder,
            why=why,
            hint="mend its permissions, or set ONESTACK_CACHE to a folder that can be written",
        )


class LauncherUnusable(Unavailable):
    """The repository's own folder for plugins can't be read or written."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            "a plugin's launcher can't be kept",
            where=place,
            why=why,
            hint="mend the permissions of .onestack/bin, or remove what stands in its way, and run again",
        )


class ToolUnusable(Unavailable):
    """A file outside the cache that a tool needs can't be used."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            "a tool can't be used",
            where=place,
            why=why,
            hint="mend that file or take its folder off PATH, and run again",
        )
