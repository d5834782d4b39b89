"""What the stand-in of GitHub answers about commits: statuses, deployments and branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.stand_ins.description import filled
from tests.stand_ins.people import Document
from tests.stand_ins.request import REPO, Given, Refused, Request, found, short

_SHORT: Final = 140


def _statuses(asked: Request) -> Given:
    found = (data for commit, data in reversed(asked.people.statuses) if commit == asked.path["ref"])
    return asked.page(found)


def _status(asked: Request) -> Given:
    if not asked.people.branches.has(asked.path["sha"]):
        raise Refused(422, f"No commit found for SHA: {asked.path['sha']}")
    short(asked.body.get("description") or "", _SHORT)
    data = filled("status", id=asked.people.number(), creator=asked.user.document(), **asked.body)
    asked.people.statuses.append((asked.path["sha"], data))
    return 201, data


def _deployments(asked: Request) -> Given:
    query = asked.query
    found = (data for _, data in sorted(asked.people.deployments.items(), reverse=True))
    named = ("sha", "ref", "task", "environment")
    return asked.page(one for one in found if all(query.get(name, one[name]) == one[name] for name in named))


def _deploy(asked: Request) -> Given:
    ref, number = asked.body["ref"], asked.people.number()
    commit = asked.people.branches.at(ref) or ref
    if not asked.people.branches.has(commit):
        raise Refused(422, f"No ref found for: {ref}")
    short(asked.body.get("description") or "", _SHORT)
    known = {name: value for name, value in asked.body.items() if name in _DEPLOYED}
    url = f"{asked.people.url}/repos/{asked.people.repository}/deployments/{number}"
    given = {"task": "deploy", "environment": "production"} | known
    data = filled("deployment", **given, id=number, sha=commit, creator=asked.user.document(), url=url)
    asked.people.deployments[number] = data
    asked.people.said[number] = []
    return 201, data


_DEPLOYED: Final = ("ref", "task", "environment", "payload", "description")


def _deployment_statuses(asked: Request) -> Given:
    number = found(asked.people.deployments, asked.path["deployment_id"])
    return asked.page(reversed(asked.people.said[number]))


def _deployment_status(asked: Request) -> Given:
    number = found(asked.people.deployments, asked.path["deployment_id"])
    short(asked.body.get("description", ""), _SHORT)
    known = {name: value for name, value in asked.body.items() if name != "auto_inactive"}
    data = filled("deployment-status", id=asked.people.number(), creator=asked.user.document(), **known)
    asked.people.said[number].append(data)
    return 201, data


def _ref(asked: Request) -> Given:
    name = asked.path["ref"].removeprefix("heads/")
    commit = asked.people.branches.at(name)
    if commit is None:
        raise Refused(404, "Not Found")
    return 200, _git_ref(name, commit)


def _branch(asked: Request) -> Given:
    name, commit = asked.body["ref"].removeprefix("refs/heads/"), asked.body["sha"]
    if asked.people.branches.at(name):
        raise Refused(422, "Reference already exists")
    if not asked.people.branches.has(commit):
        raise Refused(422, "Object does not exist")
    asked.people.branches.put(name, commit)
    return 201, _git_ref(name, commit)


def _git_ref(name: str, commit: str) -> Document:
    return filled("git-ref", ref=f"refs/heads/{name}", object={"type": "commit", "sha": commit})


TABLE: Final[Mapping[str, Callable[[Request], Given]]] = {
    f"get {REPO}/commits/{{ref}}/statuses": _statuses,
    f"post {REPO}/statuses/{{sha}}": _status,
    f"get {REPO}/deployments": _deployments,
    f"post {REPO}/deployments": _deploy,
    f"get {REPO}/deployments/{{deployment_id}}/statuses": _deployment_statuses,
    f"post {REPO}/deployments/{{deployment_id}}/statuses": _deployment_status,
    f"get {REPO}/git/ref/{{ref}}": _ref,
    f"post {REPO}/git/refs": _branch,
}
