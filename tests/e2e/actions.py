"""Runs the jobs of the workflows here: each step's commands in order, and artifacts from job to job.

No runner of GitHub's: what a step ``uses`` is left out, but for artifacts, which are files in a folder here,
and for the checkout, which whoever calls has done. Expressions are looked up in a context as they
are written; one that isn't there is empty.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.clone import REPOSITORY, Finished

_EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")


@dataclass(frozen=True)
class Actions:
    """``root`` is the checkout that jobs run in, ``artifacts`` holds what they upload, by name.

    ``environment`` is what GitHub and the repository's settings give every step.
    """

    root: Path
    artifacts: Path
    temporary: Path
    environment: Mapping[str, str]

    def job(self, workflow: str, job: str, **context: str) -> list[Finished]:
        """What the steps with commands came to, up to the first that failed."""
        context = {
            "runner.temp": str(self.temporary),
            "github.token": self.environment.get("GITHUB_TOKEN", ""),
            "secrets.SLACK_BOT_TOKEN": self.environment.get("SLACK_BOT_TOKEN", ""),
            **context,
        }
        content = yaml.safe_load((REPOSITORY / ".github/workflows" / f"{workflow}.yml").read_text())
        done: list[Finished] = []
        for step in content["jobs"][job]["steps"]:
            failed = bool(done) and done[-1].code != 0
            if "cancelled" in str(step.get("if", "")):
                failed = False  # a step that runs after a failure, too
            if failed:
                continue
            if "run" in step:
                done.append(self._run(step, context))
            elif "/upload-artifact@" in step["uses"]:
                self._upload(step["with"], context)
            elif "/download-artifact@" in step["uses"]:
                self._download(step["with"], context)
        return done

    def _run(self, step: Mapping[str, Any], context: Mapping[str, str]) -> Finished:
        variables = {name: _said(str(value), context) for name, value in (step.get("env") or {}).items()}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        # As GitHub starts it: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=self.root,
            env={
                **os.environ,
                "PATH": path,
                "RUNNER_TEMP": str(self.temporary),
                **self.environment,
                **variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def _upload(self, what: Mapping[str, Any], context: Mapping[str, str]) -> None:
        file = self.root / _said(what["path"], context)
        assert file.exists() or what["if-no-files-found"] == "ignore", file
        if file.exists():
            kept = self.artifacts / _said(what["name"], context)
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, kept)

    def _download(self, what: Mapping[str, Any], context: Mapping[str, str]) -> None:
        assert what["merge-multiple"] is True
        into = self.root / what["path"]
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        for file in self.artifacts.glob(f"{_said(what['pattern'], context)}/*"):
            shutil.copy(file, into)


def _said(text: str, context: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: context.get(found[1], ""), text)
