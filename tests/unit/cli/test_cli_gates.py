"""``onestack gates``: which gates are open, for people and for programs, and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from onestack import plan as plans
from onestack import sources
from onestack.cli import cli
from onestack.errors import InvalidPlan, PolicyBroken, UnknownRule
from onestack.plan import Change, Plan, Risk
from tests.unit.gates.rules import SPY

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


def run(root: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), "gates", "live", *map(str, arguments)])


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


APPROVALS = """\
    approvals: {required: 1, approvers: [bob]}
    limits: {deletes: 0}
  onestack:delivery: {github: acme/shop}
"""
SUM = f"sha256:{'a' * 64}"


def planned(root: Path, project: str = "shop", stack: str = "live", **more: Any) -> Plan:
    urn = "urn:pulumi:live::shop::kubernetes:apps/v1:StatefulSet::shop/data"
    gone = Change("delete", urn, "kubernetes:apps/v1:StatefulSet", "shop/data", "shop", "shop")
    risk = Risk("deletes-data", "StatefulSet shop/data", "is deleted, and holds data", urn)
    tree = f"files:{sources.files(root, 'manifests')}"
    made = Plan(project, stack, tree, SUM, SUM, changes=(gone,), same=3, risks=(risk,))
    return replace(made, **more)


def test_a_plan_is_put_to_every_gate_without_planning_again(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    write(repository, WINDOWS + APPROVALS)
    plan = planned(repository)
    file = repository / ".onestack" / "plan.json"
    file.parent.mkdir()
    file.write_bytes(plans.write(plan))
    done = run(repository, "--plan", file, "--at", OPEN, "--json")
    assert done.exit_code == 3
    found = json.loads(done.stdout)
    assert {one["gate"]: one["open"] for one in found["gates"]} == {
        "policy": True,
        "limits": False,
        "approvals": False,
        "window": True,
    }
    assert found["plan"] == plans.digest(plan)
    assert "GitHub is neither asked nor told" in done.stderr
    assert f"/approve {plans.digest(plan)[:19]}" in json.dumps(found)


@pytest.mark.parametrize(
    ("differs", "says"),
    [
        ({"stack": "dev"}, "it is of stack 'dev', not of 'live'"),
        ({"project": "other"}, "it is of project 'other', not of 'shop'"),
        ({"tree": "1" * 40}, "it is of other files"),
    ],
)
def test_a_plan_of_something_else_is_refused(repository: Path, differs: dict[str, str], says: str) -> None:
    file = repository / "plan.json"
    file.write_bytes(plans.write(planned(repository, **differs)))
    error = run(repository, "--plan", file).exception
    assert isinstance(error, InvalidPlan)
    assert says in error.message()


def test_a_plan_that_was_edited_or_is_none_is_refused(repository: Path) -> None:
    file = repository / "plan.json"
    file.write_bytes(plans.write(planned(repository)).replace(b'"grave": true', b'"grave": false'))
    edited, missing = run(repository, "--plan", file).exception, run(repository, "--plan", "none").exception
    assert isinstance(edited, InvalidPlan)
    assert "it was edited" in edited.message()
    assert isinstance(missing, InvalidPlan)
    assert "No such file" in missing.message()


def test_rules_of_the_repository_find_no_token(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
    (repository / "policy").mkdir()
    (repository / "policy/spy.py").write_text(SPY)
    for arguments in ((), ("--plan", str(_written(repository)))):
        done = run(repository, "--at", OPEN, *arguments)
        assert done.exit_code == 0, done.output
        assert "policy: open" in done.stderr


def test_what_a_deployment_does_not_apply_closes_no_gate(repository: Path) -> None:
    """Tests of charts are run by another verb, and a deployment's own gate doesn't look at them."""
    hook = APPLICATION.replace(
        "metadata: {name: web}", "metadata: {name: t, annotations: {helm.sh/hook: test}}"
    )
    (repository / "manifests/shop/test.yaml").write_text(
        hook.partition("---\n")[2].replace("IMAGE", "shop/t")
    )
    for arguments in ((), ("--plan", str(_written(repository)))):
        assert "policy: open" in run(repository, "--at", OPEN, *arguments).stderr


def _written(root: Path) -> Path:
    file = root / ".onestack" / "plan.json"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(plans.write(planned(root)))
    return file
