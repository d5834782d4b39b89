"""A repository of one's own whose stack is in a simulated Google Cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from onestack.local.gcp.clusters import planes
from tests.e2e.clone import Clone, Finished, clone

APPLICATION = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: example/web:1}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
"""

SETTINGS: Mapping[str, Any] = {
    "project": "acme-dev",
    "region": "europe-west4",
    "network": {"nodes": "10.10.0.0/20", "pods": "10.20.0.0/14", "services": "10.24.0.0/20"},
    "cluster": {"location": "europe-west4-a"},
    "nodePools": {"default": {"machineType": "e2-standard-4", "min": 1, "max": 3}},
    "protected": False,
}


@dataclass(frozen=True)
class Cloud:
    """``clone`` has the stack ``dev``, which is simulated below it."""

    clone: Clone

    @property
    def simulation(self) -> Path:
        """Where the simulation is kept."""
        return self.clone.root / ".onestack" / "simulation"

    def settings(self, **changed: Any) -> None:
        """Sets what the stack says of Google Cloud: `SETTINGS` with these changed; None leaves one out."""
        file = self.clone.root / "stacks" / "Pulumi.dev.yaml"
        content = yaml.safe_load(file.read_text())
        content["config"]["onestack:platform"] = "gcp"
        content["config"].pop("onestack:kubeconfig", None)
        content["config"]["onestack:gcp"] = {
            key: value for key, value in {**SETTINGS, **changed}.items() if value is not None
        }
        file.write_text(yaml.safe_dump(content))

    def onestack(self, verb: str, *arguments: str) -> Finished:
        """A verb on the simulated stack."""
        return self.clone.onestack(verb, "dev", "--offline", *arguments)

    def planned(self) -> dict[str, str]:
        """What a preview would change: ``type name`` -> operation."""
        done = self.onestack("preview", "--json")
        assert done.code == 0, done.err
        return {f"{step['type']} {step['name']}": step["op"] for step in done.document()["steps"]}

    def project(self) -> dict[str, Any]:
        """What is in the simulated project."""
        content: dict[str, Any] = json.loads((self.simulation / "acme-dev.json").read_text())
        return content

    def clusters(self) -> tuple[str, ...]:
        """The clusters that there are."""
        return planes(self.simulation).names()

    def shell(self, script: str) -> Finished:
        """Runs a script in the environment of ``onestack env``."""
        exports = self.onestack("env")
        assert exports.code == 0, exports.err
        return self.clone.run(f"{exports.out}\n{script}")

    def kubectl(self, arguments: str) -> Finished:
        """Asks the stack's cluster."""
        return self.shell(f"kubectl {arguments}")

    def discard(self) -> None:
        """Ends the control planes of its clusters."""
        there = planes(self.simulation)
        for name in there.names():
            there.plane(name).discard()


def cloud(root: Path) -> Cloud:
    """Lays a repository with the stack ``dev`` and one application into ``root``."""
    made = Cloud(clone(root, root / "no-kubeconfig", stack="dev"))
    made.clone.write("manifests/shop/app.yaml", APPLICATION)
    made.clone.applications(shop="shop")
    made.clone.write(
        "manifests/shop/namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    )
    made.settings()
    return made
