"""No test is left out unseen: a run fails where one is skipped for a reason that isn't known here.

``ONESTACK_SKIPS=none`` allows none at all, for machines that have everything. With ``--refresh-goldens`` what
was recorded (`Golden`) is recorded anew instead of compared; look at the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what runs beside it.
settings.register_profile("onestack", deadline=None)
settings.load_profile("onestack")

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


# Workers take files in this order, so that none is left with a long one when all others are done.
_LONGEST = (
    "test_team",
    "test_google_cloud",
    "test_integrity",
    "test_kills",
    "test_corpus",
    "test_promotion",
    "test_fuzz",
)


def unexpected(reasons: list[str], allowed: str) -> list[str]:
    """The reasons for which no test may be skipped."""
    known = () if allowed == "none" else _KNOWN
    return [reason for reason in reasons if not reason.startswith(known)]


Golden = Callable[[Path, str], None]
"""Compares a text with a file of what was recorded."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-goldens", action="store_true", help="record anew what tests compare with")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """For texts that are compared with a file as a whole."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--refresh-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        recorded = path.read_text(encoding="utf-8") if path.exists() else ""
        assert text == recorded, f"{path.name} differs; if that is meant: pytest --refresh-goldens"

    return compare


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
