"""The offline Kubernetes provider under the real engine, with a file backend of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from onestack.kube.client import MERGE_PATCH, Client
from onestack.kube.connection import connect
from onestack.local.kubernetes.provider import NOTICE
from onestack.local.plane import Plane
from onestack.local.toolchain import Toolchain, ensure
from onestack.progress import Silent

pytestmark = pytest.mark.e2e

PROGRAM = """
import json, pathlib, pulumi
here = json.loads(pathlib.Path("stack.json").read_text())
provider = pulumi.ProviderResource("kubernetes", "cluster", here["provider"],
                                   pulumi.ResourceOptions(version="4.34.2"))
first = []
for declared in here["objects"]:
    metadata = declared["metadata"]
    group, _, version = declared["apiVersion"].rpartition("/")
    token = f"kubernetes:{group or 'core'}/{version}:{declared['kind']}"
    name = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
    secret = declared.pop("secret", None)
    inputs = dict(declared)
    if secret is not None:
        inputs["stringData"] = {"password": pulumi.Output.secret(secret)}
    base = declared["kind"] in ("Namespace", "CustomResourceDefinition")
    options = pulumi.ResourceOptions(provider=provider, depends_on=[] if base else list(first))
    made = pulumi.CustomResource(token, name, inputs, options)
    if base:
        first.append(made)
"""
PASSWORD = "correct-horse-battery-staple"
ENCODED = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ=="


@dataclass
class Stack:
    """A Pulumi project in a folder, its state beside it."""

    folder: Path
    environment: Mapping[str, str]
    kubeconfig: Path

    def declare(self, objects: Sequence[Mapping[str, Any]], **provider: Any) -> None:
        settings = {"kubeconfig": str(self.kubeconfig), "clusterIdentifier": "test", **provider}
        content = json.dumps({"provider": settings, "objects": objects})
        (self.folder / "stack.json").write_text(content)

    def run(self, *arguments: str, fails: bool = False) -> str:
        """What pulumi printed; its exit code is checked."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *, fails: bool = False) -> str:
        return self.run("up", "--yes", "--skip-preview", "--parallel", "64", fails=fails)

    def state(self) -> dict[str, dict[str, Any]]:
        """Recorded resources by name."""
        exported = json.loads(self.run("stack", "export"))
        return {r["urn"].rpartition("::")[2]: r for r in exported["deployment"].get("resources", [])}


@pytest.fixture(scope="module")
def engine() -> Toolchain:
    return ensure(Path(__file__).parents[2], Silent(), ("pulumi", "pulumi-language-python"))


@pytest.fixture
def stack(plane: Plane, engine: Toolchain, tmp_path: Path) -> Stack:
    launchers = tmp_path / "bin"
    launchers.mkdir()
    launcher = launchers / "pulumi-resource-kubernetes"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m onestack.local.kubernetes "$@"\n')
    launcher.chmod(0o755)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: probe\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (tmp_path / "state").mkdir()
    tools = [str(engine.path(name).parent) for name in ("pulumi", "pulumi-language-python")]
    path = [str(Path(sys.executable).parent), str(launchers), *tools, os.environ["PATH"]]
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.pathsep.join(path),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "not secret",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    made = Stack(folder, environment, Path(plane.kubeconfig))
    made.run("stack", "init", "test")
    return made


def config_map(namespace: str, name: str, **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def deployment(place: str, name: str, image: str, **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    spec = {"containers": [{"name": "c", "image": image, "resources": {"requests": {"cpu": "1000m"}}}], **pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": place},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


async def test_a_stack_lives_from_its_creation_to_its_end(stack: Stack) -> None:
    place = "engine-life"
    metadata = {"name": "login", "namespace": place}
    login = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "secret": PASSWORD}
    base = [namespace(place), login]
    stack.declare([*base, config_map(place, "settings", mode="blue"), deployment(place, "web", "web:1")])

    created = stack.up()
    assert NOTICE in created
    recorded = stack.state()
    assert recorded[f"{place}/web"]["outputs"]["status"]["availableReplicas"] == 1
    assert recorded[f"{place}/settings"]["id"] == f"{place}/settings"
    written = [file.read_text() for file in (stack.folder.parent / "state").rglob("*.json")]
    assert any(f"{place}/login" in text for text in written)
    for text in (created, *written):
        assert PASSWORD not in text
        assert ENCODED not in text

    stack.run("preview", "--expect-no-changes")

    stack.declare([*base, config_map(place, "settings", mode="green"), deployment(place, "web", "web:2")])
    planned = json.loads(stack.run("preview", "--json", "--suppress-progress").partition("\nwarning")[0])
    assert planned["changeSummary"] == {"replace": 1, "same": 4, "update": 1}
    stack.up()
    stack.run("preview", "--expect-no-changes")

    async with Client(connect(stack.kubeconfig), user_agent="test") as client:
        web = f"/apis/apps/v1/namespaces/{place}/deployments/web"
        body = {"spec": {"minReadySeconds": 1, "revisionHistoryLimit": 3}}
        await client.request("PATCH", web, body=body, content_type=MERGE_PATCH)
        await client.request("DELETE", f"/api/v1/namespaces/{place}/configmaps/settings", body={})
    refreshed = stack.run("refresh", "--yes", "--skip-preview")
    assert f"{place}/settings" not in stack.state(), refreshed
    stack.up()
    assert f"{place}/settings" in stack.state()

    stack.run("destroy", "--yes", "--skip-preview")
    assert stack.state().keys() <= {"probe-test"}


def test_what_does_not_become_ready_is_recorded_with_the_reason(stack: Stack) -> None:
    place = "engine-stuck"
    stuck = deployment(place, "web", "web:1", nodeSelector={"no": "such-node"})
    stuck["metadata"]["annotations"] = {"pulumi.com/timeoutSeconds": "1"}
    stack.declare([namespace(place), stuck])

    said = stack.up(fails=True)

    assert "'web' timed out waiting to be Ready" in said
    errors = stack.state()[f"{place}/web"]["initErrors"]
    assert any("replicas" in error for error in errors), errors
    stack.run("destroy", "--yes", "--skip-preview")


def test_a_cluster_that_is_away_can_be_previewed_and_says_so_in_up(stack: Stack) -> None:
    kubeconfig = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "current-context": "c",
    }
    stack.declare([config_map("default", "x")], kubeconfig=json.dumps(kubeconfig))

    stack.run("preview")
    said = stack.up(fails=True)

    assert "configured Kubernetes cluster is unreachable" in said
    assert "https://127.0.0.1:1" in said


@pytest.mark.torture
def test_five_hundred_objects_go_at_once(stack: Stack) -> None:
    place = "engine-many"
    many = [config_map(place, f"settings-{number}", number=str(number)) for number in range(500)]
    stack.declare([namespace(place), *many])
    # Else most of the time goes into writing the state after each of them.
    stack.environment = {
        **stack.environment,
        "PULUMI_EXPERIMENTAL": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
    }

    stack.up()
    stack.run("preview", "--expect-no-changes", "--parallel", "64")
    assert len(stack.state()) == 503
