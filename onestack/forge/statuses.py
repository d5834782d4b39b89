"""Statuses of commits."""

from __future__ import annotations

from typing import Final

from onestack.forge.deployments import cut
from onestack.forge.model import CommitState
from onestack.forge.session import Session

_DESCRIPTION: Final = 140
_NEEDS: Final = "statuses: write"


def put(
    session: Session,
    commit: str,
    context: str,
    state: CommitState,
    description: str,
    url: str | None,
    *,
    reworded: bool = True,
) -> None:
    """Sets a status, unless it is the last of its context: GitHub takes 1,000. Raises: OnestackError.

    Not ``reworded``: one of that state stays as it is, whatever it says.
    """
    doing = f"setting the status '{context}' of {commit[:12]}"
    said = {"state": state, "description": cut(description, _DESCRIPTION), "target_url": url or None}
    compared = tuple(said) if reworded else ("state",)

    def look() -> bool | None:
        found = session.all(f"commits/{commit}/statuses", doing, _NEEDS)
        last = next((one for one in found if one["context"] == context), None)
        same = last is not None and all((last.get(name) or None) == (said[name] or None) for name in compared)
        return same or None

    def make() -> bool:
        body = {"context": context} | {name: value for name, value in said.items() if value is not None}
        session.send("POST", f"statuses/{commit}", doing, _NEEDS, body)
        return True

    session.made(look, make)
