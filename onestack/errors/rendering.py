"""Charts, kustomizations and the tools that render them."""

from __future__ import annotations

from onestack.errors.base import Unavailable


class ChartUnavailable(Unavailable):
    """A chart can't be fetched. ``why`` is what Helm said."""

    def __init__(self, application: str, chart: str, file: str, why: str) -> None:
        super().__init__(
            f"the chart {chart} of application '{application}' can't be fetched",
            where=file,
            why=why,
            hint="check chart, version and network, log in with 'helm registry login' if it is private, "
            "and run again; or put the chart into git",
        )


class BaseUnavailable(Unavailable):
    """A base of another repository can't be fetched. ``why`` is what git said."""

    def __init__(self, base: str, file: str, why: str) -> None:
        super().__init__(
            f"the base {base} can't be fetched",
            where=file,
            why=why,
            hint="check address, commit and network, and run again; or put a copy into the repository",
        )


class ToolNotRun(Unavailable):
    """A rendering tool can't be started. ``why`` is the system's reason."""

    def __init__(self, name: str, program: str, why: str) -> None:
        super().__init__(
            f"{name} can't be run",
            where=program,
            why=why,
            hint="run 'onestack tools' to see where it comes from, make room on the disk, and run again",
        )
