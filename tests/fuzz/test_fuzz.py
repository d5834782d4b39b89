"""The fuzzers run: a minute each every day, half an hour each in ``make torture``.

They start from the kept corpus and the malformed files. What crashes one is kept in tests/fuzz/crashes: mend
the code, and move the input into the corpus. ``-merge=1`` with both folders takes new inputs into the corpus.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
MALFORMED = ROOT / "tests" / "data" / "manifests" / "malformed"
TARGETS = ("reader", "rendered")


def fuzz(target: str, seconds: int, found: Path) -> None:
    """Runs one fuzzer; what it finds new goes to ``found``."""
    pytest.importorskip("atheris", reason="the fuzzer is not installed: pip install 'onestack[fuzz]'")
    crashes = HERE / "crashes" / target
    command = [sys.executable, "-m", f"tests.fuzz.fuzz_{target}", f"-max_total_time={seconds}"]
    # The malformed files have up to 1 MiB; fuzzing is about structure, not size. What one input may cost is
    # tested elsewhere (tests/bounded.py): here everything that was read before counts, too.
    command += ["-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", f"-dict={HERE / 'yaml.dict'}"]
    command += [f"-artifact_prefix={crashes}/", str(found)]
    crashes.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [*command, str(HERE / "corpus" / target), str(MALFORMED)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            timeout=seconds + 120,
        )
    finally:
        left = sorted(crashes.iterdir())
        if not left:
            crashes.rmdir()
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-5000:]
    assert b"DONE" in done.stderr
    assert not left


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_made_up_in_a_minute_breaks_it(target: str, tmp_path: Path) -> None:
    fuzz(target, 60, tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_made_up_in_half_an_hour_breaks_it(target: str, tmp_path: Path) -> None:
    fuzz(target, 1800, tmp_path)
