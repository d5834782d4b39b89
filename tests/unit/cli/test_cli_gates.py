"""``onestack gates``: which gates are open, for people and for programs, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onestack.cli import cli
from onestack.errors import PolicyBroken, UnknownRule

STACK = """\
config:
  onestack:platform: embedded
  onestack:manifests: {applications: {shop: {namespace: shop}}}
"""
WINDOWS = """\
  onestack:gates:
    windows: {allow: [{start: 0 22 * * 1-4, duration: 4h, zone: Europe/Berlin}]}
    policy: {}
"""
APPLICATION = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: IMAGE}]}
"""
OPEN, CLOSED = "2026-11-30T22:00Z", "2026-11-30T12:00Z"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "manifests/shop").mkdir(parents=True)
    write(tmp_path, WINDOWS)
    return tmp_path


def write(root: Path, gates: str = "", image: str = "shop/web:1") -> None:
    (root / "stacks/Pulumi.live.yaml").write_text(STACK + gates)
    (root / "manifests/shop/web.yaml").write_text(APPLICATION.replace("IMAGE", image))


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), "gates", "live", *arguments])


def test_open_gates_are_done(repository: Path) -> None:
    done = run(repository, "--at", OPEN)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "policy: open: 2 violations of 20 rules, none of which stops" in done.stderr
    assert (
        "  warning not-root: Pod shop/web: a container may run as root (manifests/shop/web.yaml:8"
        in done.stderr
    )
    assert "window: open: a window is open until Tue 2026-12-01 02:00 Europe/Berlin" in done.stderr


def test_a_closed_window_is_exit_code_3(repository: Path) -> None:
    done = run(repository, "--at", CLOSED, "--json")
    assert done.exit_code == 3
    found = json.loads(done.stdout)
    assert (found["stack"], found["at"], found["open"]) == ("live", "2026-11-30T12:00:00Z", False)
    policy, window = found["gates"]
    assert (policy["gate"], policy["open"]) == ("policy", True)
    assert (window["gate"], window["until"]) == ("window", "2026-11-30T21:00:00Z")


def test_a_broken_rule_is_exit_code_3_where_the_stack_has_a_policy(repository: Path) -> None:
    write(repository, WINDOWS, image="shop/web")
    done = run(repository, "--at", OPEN)
    assert done.exit_code == 3
    assert "policy: closed: 1 violation of image-tag" in done.stderr
    assert "error image-tag: Pod shop/web: the image 'shop/web' has no tag" in done.stderr
    write(repository, image="shop/web")
    told = run(repository, "--at", OPEN)
    assert told.exit_code == 0
    assert "error image-tag: Pod shop/web: the image 'shop/web' has no tag" in told.stderr


def test_what_others_wrote_is_no_command_of_the_terminal(repository: Path) -> None:
    write(repository, WINDOWS, image='"\\e[31m[red]##[error]shop"')
    done = run(repository, "--at", OPEN)
    assert "\x1b" not in done.stderr
    assert "\\x1b[31m[red]##\\[error]shop" in done.stderr


@pytest.mark.parametrize("at", ["noon", "2026-11-30", "2026-11-30T12:00"])
def test_a_time_without_an_offset_is_refused(repository: Path, at: str) -> None:
    done = run(repository, "--at", at)
    assert done.exit_code == 2
    assert f"'{at}' is no time with an offset" in done.stderr


def test_rules_that_can_not_be_used_are_told(repository: Path) -> None:
    write(repository, WINDOWS.replace("{}", "{rules: {image-tga: off}}"))
    assert isinstance(run(repository).exception, UnknownRule)
    (repository / "policy").mkdir()
    (repository / "policy/own.py").write_text("1 / 0\n")
    assert isinstance(run(repository).exception, PolicyBroken)
