"""What workflows and builds may do, which no linter knows: pins, rights, whose code sees which token."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from onestack.actor import actor, links
from onestack.cli.entry import _VERBS, cli
from onestack.settings import from_file

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))
BUILDS = sorted((ROOT / "cloudbuild").glob("*.yaml"))
NAMES = {path.stem: yaml.safe_load(path.read_text()) for path in WORKFLOWS}
"""The workflows by name; YAML 1.1 takes their key ``on`` for true."""

PINNED = re.compile(r"^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}$")


def jobs() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for workflow, content in NAMES.items():
        for name, job in content["jobs"].items():
            yield workflow, name, job


def steps() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for workflow, name, job in jobs():
        yield from ((f"{workflow}/{name}", step) for step in job.get("steps", ()))
    for path in ACTIONS:
        for step in yaml.safe_load(path.read_text())["runs"]["steps"]:
            yield f"action {path.parent.name}", step


def test_there_is_what_is_looked_at() -> None:
    assert {"preview", "comment", "deploy", "deploy-dev", "deploy-staging", "deploy-prod"} <= NAMES.keys()
    assert len(list(steps())) > 15
    assert len(BUILDS) == 2


def test_actions_are_pinned_by_commit_with_the_release_beside_it() -> None:
    used = {step["uses"] for _, step in steps() if "uses" in step}
    foreign = {one for one in used if not one.startswith("./")}
    assert not {one for one in foreign if not PINNED.match(one)}
    texts = "\n".join(path.read_text() for path in (*WORKFLOWS, *ACTIONS))
    for one in foreign:
        assert re.search(rf"{re.escape(one)} # v\d+\.\d+\.\d+$", texts, re.MULTILINE), one


def test_rights_are_given_job_by_job() -> None:
    for name, content in NAMES.items():
        assert content["permissions"] == {}, name
    for workflow, name, job in jobs():
        assert "permissions" in job, (workflow, name)


def test_what_runs_a_strangers_code_can_write_nothing_and_holds_no_secret() -> None:
    text = (ROOT / ".github/workflows/preview.yml").read_text()
    assert "secrets." not in text
    for name, job in NAMES["preview"]["jobs"].items():
        written = {right for right, how in job["permissions"].items() if how == "write"}
        assert written <= {"id-token"}, name
        checkouts = [one for one in job["steps"] if one.get("uses", "").startswith("actions/checkout@")]
        assert all(one["with"]["persist-credentials"] is False for one in checkouts), name
    assert "id-token" not in NAMES["preview"]["jobs"]["trial"]["permissions"]


def test_what_comments_runs_the_main_branch_only() -> None:
    comment = NAMES["comment"]
    assert set(comment[True]) == {"workflow_run"}
    for job in comment["jobs"].values():
        assert job["steps"][0]["uses"].startswith("actions/checkout@")
        assert job["steps"][0]["with"] == {"persist-credentials": False}
    everything = "\n".join(path.read_text() for path in WORKFLOWS)
    assert "pull_request_target" not in everything


def test_no_text_of_an_event_becomes_part_of_a_script() -> None:
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_a_running_deployment_is_never_cancelled() -> None:
    for workflow, name, job in jobs():
        deploys = any("onestack deploy" in one.get("run", "") for one in job.get("steps", ()))
        if deploys:
            assert job["concurrency"]["cancel-in-progress"] is False, (workflow, name)
            assert "${{ inputs.stack }}" in job["concurrency"]["group"], (workflow, name)


def test_a_run_that_comes_late_deploys_what_the_branch_is_now() -> None:
    """One of an older commit, set off late or run again, would take back what was deployed since."""
    (checkout,) = [
        one for one in NAMES["deploy"]["jobs"]["deploy"]["steps"] if "checkout@" in one.get("uses", "")
    ]
    assert checkout["with"]["ref"] == "${{ github.ref }}"
    for stack in ("dev", "staging", "prod"):
        assert "github.ref == 'refs/heads/main'" in NAMES[f"deploy-{stack}"]["jobs"]["deploy"]["if"]


def test_the_clock_repeats_no_deployment() -> None:
    (deploy,) = [one for one in NAMES["deploy"]["jobs"]["deploy"]["steps"] if one.get("name") == "Deploy"]
    assert "${GOES_ON:+--once}" in deploy["run"]
    assert "schedule" in deploy["env"]["GOES_ON"]
    assert "issue_comment" in deploy["env"]["GOES_ON"]


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_what_waits_at_a_gate_is_started_again(stack: str) -> None:
    """By an approval, and by the clock, which finds approvals in reviews and windows that have opened."""
    gates = from_file(ROOT, stack).gates
    waits = gates.approvals is not None or gates.windows is not None
    assert ({"issue_comment", "schedule"} <= NAMES[f"deploy-{stack}"][True].keys()) is waits


def test_a_build_says_who_deploys_and_where_that_can_be_looked_at(tmp_path: Path) -> None:
    build = yaml.safe_load((ROOT / "cloudbuild/deploy.yaml").read_text())
    (step,) = [one for one in build["steps"] if one["id"] == "deploy"]
    environ = {"BUILDER_OUTPUT": "/builder/outputs"}
    for line in step["env"]:
        name, _, value = line.partition("=")
        environ[name] = f"a-{name.lower()}" if re.fullmatch(r"\$\{\w+\}", value) else value
    assert actor(tmp_path, environ) == "cloud-build:a-trigger_name"
    assert links(environ)["run"].endswith("region=a-location/a-build_id?project=a-project_id")


def test_what_runs_or_reads_a_strangers_work_keeps_no_tools_for_others() -> None:
    for workflow, name, job in jobs():
        uses = [
            one.get("with", {}) for one in job.get("steps", ()) if one.get("uses", "").startswith("./.github")
        ]
        kept = [one.get("cache", "true") for one in uses]
        if (workflow, name) in {("preview", "plan"), ("preview", "trial")}:
            assert kept == ["read"]
        if workflow == "comment":
            assert kept == ["false"]


def test_of_what_a_stranger_left_only_the_file_that_is_read_is_fetched() -> None:
    fetched = [step["with"] for where, step in steps() if "/download-artifact@" in step.get("uses", "")]
    assert [one["pattern"] for one in fetched] == ["plan-${{ matrix.stack }}", "trial"]


def test_a_called_workflow_gets_the_rights_that_it_asks_for() -> None:
    asked = NAMES["deploy"]["jobs"]["deploy"]["permissions"]
    for stack in ("dev", "staging", "prod"):
        job = NAMES[f"deploy-{stack}"]["jobs"]["deploy"]
        assert job["uses"] == "./.github/workflows/deploy.yml"
        assert job["permissions"] == asked
        assert job["with"] == {"stack": stack}


@pytest.mark.parametrize("path", [*WORKFLOWS, *BUILDS], ids=lambda path: path.name)
def test_steps_are_verbs_that_there_are(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r"\bonestack (?!-)([a-z]+) ", text.partition("\n")[2])) <= _VERBS.keys()
    for verb, given in re.findall(r"(?:run: |bin/)onestack ([a-z]+)\b(.*)", text):
        command = cli.get_command(click.Context(cli), verb)
        assert command is not None
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", given)) <= known, (path.name, verb)


@pytest.mark.parametrize("path", BUILDS, ids=lambda path: path.name)
def test_a_build_is_one_that_google_describes_with_images_by_digest(path: Path) -> None:
    build = yaml.safe_load(path.read_text())
    source = files("googleapiclient.discovery_cache") / "documents/cloudbuild.v1.json"
    schemas = json.loads(source.read_text())["schemas"]
    assert not list(_unknown(build, schemas["Build"], schemas, path.name))
    for step in build["steps"]:
        assert re.search(r"@sha256:[0-9a-f]{64}$", step["name"]), step["id"]


def test_a_field_that_google_does_not_describe_is_found() -> None:
    source = files("googleapiclient.discovery_cache") / "documents/cloudbuild.v1.json"
    schemas = json.loads(source.read_text())["schemas"]
    assert list(_unknown({"steps": [{"nmae": "x"}]}, schemas["Build"], schemas, "b")) == ["b.steps[0].nmae"]


def _unknown(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], where: str) -> Iterator[str]:
    """The places of fields that a description doesn't have."""
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _unknown(one, schema["items"], schemas, f"{where}[{number}]")
    elif isinstance(value, dict) and "properties" in schema:
        for name, one in value.items():
            if name not in schema["properties"]:
                yield f"{where}.{name}"
            else:
                yield from _unknown(one, schema["properties"][name], schemas, f"{where}.{name}")


@pytest.mark.parametrize(
    ("codes", "tries", "ends"),
    [("0", 1, 0), ("3", 1, 0), ("1", 1, 1), ("4 4 0", 3, 0), ("4 4 4 4 4 4", 6, 1)],
)
def test_a_build_that_comes_second_tries_again(tmp_path: Path, codes: str, tries: int, ends: int) -> None:
    """Else the newer of two revisions would stay undeployed for whoever pushes next."""
    build = yaml.safe_load((ROOT / "cloudbuild/deploy.yaml").read_text())
    script = next(step["script"] for step in build["steps"] if step["id"] == "deploy")
    stand_ins = {
        ".venv/bin/onestack": f'echo x >> tried; set -- {codes}; shift $(($(wc -l < tried) - 1)); exit "$1"',
        "bin/make": "exit 0",
        "bin/git": "exit 0",
        "bin/sleep": "exit 0",
    }
    for name, line in stand_ins.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"#!/bin/bash\n{line}\n")
        (tmp_path / name).chmod(0o755)
    environ = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "STACK": "dev"}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environ, check=False)
    assert (done.returncode, len((tmp_path / "tried").read_text().split())) == (ends, tries)
