"""What the stand-in of GitHub answers, operation by operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.stand_ins.description import filled
from tests.stand_ins.people import Document, People, User
from tests.stand_ins.server import Answer

_REPO: Final = "/repos/{owner}/{repo}"
_BODY: Final = 65_536
_SHORT: Final = 140
Given = tuple[int, Any]


class Refused(Exception):
    """GitHub says no."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.message, self.headers = status, message, headers or {}
        super().__init__(message)


@dataclass(frozen=True)
class Request:
    """A request that the description allows, of somebody who may."""

    people: People
    user: User
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    def page(self, found: Iterable[Any]) -> Given:
        """The page that is asked for."""
        size, page = int(self.query.get("per_page", 30)), int(self.query.get("page", 1))
        return 200, list(found)[(page - 1) * size : page * size]

    def pull(self) -> Document:
        """The pull request that the path names."""
        number = int(self.path.get("pull_number") or self.path["issue_number"])
        if number not in self.people.pulls:
            raise Refused(404, "Not Found")
        return self.people.pull(number)


def needs(key: str) -> frozenset[str]:
    """The permissions of which an operation needs one."""
    method, _, path = key.partition(" ")
    for part, names in _RIGHTS.items():
        if part in path:
            ways = ("read", "write") if method == "get" else ("write",)
            return frozenset(f"{name}: {way}" for name in names for way in ways)
    return frozenset()


_RIGHTS: Final = {
    "/issues/": ("issues", "pull-requests"),
    "/pulls": ("pull-requests",),
    "/statuses/": ("statuses",),
    "/deployments": ("deployments",),
    "/git/": ("contents",),
    "/orgs/": ("members",),
}


def _user(asked: Request) -> Given:
    if asked.user.app:
        raise Refused(403, "Resource not accessible by integration")
    return 200, filled("public-user", **asked.user.document())


def _team(asked: Request) -> Given:
    name = f"{asked.path['org']}/{asked.path['team_slug']}"
    if name not in asked.people.teams:
        raise Refused(404, "Not Found")
    return asked.page(User(login).document() for login in asked.people.teams[name])


def _pulls(asked: Request) -> Given:
    state, query = asked.query.get("state", "open"), asked.query
    found = [
        data
        for data in map(asked.people.pull, sorted(asked.people.pulls, reverse=True))
        if (state in {"all", data["state"]})
        and query.get("head", data["head"]["label"]) == data["head"]["label"]
        and query.get("base", data["base"]["ref"]) == data["base"]["ref"]
    ]
    return asked.page(found)


def _open(asked: Request) -> Given:
    body, people = asked.body, asked.people
    head, base = body["head"].rpartition(":")[2], body["base"]
    there = [one for one in people.pulls.values() if one["state"] == "open" and one["head"]["ref"] == head]
    if there and there[0]["base"]["ref"] == base:
        raise Refused(422, f"A pull request already exists for {there[0]['head']['label']}.")
    if people.branches.at(head) is None or people.branches.at(base) is None:
        raise Refused(422, "Validation Failed")
    if people.branches.at(head) == people.branches.at(base):
        raise Refused(422, f"No commits between {base} and {head}")
    number = people.open(head, base, by=asked.user.login, title=body.get("title", ""))
    people.pulls[number]["body"] = body.get("body", "")
    return 201, people.pull(number)


def _merge(asked: Request) -> Given:
    data, body = asked.pull(), asked.body or {}
    if data["state"] != "open":
        raise Refused(405, "Pull Request is not mergeable")
    if body.get("sha", data["head"]["sha"]) != data["head"]["sha"]:
        raise Refused(409, "Head branch was modified. Review and try the merge again.")
    commit = asked.people.merge(data["number"], body.get("merge_method", "merge"))
    return 200, {"sha": commit, "merged": True, "message": "Pull Request successfully merged"}


def _pulls_of_commit(asked: Request) -> Given:
    commit, own = asked.path["commit_sha"], asked.people.repository
    found = map(asked.people.pull, sorted(asked.people.pulls))
    heads = (one for one in found if one["head"]["repo"]["full_name"] == own or one.get("merge_commit_sha"))
    return asked.page(one for one in heads if commit in {one["head"]["sha"], one["merge_commit_sha"]})


def _reviews(asked: Request) -> Given:
    number = asked.pull()["number"]
    return asked.page(data for _, (on, data) in sorted(asked.people.reviews.items()) if on == number)


def _comments(asked: Request) -> Given:
    number = asked.pull()["number"]
    return asked.page(data for _, (on, data) in sorted(asked.people.comments.items()) if on == number)


def _comment(asked: Request) -> Given:
    if asked.pull().get("locked"):
        raise Refused(403, "Unable to create comment because issue is locked.")
    mark = asked.people.say(asked.pull()["number"], asked.user.login, _short(asked.body["body"], _BODY))
    return 201, asked.people.comments[mark][1]


def _edit(asked: Request) -> Given:
    mark = _found(asked.people.comments, asked.path["comment_id"])
    asked.people.edit(mark, _short(asked.body["body"], _BODY))
    return 200, asked.people.comments[mark][1]


def _delete(asked: Request) -> Given:
    del asked.people.comments[_found(asked.people.comments, asked.path["comment_id"])]
    return 204, None


def _statuses(asked: Request) -> Given:
    found = (data for commit, data in reversed(asked.people.statuses) if commit == asked.path["ref"])
    return asked.page(found)


def _status(asked: Request) -> Given:
    if not asked.people.branches.has(asked.path["sha"]):
        raise Refused(422, f"No commit found for SHA: {asked.path['sha']}")
    _short(asked.body.get("description") or "", _SHORT)
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
    _short(asked.body.get("description") or "", _SHORT)
    known = {name: value for name, value in asked.body.items() if name in _DEPLOYED}
    url = f"{asked.people.url}/repos/{asked.people.repository}/deployments/{number}"
    given = {"task": "deploy", "environment": "production"} | known
    data = filled("deployment", **given, id=number, sha=commit, creator=asked.user.document(), url=url)
    asked.people.deployments[number] = data
    asked.people.said[number] = []
    return 201, data


_DEPLOYED: Final = ("ref", "task", "environment", "payload", "description")


def _deployment_statuses(asked: Request) -> Given:
    number = _found(asked.people.deployments, asked.path["deployment_id"])
    return asked.page(reversed(asked.people.said[number]))


def _deployment_status(asked: Request) -> Given:
    number = _found(asked.people.deployments, asked.path["deployment_id"])
    _short(asked.body.get("description", ""), _SHORT)
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


def _found(there: Mapping[int, Any], text: str) -> int:
    if int(text) not in there:
        raise Refused(404, "Not Found")
    return int(text)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused(422, f"Validation Failed: is too long (maximum is {most} characters)")
    return text


def graphql(people: People, user: User, body: Any) -> Answer:
    """The two queries that are asked: who the token is, and which reviews were edited."""
    if "viewer" in body["query"]:
        return Answer(200, {"data": {"viewer": {"login": user.login}}})
    number, kind = body["variables"]["number"], "reviews" if "reviews" in body["query"] else "comments"
    there = people.reviews if kind == "reviews" else people.comments
    nodes = [
        {"fullDatabaseId": str(mark), "lastEditedAt": people.stamp() if mark in people.edited else None}
        for mark, (on, _) in there.items()
        if on == number
    ]
    page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
    return Answer(200, {"data": {"repository": {"pullRequest": {kind: page}}}})


TABLE: Final[Mapping[str, Callable[[Request], Given]]] = {
    "get /user": _user,
    "get /orgs/{org}/teams/{team_slug}/members": _team,
    f"get {_REPO}": lambda asked: (200, asked.people._home(asked.people.repository)),
    f"get {_REPO}/pulls": _pulls,
    f"post {_REPO}/pulls": _open,
    f"get {_REPO}/pulls/{{pull_number}}": lambda asked: (200, asked.pull()),
    f"put {_REPO}/pulls/{{pull_number}}/merge": _merge,
    f"get {_REPO}/pulls/{{pull_number}}/reviews": _reviews,
    f"get {_REPO}/commits/{{commit_sha}}/pulls": _pulls_of_commit,
    f"get {_REPO}/commits/{{ref}}/statuses": _statuses,
    f"post {_REPO}/statuses/{{sha}}": _status,
    f"get {_REPO}/issues/{{issue_number}}/comments": _comments,
    f"post {_REPO}/issues/{{issue_number}}/comments": _comment,
    f"patch {_REPO}/issues/comments/{{comment_id}}": _edit,
    f"delete {_REPO}/issues/comments/{{comment_id}}": _delete,
    f"get {_REPO}/deployments": _deployments,
    f"post {_REPO}/deployments": _deploy,
    f"get {_REPO}/deployments/{{deployment_id}}/statuses": _deployment_statuses,
    f"post {_REPO}/deployments/{{deployment_id}}/statuses": _deployment_status,
    f"get {_REPO}/git/ref/{{ref}}": _ref,
    f"post {_REPO}/git/refs": _branch,
}
