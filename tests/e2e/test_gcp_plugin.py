"""The offline Google Cloud provider under the real engine: a project from nothing to nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from onestack.local.gcp.drift import change
from onestack.local.toolchain import Toolchain

pytestmark = pytest.mark.e2e

# The program is data: each test writes what it declares into stack.json, in order of dependency.
PROGRAM = """
import json, pathlib, pulumi
here = json.loads(pathlib.Path("stack.json").read_text())
made = {}
provider = pulumi.ProviderResource("gcp", "google", here["provider"])
def value(given):
    if isinstance(given, dict) and "from" in given:
        return getattr(made[given["from"]], given["take"])
    if isinstance(given, dict):
        return {key: value(item) for key, item in given.items()}
    return [value(item) for item in given] if isinstance(given, list) else given
class Resource(pulumi.CustomResource):
    def __init__(self, token, name, inputs, options):
        wanted = ("selfLink", "email", "member", "name")
        super().__init__(token, name, {**{key: None for key in wanted}, **inputs}, options)
    def __getattr__(self, name):
        raise AttributeError(name)
for name, declared in here["resources"].items():
    after = [made[one] for one in declared.get("after", [])]
    options = pulumi.ResourceOptions(provider=provider, depends_on=after)
    made[name] = Resource(declared["type"], name, value(declared["inputs"]), options)
for name in here.get("outputs", []):
    pulumi.export(name, made[name].id)
"""


@dataclass
class Stack:
    """A Pulumi project in a folder, its state and its simulated Google Cloud beside it."""

    folder: Path
    simulation: Path
    environment: Mapping[str, str]

    def declare(self, resources: Mapping[str, Any]) -> None:
        provider = {"project": "acme-dev", "region": "europe-west4"}
        content = {"provider": provider, "resources": resources, "outputs": list(resources)}
        (self.folder / "stack.json").write_text(json.dumps(content))

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
        return self.run("up", "--yes", "--skip-preview", fails=fails)

    def planned(self) -> dict[str, str]:
        """What a preview would do, by the resources' names; ``same`` is left out."""
        said = self.run("preview", "--json", "--suppress-progress").partition("\nwarning")[0]
        steps = json.loads(said)["steps"]
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}

    def state(self) -> dict[str, dict[str, Any]]:
        """Recorded resources by name."""
        exported = json.loads(self.run("stack", "export"))
        return {r["urn"].rpartition("::")[2]: r for r in exported["deployment"].get("resources", [])}

    def google(self) -> set[str]:
        """What there is in the simulated project, by type and id."""
        path = self.simulation / "acme-dev.json"
        return set(json.loads(path.read_text())["resources"]) if path.exists() else set()

    def faults(self, text: str) -> None:
        self.simulation.mkdir(exist_ok=True)
        (self.simulation / "acme-dev.faults.yaml").write_text(text)


@pytest.fixture
def stack(toolchain: Toolchain, tmp_path: Path) -> Stack:
    launchers, folder = tmp_path / "bin", tmp_path / "project"
    launchers.mkdir()
    folder.mkdir()
    launcher = launchers / "pulumi-resource-gcp"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m onestack.local.gcp "$@"\n')
    launcher.chmod(0o755)
    (folder / "Pulumi.yaml").write_text("name: probe\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (tmp_path / "state").mkdir()
    tools = [str(toolchain.path(name).parent) for name in ("pulumi", "pulumi-language-python")]
    path = [str(Path(sys.executable).parent), str(launchers), *tools, os.environ["PATH"]]
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.pathsep.join(path),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "not secret",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "ONESTACK_SIMULATION": str(tmp_path / "google"),
    }
    made = Stack(folder, tmp_path / "google", environment)
    made.run("stack", "init", "test")
    return made


def network(**subnet: Any) -> dict[str, Any]:
    """A network with a subnetwork, router and NAT, and an account that may pull images."""
    services = {
        api: {"type": "gcp:projects/service:Service", "inputs": {"service": f"{api}.googleapis.com"}}
        for api in ("compute", "iam", "cloudresourcemanager")
    }
    link = {"from": "main", "take": "id"}
    return {
        **services,
        "main": {
            "type": "gcp:compute/network:Network",
            "inputs": {"name": "main", "autoCreateSubnetworks": False},
            "after": ["compute"],
        },
        "nodes": {
            "type": "gcp:compute/subnetwork:Subnetwork",
            "inputs": {
                "name": "nodes",
                "network": link,
                "ipCidrRange": "10.10.0.0/20",
                "privateIpGoogleAccess": True,
                "secondaryIpRanges": [
                    {"rangeName": "pods", "ipCidrRange": "10.20.0.0/14"},
                    {"rangeName": "services", "ipCidrRange": "10.24.0.0/20"},
                ],
                **subnet,
            },
        },
        "router": {
            "type": "gcp:compute/router:Router",
            "inputs": {"name": "router", "network": link},
        },
        "nat": {
            "type": "gcp:compute/routerNat:RouterNat",
            "inputs": {
                "name": "nat",
                "router": {"from": "router", "take": "name"},
                "natIpAllocateOption": "AUTO_ONLY",
                "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
                "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
            },
        },
        "account": {
            "type": "gcp:serviceaccount/account:Account",
            "inputs": {"accountId": "dev-nodes", "displayName": "Nodes"},
            "after": ["iam"],
        },
        "puller": {
            "type": "gcp:projects/iAMMember:IAMMember",
            "inputs": {
                "project": "acme-dev",
                "role": "roles/artifactregistry.reader",
                "member": {"from": "account", "take": "member"},
            },
            "after": ["cloudresourcemanager"],
        },
    }


@pytest.mark.torture
def test_a_project_lives_from_nothing_to_nothing(stack: Stack) -> None:
    stack.declare(network())
    planned = stack.planned()
    assert set(planned.values()) == {"create"}, planned

    said = stack.up()

    assert f"Google Cloud is simulated in {stack.simulation}; nothing is made there" in said
    made = stack.state()
    assert made["nodes"]["id"] == "projects/acme-dev/regions/europe-west4/subnetworks/nodes"
    link = "https://www.googleapis.com/compute/v1/projects/acme-dev/global/networks/main"
    assert made["nodes"]["outputs"]["network"] == link
    assert made["nat"]["id"] == "acme-dev/europe-west4/router/nat"
    assert made["account"]["outputs"]["email"] == "dev-nodes@acme-dev.iam.gserviceaccount.com"
    assert stack.planned() == {}

    stack.declare(network(ipCidrRange="10.10.0.0/19"))
    assert stack.planned() == {"nodes": "update"}
    stack.up()
    assert stack.planned() == {}

    stack.declare(network(ipCidrRange="10.10.0.0/22"))
    assert stack.planned() == {"nodes": "replace"}
    stack.up()
    assert stack.planned() == {}

    change(stack.simulation, "acme-dev", "compute/network", "main", {"routingMode": "GLOBAL"})
    change(stack.simulation, "acme-dev", "compute/subnetwork", "nodes", {"privateIpGoogleAccess": False})
    stack.run("refresh", "--yes", "--skip-preview")
    assert stack.planned() == {"nodes": "update"}
    stack.up()

    stack.run("destroy", "--yes", "--skip-preview")
    assert stack.state().keys() <= {"probe-test"}
    assert stack.google() == set()


def test_a_run_that_google_cut_short_goes_on(stack: Stack) -> None:
    stack.declare(network())
    stack.faults("- {type: compute/subnetwork, operation: create, refuse: quota, times: 1}")

    said = stack.up(fails=True)

    assert "Error creating Subnetwork: googleapi: Error 403: Quota 'SUBNETWORKS' exceeded" in said
    assert "nodes" not in stack.state()
    stack.up()
    assert stack.planned() == {}


def test_what_was_made_when_the_wait_for_it_ended_is_imported(stack: Stack) -> None:
    stack.declare(network())
    stack.faults('- {type: "compute/router:", operation: create, halfway: true, times: 1}')

    assert "Error waiting to create Router: timeout" in stack.up(fails=True)
    there = "projects/acme-dev/regions/europe-west4/routers/router"
    assert f"gcp:compute/router:Router {there}" in stack.google()
    assert f"The resource '{there}' already exists, alreadyExists" in stack.up(fails=True)

    stack.run(
        "import",
        "gcp:compute/router:Router",
        "router",
        there,
        "--yes",
        "--protect=false",
        "--generate-code=false",
        "--provider",
        "google=" + stack.state()["google"]["urn"],
    )
    stack.up()
    assert stack.planned() == {}


# Control planes that are only files: what a real one does is tested where there are real ones.
PLANES = """
import asyncio, pathlib, sys
from onestack.local.gcp.protocol import ControlPlane
from onestack.local.gcp.provider import WORDS, Provider
from onestack.local.serving.engine_log import EngineLog
from onestack.local.serving.server import serve
class Files:
    def __init__(self, folder):
        self.folder = folder
    def create(self, name, version):
        (self.folder / name).mkdir(parents=True)
        return self.find(name)
    def delete(self, name):
        (self.folder / name).rmdir()
    def find(self, name):
        return ControlPlane("127.0.0.1:40123", "Y2VydA==") if (self.folder / name).exists() else None
    def set_nodes(self, name, pool, nodes):
        assert self.find(name)
        (self.folder / f"{name}-{pool}").write_text("".join(node.name for node in nodes))
async def main():
    await serve(Provider(EngineLog(sys.argv[1]), Files), WORDS)
asyncio.run(main())
"""


@pytest.fixture
def clustered(stack: Stack) -> Stack:
    plugin = stack.folder.parent / "planes.py"
    plugin.write_text(PLANES)
    launcher = stack.folder.parent / "bin" / "pulumi-resource-gcp"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -P {plugin} "$@"\n')
    return stack


def cluster(*, protected: bool = False, channel: str = "STABLE") -> dict[str, Any]:
    """The network, and on it a cluster with a node pool."""
    resources = network()
    api = {"type": "gcp:projects/service:Service", "inputs": {"service": "container.googleapis.com"}}
    ranges = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"}
    declared = {
        "name": "dev-ab12",
        "location": "europe-west4",
        "network": {"from": "main", "take": "id"},
        "subnetwork": {"from": "nodes", "take": "id"},
        "ipAllocationPolicy": ranges,
        "initialNodeCount": 1,
        "removeDefaultNodePool": True,
        "deletionProtection": protected,
        "releaseChannel": {"channel": channel},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": True}},
    }
    pool = {
        "name": "default",
        "cluster": {"from": "cluster", "take": "id"},
        "initialNodeCount": 1,
        "nodeConfig": {
            "machineType": "e2-standard-4",
            "serviceAccount": {"from": "account", "take": "email"},
        },
    }
    return {
        "container": api,
        **resources,
        "cluster": {"type": "gcp:container/cluster:Cluster", "inputs": declared, "after": ["container"]},
        "pool": {"type": "gcp:container/nodePool:NodePool", "inputs": pool},
    }


@pytest.mark.torture
def test_a_cluster_whose_creation_was_cut_short_is_finished_by_the_next_run(clustered: Stack) -> None:
    clustered.declare(cluster())
    clustered.faults("- {type: container/cluster, operation: create, halfway: true, times: 1}")

    assert "Error waiting for creating cluster: timeout" in clustered.up(fails=True)
    recorded = clustered.state()
    assert recorded["cluster"]["initErrors"]
    assert "endpoint" not in recorded["cluster"]["outputs"]
    assert "pool" not in recorded

    clustered.up()
    recorded = clustered.state()
    assert "initErrors" not in recorded["cluster"]
    assert recorded["cluster"]["outputs"]["endpoint"] == "127.0.0.1:40123"
    assert clustered.planned() == {}

    clustered.declare(cluster(channel="RAPID"))
    assert clustered.planned() == {"cluster": "update"}
    clustered.up()
    assert clustered.planned() == {}
    assert clustered.state()["cluster"]["outputs"]["masterVersion"].startswith("1.36.3-")


@pytest.mark.torture
def test_a_protected_cluster_is_unprotected_before_it_is_destroyed(clustered: Stack) -> None:
    clustered.declare(cluster(protected=True))
    clustered.up()

    said = clustered.run("destroy", "--yes", "--skip-preview", fails=True)
    assert "Cannot destroy cluster because deletion_protection is set to true" in said
    assert "cluster" in clustered.state()

    clustered.declare(cluster(protected=False))
    clustered.up()
    clustered.run("destroy", "--yes", "--skip-preview")
    assert clustered.google() == set()
    assert clustered.state().keys() <= {"probe-test"}
