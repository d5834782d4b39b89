"""No test is left out unseen: a run fails where one is skipped for a reason that isn't known here.

``ONESTACK_SKIPS=none`` allows none at all, for machines that have everything.
"""

from __future__ import annotations

import os

import pytest

# What a machine may lack. The corpus and the recordings are no part of the repository.
_KNOWN = (
    "the corpus is not",
    "no recordings of the official plugin",
    "needs Linux's device that is always full",
    "a small file system can only be mounted by root",
    "the fuzzer is not installed",
    "only Linux tells at once which files are written",
    "this kernel, or what it runs in, gives us no network namespaces",
)


def unexpected(reasons: list[str], allowed: str) -> list[str]:
    """The reasons for which no test may be skipped."""
    known = () if allowed == "none" else _KNOWN
    return [reason for reason in reasons if not reason.startswith(known)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or session.exitstatus != pytest.ExitCode.OK:
        return
    skipped = [report.longrepr for report in reporter.stats.get("skipped", ())]
    reasons = [
        (held[2] if isinstance(held, tuple) else str(held)).removeprefix("Skipped: ") for held in skipped
    ]
    if found := unexpected(reasons, os.environ.get("ONESTACK_SKIPS", "")):
        reporter.write_line(f"\nskipped, and may not be: {', '.join(sorted(set(found)))}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
