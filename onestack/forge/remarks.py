"""What people said on a pull request."""

from __future__ import annotations

from typing import Final

from onestack.errors import ForgeForbidden, ForgeMissing
from onestack.forge.model import Remark
from onestack.forge.reading import comment_of, review_of
from onestack.forge.session import Session

_NEEDS: Final = "pull-requests: read"
_EDITS: Final = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      KIND(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { fullDatabaseId lastEditedAt }
      }
    }
  }
}
"""


def remarks(session: Session, number: int) -> tuple[Remark, ...]:
    """Reviews and comments, the oldest first. Raises: OnestackError."""
    doing = f"reading what was said on pull request #{number}"
    reviews = list(session.all(f"pulls/{number}/reviews", doing, _NEEDS))
    edits = _edits(session, number, "reviews", doing) if reviews else {}
    found = [one for data in reviews if (one := review_of(data, edits.get(int(data["id"]))))]
    comments = list(session.all(f"issues/{number}/comments", doing, _NEEDS))
    edits = _edits(session, number, "comments", doing) if comments else {}
    found += [comment_of(data, edits.get(int(data["id"]))) for data in comments]
    return tuple(sorted(found, key=lambda one: one.at))


def _edits(session: Session, number: int, kind: str, doing: str) -> dict[int, bool]:
    """Which were edited, by id; nothing where the token may not ask.

    REST doesn't tell of a review, nor of a comment within the second of its making; and whoever may
    write to the repository may edit another's.
    """
    owner, _, name = session.place.repository.partition("/")
    query = _EDITS.replace("KIND", kind)
    found: dict[int, bool] = {}
    after: str | None = None
    try:
        while True:
            variables = {"owner": owner, "name": name, "number": number, "after": after}
            page = session.query(query, variables, doing, _NEEDS)["repository"]["pullRequest"][kind]
            found |= {int(one["fullDatabaseId"]): one["lastEditedAt"] is not None for one in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]
    except (ForgeForbidden, ForgeMissing, KeyError, TypeError, ValueError):
        return found
