"""A repository of one's own for a test: this one's program, other manifests, a stack on a given cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.e2e import warm

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = ("Pulumi.yaml", "__main__.py", "infra", "components", "tools")


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """What it printed as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Clone:
    """``root`` holds the program; ``stack`` runs on the cluster of a kubeconfig."""

    root: Path
    stack: str

    def write(self, path: str, text: str) -> Path:
        """Writes a file of the repository."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def applications(self, **namespaces: str | None) -> None:
        """Sets the stack's applications and the namespace each fills in."""
        file = self.root / "stacks" / f"Pulumi.{self.stack}.yaml"
        settings = yaml.safe_load(file.read_text())
        settings["config"]["onestack:manifests"]["applications"] = {
            name.replace("_", "-"): ({"namespace": namespace} if namespace else None)
            for name, namespace in namespaces.items()
        }
        file.write_text(yaml.safe_dump(settings))

    def onestack(self, *arguments: str, timeout: float = 600, **environment: str) -> Finished:
        """Runs the command in the repository."""
        return Finished(*warm.run(arguments, self.root, os.environ | environment, timeout))

    def shell(self, script: str, timeout: float = 600) -> Finished:
        """Runs a shell script in the environment that ``onestack env`` gives, as it is now."""
        exports = self.onestack("env", self.stack)
        assert exports.code == 0, exports.err
        return self.run(f"{exports.out}\n{script}", timeout)

    def run(self, script: str, timeout: float = 600) -> Finished:
        """Runs a shell script in the repository."""
        done = subprocess.run(
            ["/bin/sh", "-ec", script],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def deploy(self) -> dict[str, Any]:
        """Deploys, which must succeed, and returns what it reported."""
        done = self.onestack("deploy", self.stack, "--json")
        assert done.code == 0, done.err
        document: dict[str, Any] = done.document()
        return document

    def planned(self) -> dict[str, str]:
        """What a preview would change: name -> operation."""
        done = self.onestack("preview", self.stack, "--json")
        assert done.code == 0, done.err
        return {
            f"{step['type'].rpartition(':')[2]} {step['name']}": step["op"]
            for step in done.document()["steps"]
        }

    def destroy(self) -> None:
        """Takes the stack down, which must succeed."""
        done = self.onestack("destroy", self.stack)
        assert done.code == 0, done.err

    def state(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        done = self.shell("pulumi stack export")
        assert done.code == 0, done.err
        return list(json.loads(done.out)["deployment"].get("resources") or [])


def clone(root: Path, kubeconfig: Path, stack: str = "test") -> Clone:
    """Lays this program into ``root``, with a stack on an existing cluster and no application."""
    root.mkdir(parents=True, exist_ok=True)
    for name in PROGRAM:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    made = Clone(root, stack)
    made.write(
        f"stacks/Pulumi.{stack}.yaml",
        yaml.safe_dump(
            {
                "config": {
                    "onestack:platform": "kubeconfig",
                    "onestack:kubeconfig": {"path": str(kubeconfig)},
                    "onestack:manifests": {"applications": {}},
                    "onestack:readiness": {"timeoutSeconds": 240},
                }
            }
        ),
    )
    (root / "manifests").mkdir()
    return made
