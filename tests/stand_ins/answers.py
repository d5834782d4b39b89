"""What the stand-in of GitHub answers, operation by operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.stand_ins import commits
from tests.stand_ins.description import filled
from tests.stand_ins.people import People, User
from tests.stand_ins.request import REPO, Given, Refused, Request, found, short
from tests.stand_ins.server import Answer

_BODY: Final = 65_536
_TITLE: Final = 256


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
    "{ref}/statuses": ("statuses",),
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
    title = short(body.get("title", ""), _TITLE)
    short(body.get("body", ""), _BODY)
    number = people.open(head, base, by=asked.user.login, title=title)
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
    if not asked.people.branches.has(commit):
        raise Refused(422, f"No commit found for SHA: {commit}")
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
    mark = asked.people.say(asked.pull()["number"], asked.user.login, short(asked.body["body"], _BODY))
    return 201, asked.people.comments[mark][1]


def _edit(asked: Request) -> Given:
    mark = found(asked.people.comments, asked.path["comment_id"])
    asked.people.edit(mark, short(asked.body["body"], _BODY))
    return 200, asked.people.comments[mark][1]


def _delete(asked: Request) -> Given:
    del asked.people.comments[found(asked.people.comments, asked.path["comment_id"])]
    return 204, None


def graphql(people: People, user: User, body: Any) -> Answer:
    """The queries that are asked: who the token is, which remarks were edited, and who wrote commits."""
    if "viewer" in body["query"]:
        return Answer(200, {"data": {"viewer": {"login": user.login}}})
    if "commits" in body["query"]:
        made = people.wrote.get(body["variables"]["number"], [])
        return _connection("commits", [{"commit": one} for one in made])
    number, kind = body["variables"]["number"], "reviews" if "reviews" in body["query"] else "comments"
    there = people.reviews if kind == "reviews" else people.comments
    nodes = [
        {"fullDatabaseId": str(mark), "lastEditedAt": people.stamp() if mark in people.edited else None}
        for mark, (on, _) in there.items()
        if on == number
    ]
    return _connection(kind, nodes)


def _connection(kind: str, nodes: list[Any]) -> Answer:
    page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
    return Answer(200, {"data": {"repository": {"pullRequest": {kind: page}}}})


TABLE: Final[Mapping[str, Callable[[Request], Given]]] = {
    "get /user": _user,
    "get /orgs/{org}/teams/{team_slug}/members": _team,
    f"get {REPO}": lambda asked: (200, asked.people.home(asked.people.repository)),
    f"get {REPO}/pulls": _pulls,
    f"post {REPO}/pulls": _open,
    f"get {REPO}/pulls/{{pull_number}}": lambda asked: (200, asked.pull()),
    f"put {REPO}/pulls/{{pull_number}}/merge": _merge,
    f"get {REPO}/pulls/{{pull_number}}/reviews": _reviews,
    f"get {REPO}/commits/{{commit_sha}}/pulls": _pulls_of_commit,
    f"get {REPO}/issues/{{issue_number}}/comments": _comments,
    f"post {REPO}/issues/{{issue_number}}/comments": _comment,
    f"patch {REPO}/issues/comments/{{comment_id}}": _edit,
    f"delete {REPO}/issues/comments/{{comment_id}}": _delete,
    **commits.TABLE,
}
