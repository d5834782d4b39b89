"""Deployments as GitHub shows them: one per run of ours, however often that run is repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from onestack.errors import ForgeDisagrees
from onestack.forge.model import Deployment, DeploymentState
from onestack.forge.session import Session

RUN: Final = "onestack_run"
_NEEDS: Final = "deployments: write"
_DESCRIPTION: Final = 140


def deployment(session: Session, commit: str, environment: str, run: str, description: str) -> Deployment:
    """The deployment of that run: the one that is there, else a new one. Raises: OnestackError."""
    doing = f"recording the deployment to '{environment}'"

    def look() -> Deployment | None:
        found = session.all("deployments", doing, "deployments: read", sha=commit, environment=environment)
        ours = sorted((one for one in found if _run(one) == run), key=lambda one: int(one["id"]))
        return _of(session, ours[0], run, doing) if ours else None

    def make() -> Deployment:
        body = {
            "ref": commit,
            "environment": environment,
            "description": cut(description, _DESCRIPTION),
            "payload": {RUN: run},
            # What has to hold is decided by our gates; GitHub merges nothing into it and waits for nothing.
            "auto_merge": False,
            "required_contexts": [],
        }
        made = session.send("POST", "deployments", doing, _NEEDS, body)
        if "id" not in made:
            raise ForgeDisagrees(doing, str(made.get("message", "")))
        return Deployment(made["id"], commit, environment, run, None, made["url"])

    return session.made(look, make)


def say(session: Session, there: Deployment, state: DeploymentState, said: Mapping[str, str]) -> Deployment:
    """Adds a status, unless it is the deployment's last already. Raises: OnestackError."""
    doing = f"saying how the deployment to '{there.environment}' goes"
    said = {name: cut(text, _DESCRIPTION) if name == "description" else text for name, text in said.items()}
    path = f"deployments/{there.id}/statuses"

    def look() -> Deployment | None:
        last = _last(session, there.id, doing)
        same = last is not None and last["state"] == state
        if not same or any((last or {}).get(name, "") != text for name, text in said.items()):
            return None
        return Deployment(there.id, there.commit, there.environment, there.run, state, there.url)

    def make() -> Deployment:
        session.send("POST", path, doing, _NEEDS, {"state": state, **said})
        return Deployment(there.id, there.commit, there.environment, there.run, state, there.url)

    return session.made(look, make)


def cut(text: str, limit: int) -> str:
    """The text as one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _of(session: Session, data: Mapping[str, Any], run: str, doing: str) -> Deployment:
    last = _last(session, data["id"], doing)
    state = last["state"] if last else None
    return Deployment(data["id"], data["sha"], data["environment"], run, state, data["url"])


def _last(session: Session, number: int, doing: str) -> Mapping[str, Any] | None:
    found = session.all(f"deployments/{number}/statuses", doing, "deployments: read")
    return max(found, key=lambda one: int(one["id"]), default=None)


def _run(data: Mapping[str, Any]) -> str | None:
    """The run that a deployment is of; GitHub gives the payload as it was sent or as text."""
    payload = data.get("payload")
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except ValueError:
            return None
    return payload.get(RUN) if isinstance(payload, dict) else None
