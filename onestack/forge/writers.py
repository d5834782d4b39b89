"""Who wrote a pull request's commits: not only who opened it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.errors import ForgeForbidden, ForgeMissing
from onestack.forge.session import Session

_NEEDS: Final = "pull-requests: read"
_COMMITS: Final = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      commits(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { commit {
          committedViaWeb
          parents { totalCount }
          authors(first: 20) { nodes { user { login } } }
        } }
      }
    }
  }
}
"""


def writers(session: Session, number: int) -> frozenset[str]:
    """The logins of its commits' authors, those named as co-authors among them.

    Who brought it up to date with its base, by the button, wrote none of it. An address that is nobody's
    has no login. Nobody where the token may not ask. Raises: OnestackError.
    """
    owner, _, name = session.place.repository.partition("/")
    doing = f"looking at who wrote pull request #{number}"
    found: set[str] = set()
    after: str | None = None
    try:
        while True:
            variables = {"owner": owner, "name": name, "number": number, "after": after}
            answer = session.query(_COMMITS, variables, doing, _NEEDS)
            page = answer["repository"]["pullRequest"]["commits"]
            commits = [one["commit"] for one in page["nodes"] if not _updates(one["commit"])]
            authors = (author for one in commits for author in one["authors"]["nodes"])
            found |= {author["user"]["login"] for author in authors if author["user"]}
            if not page["pageInfo"]["hasNextPage"]:
                return frozenset(found)
            after = page["pageInfo"]["endCursor"]
    except (ForgeForbidden, ForgeMissing, KeyError, TypeError):
        return frozenset(found)


def _updates(commit: Mapping[str, Any]) -> bool:
    return bool(commit["committedViaWeb"]) and int(commit["parents"]["totalCount"]) > 1
