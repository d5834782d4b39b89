"""A team for a test: a bare remote, a forge and a channel, CI's checkout, and people who change things.

The forge and the channel are stand-ins (`tests.stand_ins`); git, the engine and the cluster are real.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.actions import Actions
from tests.e2e.clone import Clone, Finished, clone
from tests.stand_ins.github import GitHub, github
from tests.stand_ins.slack import SlackServer, slack

ADA = {"NAME": "Ada", "EMAIL": "ada@example.com"}
NAMESPACE = "{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}\n"
HEAD = "github.event.workflow_run.head_sha"
_WHO = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in ADA.items()}


@dataclass(frozen=True)
class Team:
    """``checkout`` is where CI works; ``state`` is the folder that all its runs keep their state in."""

    checkout: Clone
    remote: Path
    hub: GitHub
    channel: SlackServer
    state: Path
    artifacts: Path

    @property
    def root(self) -> Path:
        """The checkout's folder."""
        return self.checkout.root

    def git(self, *arguments: str) -> str:
        """Runs git in the checkout."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=os.environ | _WHO,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def publish(self, message: str) -> None:
        """Commits all that lies there to main, and pushes it."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)
        self.git("push", "--quiet", "origin", "HEAD:main")

    def propose(self, title: str, files: Mapping[str, str], *, by: str = "ada") -> int:
        """Opens a pull request that writes these files, and leaves CI at its merge with main; its number."""
        branch = title.lower().replace(" ", "-")
        self.git("fetch", "--quiet", "origin")
        self.git("checkout", "--quiet", "-B", branch, "origin/main")
        for path, text in files.items():
            self.checkout.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", title)
        self.git("push", "--quiet", "--force", "origin", branch)
        return self.hub.people.open(branch, "main", by=by, title=title)

    def merge(self, number: int) -> str:
        """Merges a pull request, and brings CI to main."""
        commit = self.hub.people.merge(number)
        self.git("fetch", "--quiet", "origin")
        self.git("checkout", "--quiet", "--detach", "origin/main")
        assert self.git("rev-parse", "HEAD") == commit
        return commit

    def environment(self, pull: int | None = None) -> dict[str, str]:
        """What GitHub and the repository's settings give to a job."""
        return {
            **self.hub.environ(commit=self.git("rev-parse", "HEAD"), pull=pull),
            **self.channel.environ(),
            "GITHUB_ACTOR": "ada",
            "GITHUB_REF_NAME": "main",
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "the team's own",
        }

    def actions(self, pull: int | None = None) -> Actions:
        """CI, for a pull request or for main."""
        temporary = self.artifacts.parent / "temporary"
        temporary.mkdir(exist_ok=True)
        return Actions(self.root, self.artifacts, temporary, self.environment(pull))

    def preview(self, number: int, *stacks: str) -> None:
        """What the workflows do for a pull request, in their order."""
        self.git("fetch", "--quiet", "origin")
        head = self.git("rev-parse", f"origin/{self.hub.people.pull(number)['head']['ref']}")
        self.git("checkout", "--quiet", "--detach", "origin/main")
        self.git("merge", "--quiet", "--no-edit", head)  # as GitHub checks a pull request out
        actions = self.actions(number)
        ok(actions.job("preview", "check"))
        for stack in stacks:
            ok(actions.job("preview", "plan", **{"matrix.stack": stack}))
        self.git("checkout", "--quiet", "--detach", "origin/main")  # what comments runs main's own code
        for stack in stacks:
            ok(actions.job("comment", "plan", **{"matrix.stack": stack, HEAD: head}))

    def plan(self, number: int) -> str:
        """The digest that the one comment on a pull request names."""
        bodies = self.hub.people.bodies(number)
        (comment,) = [body for body in bodies if body.startswith("<!-- onestack:preview")]
        return next(word for word in comment.split() if word.strip("`").startswith("sha256:")).strip("`")

    def deploy(self, stack: str = "prod") -> Finished:
        """What the deployment's workflow does; a closed gate is no failure of its job."""
        (deployed,) = self.actions().job("deploy", "deploy", **{"inputs.stack": stack})
        return deployed

    def onestack(self, *arguments: str) -> Finished:
        """Runs the command as CI does."""
        return self.checkout.onestack(*arguments, timeout=600, **self.environment())

    def ledger(self, stack: str) -> list[dict[str, Any]]:
        """The deployments in a stack's ledger, the oldest first, once it is verified."""
        done = self.onestack("history", stack, "--verify", "--json")
        assert done.code == 0, done.err
        document = done.document()
        assert document["whole"]
        return list(reversed(document["deployments"]))


def ok(done: Sequence[Finished]) -> None:
    """All of these commands came to a good end."""
    assert [one.code for one in done] == [0] * len(done), done[-1].err


@contextmanager
def team(
    folder: Path,
    kubeconfig: Path,
    stacks: Mapping[str, Mapping[str, Any]],
    local: Mapping[str, Any] | None = None,
) -> Iterator[Team]:
    """A team with these stacks, each with settings of its own beside those that all have.

    ``local`` are those of the stack that trials are of, without it the last one's manifests.
    """
    remote, state = folder / "remote.git", folder / "state"
    state.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(remote)], check=True)
    made = clone(folder / "checkout", kubeconfig, next(iter(stacks)))
    common = yaml.safe_load((made.root / f"stacks/Pulumi.{made.stack}.yaml").read_text())
    for name, settings in stacks.items():
        config = {**common["config"], **{f"onestack:{key}": value for key, value in settings.items()}}
        made.write(f"stacks/Pulumi.{name}.yaml", yaml.safe_dump({"config": config}))
    embedded = {**common["config"], "onestack:platform": "embedded"}
    del embedded["onestack:kubeconfig"]
    for key, value in (local or {"manifests": config["onestack:manifests"]}).items():
        embedded[f"onestack:{key}"] = value
    made.write("stacks/Pulumi.local.yaml", yaml.safe_dump({"config": embedded}))
    made.write(".gitignore", "/.onestack/\n/found/\n__pycache__/\n")
    with github(remote) as hub, slack() as channel:
        one = Team(made, remote, hub, channel, state, folder / "artifacts")
        one.git("init", "--quiet", "-b", "main")
        one.git("remote", "add", "origin", str(remote))
        yield one
