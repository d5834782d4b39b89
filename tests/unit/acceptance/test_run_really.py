"""Acceptance tests in an interpreter of their own: what is said of them, and what is left of them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from onestack import engine
from onestack.acceptance import Results, run
from onestack.acceptance.plugin import differing
from onestack.engine import State
from onestack.errors import AcceptanceBroken
from onestack.progress import Silent
from onestack.settings.model import AcceptanceSettings
from tests.unit.manifests.test_secrets import manifest

LONG = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(14))
"""Longer than what pytest shows of a value."""
WORDS = " ".join(LONG[at : at + 17] for at in range(0, 400, 17))
"""Where it is wrapped, there is no line of it alone that is known."""


class Quiet(Silent):
    """Is told what to hide."""

    def hide(self, mask: object) -> None:
        pass


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(engine, "read_state", lambda _: State({}))
    (tmp_path / "acceptance").mkdir()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.test.yaml").write_text("config: {}\n")
    return SimpleNamespace(
        repository=SimpleNamespace(root=tmp_path, project="shop"),
        settings=SimpleNamespace(
            stack="test",
            platform="kubeconfig",
            acceptance=AcceptanceSettings(timeout_seconds=60),
            manifests=SimpleNamespace(applications={}),
        ),
        workspace=SimpleNamespace(simulation=None, kubeconfig=tmp_path / "k"),
        connection=lambda: SimpleNamespace(plugin=None),
        context=None,
    )


def _run(stack: Any, suite: str) -> tuple[Results, str]:
    """How it ended, and all that is said of it."""
    root = stack.repository.root
    (root / "acceptance/test_it.py").write_text(suite)
    held = {name: base64.b64encode(text.encode()).decode() for name, text in (("l", LONG), ("w", WORDS))}
    found = run(stack, Quiet(), manifests=[manifest("Secret", "database", data=held)])
    written = root / ".onestack/acceptance/test.xml"
    return found, "\n".join((*found.lines(), str(found.document()), written.read_text()))


def test_no_part_of_a_secret_is_said_however_it_is_compared(stack: Any) -> None:
    suite = f"""
LONG, WORDS = {LONG!r}, {WORDS!r}
def test_alone(): assert LONG == "x"
def test_words(): assert WORDS == "x"
def test_bytes(): assert WORDS.encode() == b"x"
def test_within(): assert {{"a": [{{"b": WORDS, "c": LONG}}]}} == {{"a": [{{"b": 1}}]}}
def test_called(): assert LONG.endswith("?")
def _of(value): raise RuntimeError(value)
def test_raised(): _of(LONG)
"""
    found, said = _run(stack, suite)
    assert found.failed == 6
    assert "['a'][0]['b']: '[secret]' != 1" in said
    for secret in (LONG, WORDS):
        pieces = {secret[at : at + 12] for at in range(len(secret) - 11)}
        assert not [one for one in pieces if one in said]


def test_the_end_of_what_a_broken_run_said_is_cut_once_it_is_masked(stack: Any) -> None:
    # What is kept begins in the midst of the secret.
    (stack.repository.root / "acceptance/pytest.ini").write_text("[pytest]\naddopts = -s\n")
    said = f"os.write(1, ({LONG!r} + '.' * 3_600).encode())"
    suite = f"import os\ndef test_it():\n    {said}\n    os._exit(3)\n"
    with pytest.raises(AcceptanceBroken) as broken:
        _run(stack, suite)
    assert "....." in broken.value.message()
    assert LONG[-100:-80] not in broken.value.message()


def test_a_run_that_is_cut_off_leaves_no_results_of_an_earlier_one(stack: Any) -> None:
    """A job hands on the file that it finds."""
    written = stack.repository.root / ".onestack/acceptance/test.xml"
    written.parent.mkdir(parents=True)
    written.write_text("<testsuites/>")
    with pytest.raises(AcceptanceBroken):
        _run(stack, "import os\ndef test_it():\n    os._exit(3)\n")
    assert not written.exists()


def test_what_left_the_group_of_the_tests_is_ended_with_them(stack: Any) -> None:
    suite = """
import subprocess
def test_it(record_property):
    record_property("pid", subprocess.Popen(["sleep", "600"], start_new_session=True).pid)
"""
    found, said = _run(stack, suite)
    assert found.passed == 1
    pid = int(said.partition('name="pid" value="')[2].partition('"')[0])
    left = psutil.Process(pid) if psutil.pid_exists(pid) else None
    assert left is None or left.wait(timeout=10) is None or not left.is_running()


def test_a_suite_that_can_not_be_read_says_why(stack: Any) -> None:
    found, _said = _run(stack, "import nothing_like_it\n")
    assert "ModuleNotFoundError" in str(found.wrong[0])


def test_values_differ_where_they_do() -> None:
    before, after = {"a": [1, {"b": 2}], "c": 3}, {"a": [1, {"b": 4}, 5], "d": 6}
    assert list(differing(before, after)) == [
        "['a'][1]['b']: 2 != 4",
        "['a'][2]: (absent) != 5",
        "['c']: 3 != (absent)",
        "['d']: (absent) != 6",
    ]
