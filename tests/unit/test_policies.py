"""Rules are ours and the repository's own; a file that can't be used is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack import policies
from onestack.errors import PolicyBroken, UnknownRule
from onestack.gates.policy import Review
from onestack.gates.rules import OURS
from onestack.gates.settings import PolicySettings
from onestack.validation.finding import Severity

OWN = """\
from dataclasses import dataclass

from onestack.gates.policy import Review, Violation, rule
from onestack.gates.rules.pods import image_tag

@dataclass(frozen=True)
class Noted:
    text: str

@rule("own", "It is ours.", severity="warning")
def own(review: Review):
    yield Violation(Noted("found").text)

again = own
"""


def write(root: Path, name: str, text: str, folder: str = "policy") -> None:
    (root / folder).mkdir(exist_ok=True)
    (root / folder / name).write_text(text)


def test_without_a_folder_there_are_ours(tmp_path: Path) -> None:
    assert policies.load(tmp_path, "live", None) == OURS


def test_own_rules_come_after_ours(tmp_path: Path) -> None:
    write(tmp_path, "own.py", OWN)
    write(tmp_path, "_shared.py", "raise SystemExit")
    write(tmp_path, "notes.md", "# notes")
    found = policies.load(tmp_path, "live", None)
    assert found[:-1] == OURS
    own = found[-1]
    assert (own.name, own.severity, own.source) == ("own", Severity.WARNING, "policy/own.py")
    assert [str(one) for one in own.check(Review())] == ["found"]
    assert not list(tmp_path.rglob("*.pyc"))


def test_what_lies_there_and_is_no_rule_is_told(tmp_path: Path) -> None:
    write(tmp_path, "own.py", OWN)
    write(tmp_path, "_shared.py", "")
    write(tmp_path, "README.md", "")
    write(tmp_path, "empty.py", "def own(): ...")
    write(tmp_path, "limits.yaml", "image-tag: off")
    (tmp_path / "policy/more").mkdir()
    told: list[str] = []
    # Also where the only rule of a file is off: that file is used.
    policies.load(tmp_path, "live", PolicySettings(rules={"own": Severity.OFF}), told.append)
    assert told == [
        "policy/empty.py is ignored: no rule is in it (docs/gates.md)",
        "policy/limits.yaml is ignored: rules are Python files (docs/gates.md)",
        "policy/more is ignored: a folder (docs/gates.md)",
    ]


def test_the_stack_weighs_them(tmp_path: Path) -> None:
    write(tmp_path, "own.py", OWN, "rules")
    settings = PolicySettings(path="rules", rules={"own": Severity.ERROR, "requests": Severity.OFF})
    found = {one.name: one.severity for one in policies.load(tmp_path, "live", settings)}
    assert found["own"] == "error"
    assert "requests" not in found
    with pytest.raises(UnknownRule, match="there is no rule owm"):
        policies.load(tmp_path, "live", PolicySettings(path="rules", rules={"owm": Severity.OFF}))


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("x = 1\ndef f(:\n", "policy/own.py:2", "invalid syntax"),
        ("\n\nimport no_such_thing\n", "policy/own.py:3", "ModuleNotFoundError: No module named 'no_such_"),
        ("def f():\n    return 1 / 0\n\nf()\n", "policy/own.py:2", "ZeroDivisionError"),
        ("raise SystemExit(0)\n", "policy/own.py:1", "SystemExit: 0"),
        (
            "from onestack.gates.policy import rule\nrule('a', 'b', 'loud')(print)\n",
            "policy/own.py:2",
            "'loud' is not",
        ),
        (OWN.replace('"own"', '"image-tag"'), "policy/own.py", "'image-tag' has the name of one of onestack"),
        ("\0", "policy/own.py:", "null bytes"),
    ],
)
def test_a_file_that_can_not_be_used_is_named(tmp_path: Path, text: str, where: str, why: str) -> None:
    write(tmp_path, "own.py", text)
    with pytest.raises(PolicyBroken) as caught:
        policies.load(tmp_path, "live", None)
    assert caught.value.where.startswith(where)
    assert why in caught.value.why


def test_two_files_with_one_rule_are_named(tmp_path: Path) -> None:
    write(tmp_path, "a.py", OWN)
    write(tmp_path, "b.py", OWN)
    with pytest.raises(PolicyBroken, match=r"policy/b\.py: .*\n.*'own' has the name of one of policy/a\.py"):
        policies.load(tmp_path, "live", None)


def test_a_folder_that_is_named_must_be_there_and_inside(tmp_path: Path) -> None:
    for path, why in (("rules", "no such folder"), ("..", "outside of the repository")):
        with pytest.raises(PolicyBroken, match=why):
            policies.load(tmp_path, "live", PolicySettings(path=path))


def test_the_example_of_this_repository_can_be_used() -> None:
    found = policies.load(Path(__file__).parents[2], "live", None)
    assert [one.name for one in found[len(OURS) :]] == ["named"]
