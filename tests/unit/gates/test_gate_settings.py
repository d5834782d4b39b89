"""Settings of gates are read as people write them; what can't hold, or never opens, is told at its line."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from onestack import settings
from onestack.errors import InvalidSettings
from onestack.gates.settings import GateSettings
from onestack.gates.windows import Once, Recurring

HEAD = """\
config:
  onestack:platform: embedded
  onestack:manifests: {applications: {shop: }}
  onestack:gates:
"""
BERLIN = ZoneInfo("Europe/Berlin")


def read(root: Path, gates: str) -> GateSettings:
    (root / "stacks").mkdir(exist_ok=True)
    (root / "stacks" / "Pulumi.local.yaml").write_text(HEAD + gates)
    return settings.from_file(root, "local").gates


GOOD = """\
    windows:
      allow:
        - {start: 0 22 * * 1-5, duration: 4h, zone: Europe/Berlin}
        - {start: '30 6 1 * *', duration: 2, zone: Asia/Kolkata}
        - {from: '2026-12-05 20:00', to: '2026-12-06 02:30', zone: Europe/Berlin}
      deny:
        - {from: '2026-12-19', to: '2027-01-06', zone: Europe/Berlin, reason: holidays}
        - {start: 0 12 * * *, duration: 1h30m, reason: lunch}
    approvals:
      required: 2
      approvers: [Alice, '@bob', acme/Platform]
      codeowners: true
      validHours: 72
    limits: {changes: 20, deletes: 0, replaces: 2, share: 30}
    policy: {path: rules, rules: {image-tag: off, requests: error}}
    clock: trust
"""


def test_all_of_it_becomes_a_value(tmp_path: Path) -> None:
    gates = read(tmp_path, GOOD)
    assert gates.windows is not None
    windows = gates.windows.value()
    assert windows.allow == (
        Recurring("0 22 * * 1-5", timedelta(hours=4), BERLIN),
        Recurring("30 6 1 * *", timedelta(hours=2), ZoneInfo("Asia/Kolkata")),
        Once(datetime(2026, 12, 5, 20), datetime(2026, 12, 6, 2, 30), BERLIN),  # noqa: DTZ001
    )
    # A day that is named as the last is in it.
    assert windows.deny == (
        Once(datetime(2026, 12, 19), datetime(2027, 1, 7), BERLIN, "holidays"),  # noqa: DTZ001
        Recurring("0 12 * * *", timedelta(minutes=90), ZoneInfo("UTC"), "lunch"),
    )
    assert gates.approvals is not None
    assert gates.approvals.approvers == ("alice", "bob", "acme/platform")
    assert (gates.approvals.when, gates.approvals.by_author) == ("grave", False)
    assert gates.policy is not None
    assert {name: str(weight) for name, weight in gates.policy.rules.items()} == {
        "image-tag": "off",
        "requests": "error",
    }
    assert not gates.clock_required


def test_a_stack_that_says_nothing_has_no_gates() -> None:
    gates = GateSettings()
    assert (gates.windows, gates.approvals, gates.limits, gates.policy) == (None, None, None, None)
    assert not gates.clock_required


def test_windows_need_a_clock_unless_it_is_trusted(tmp_path: Path) -> None:
    windows = "    windows: {allow: [{start: 0 22 * * *, duration: 4h}]}\n"
    assert read(tmp_path, windows).clock_required
    assert not read(tmp_path, windows + "    clock: trust\n").clock_required
    assert read(tmp_path, "    clock: require\n").clock_required


def test_the_engine_gives_the_same_value_as_the_file(tmp_path: Path) -> None:
    read(
        tmp_path,
        "    windows: {deny: [{start: 0 12 * * *, duration: 3, reason: x}]}\n    limits: {share: 5}\n",
    )
    from_engine = {
        "platform": "embedded",
        "manifests": json.dumps({"applications": {"shop": None}}),
        "gates": json.dumps(
            {
                "windows": {"deny": [{"start": "0 12 * * *", "duration": 3, "reason": "x"}]},
                "limits": {"share": 5},
            }
        ),
    }
    assert settings.from_engine("local", from_engine.get) == settings.from_file(tmp_path, "local")


NEVER = """\
    windows:
      allow: [{start: 0 22 * * *, duration: 4h}]
      deny: [{start: 0 21 * * *, duration: 6h, reason: x}]
"""
WINDOW = "    windows: {allow: [{start: 0 22 * * *, duration: 4h, zone: Europe/Berlin}]}\n"


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        (
            WINDOW.replace("0 22 * * *", "0 22 * *"),
            "5:24: onestack:gates.windows.allow.0.start: '0 22 * *' is no",
        ),
        (WINDOW.replace("0 22 * * *", "0 22 * * 1 2"), "is no cron expression of five fields"),
        (WINDOW.replace("0 22 * * *", "0 24 * * *"), "is no cron expression: bad hour; write minute, hour"),
        (WINDOW.replace("0 22 * * *", "0 0 30 2 *"), "is no cron expression: bad day-of-month"),
        (WINDOW.replace("0 22 * * *", "0 0 29 2 *"), "'0 0 29 2 *' doesn't come within two years"),
        (WINDOW.replace("0 22 * * *", "0 0 * 2 1#5"), "doesn't come within two years"),
        (WINDOW.replace("4h", "4 hours"), "5:43: onestack:gates.windows.allow.0.duration: '4 hours' is no"),
        (WINDOW.replace("4h", "''"), "'' is no duration; write 4h, 90m, 1d12h, or a number of hours"),
        (WINDOW.replace("4h", "true"), "'True' is no duration"),
        (WINDOW.replace("4h", "0"), "a window lasts between a minute and 31 days, not '0h'"),
        (WINDOW.replace("4h", "32d"), "a window lasts between a minute and 31 days, not '32d'"),
        (
            WINDOW.replace("Europe/Berlin", "Europe/Berln"),
            "no time zone 'Europe/Berln'; did you mean Europe/",
        ),
        (WINDOW.replace("Europe/Berlin", "europe/berlin"), "did you mean Europe/Berlin?"),
        (WINDOW.replace("Europe/Berlin", "../etc/passwd"), "there is no time zone '../etc/passwd'"),
        (WINDOW.replace("Europe/Berlin", "Europe"), "there is no time zone 'Europe'"),
        (WINDOW.replace("duration: 4h, ", ""), "a window has either start and duration, or from and to"),
        (WINDOW.replace("zone:", "from: 2026-01-01, zone:"), "a window has either start and duration, or"),
        (
            "    windows: {deny: [{from: '2026-01-02', to: '2026-01-01', reason: x}]}\n",
            "5:43: onestack:gates.windows.deny.0.to: a window ends after it began",
        ),
        ("    windows: {deny: [{from: '2020-01-01', to: '2026-01-01', reason: x}]}\n", "within two years"),
        ("    windows: {deny: [{from: soon, to: '2026-01-01', reason: x}]}\n", "'soon' is neither a day nor"),
        (
            "    windows: {deny: [{from: '2026-01-01T00:00Z', to: x, reason: x}]}\n",
            "neither a day nor a time",
        ),
        (
            "    windows: {deny: [{start: 0 1 * * *, duration: 1h}]}\n",
            "deny.0: a window that denies says why",
        ),
        (
            NEVER,
            "7:7: onestack:gates.windows.deny: what denies leaves nothing of what allows within two years",
        ),
        ("    windows: {deny: [{start: '* * * * *', duration: 1h, reason: x}]}\n", "it would never open"),
        ("    approvals: {}\n", "approvals.required: 1 must approve, and 0 may; name more approvers"),
        ("    approvals: {required: 2, approvers: [a, '@A']}\n", "2 must approve, and 1 may"),
        ("    approvals: {approvers: ['a b']}\n", "'a b' is neither a login nor a team; write a login"),
        ("    approvals: {approvers: [a], when: never}\n", "Input should be 'grave' or 'always'"),
        (
            "    limits: {share: 101}\n",
            "5:14: onestack:gates.limits.share: Input should be less than or equal",
        ),
        (
            "    limits: {deletions: 1}\n",
            "deletions: is not a setting that onestack knows; did you mean deletes?",
        ),
        (
            "    policy: {rules: {image-tag: loud}}\n",
            "policy.rules.image-tag: Input should be 'error', 'warn",
        ),
        ("    clock: maybe\n", "5:5: onestack:gates.clock: Input should be 'trust' or 'require'"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(tmp_path: Path, gates: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read(tmp_path, gates)
    assert said in str(caught.value)
    assert "stacks/Pulumi.local.yaml:" in str(caught.value)


def test_a_team_or_owners_of_code_may_be_any_number(tmp_path: Path) -> None:
    for more in ("approvers: [acme/platform]", "codeowners: true", "codeowners: .gitlab/CODEOWNERS"):
        gates = read(tmp_path, f"    approvals: {{required: 3, {more}}}\n")
        assert gates.approvals is not None


def test_a_freeze_that_is_over_is_no_mistake(tmp_path: Path) -> None:
    old = "    windows: {deny: [{from: '2020-12-19', to: '2021-01-06', reason: holidays}]}\n"
    assert read(tmp_path, old).windows is not None
