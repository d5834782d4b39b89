"""GitHub's documents as our values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onestack.forge.model import Pull, Remark

Document = Mapping[str, Any]


def pull_of(data: Document) -> Pull:
    """A pull request, as a list or its own page has it."""
    head, base = data["head"], data["base"]
    # A fork that was deleted is no repository any more.
    home, own = (head.get("repo") or {}).get("full_name"), (base.get("repo") or {}).get("full_name")
    merged = data.get("merged_at") is not None
    return Pull(
        number=data["number"],
        title=data["title"],
        author=login_of(data),
        url=data["html_url"],
        head=head["ref"],
        base=base["ref"],
        commit=head["sha"],
        open=data["state"] == "open",
        merge=data.get("merge_commit_sha") if merged else None,
        fork=home != own,
    )


def review_of(data: Document, edited: bool | None) -> Remark | None:
    """A review; None of one that isn't submitted yet."""
    if not data.get("submitted_at"):
        return None
    return Remark(
        who=login_of(data),
        kind="review",
        text=data.get("body") or "",
        at=datetime.fromisoformat(data["submitted_at"]),
        edited=edited,
        dismissed=data["state"] == "DISMISSED",
        commit=data.get("commit_id"),
        state=data["state"],
        machine=_machine(data),
        url=data.get("html_url", ""),
    )


def comment_of(data: Document, edited: bool | None) -> Remark:
    """A comment; where nobody could tell, its dates say whether it was edited."""
    return Remark(
        who=login_of(data),
        kind="comment",
        text=data.get("body") or "",
        at=datetime.fromisoformat(data["created_at"]),
        edited=bool(edited) or data["updated_at"] != data["created_at"],
        machine=_machine(data),
        url=data.get("html_url", ""),
    )


def login_of(data: Document) -> str:
    """Who wrote it; empty where the account is gone."""
    return str((data.get("user") or {}).get("login") or "")


def _machine(data: Document) -> bool:
    bot = (data.get("user") or {}).get("type") == "Bot"
    return bot or data.get("performed_via_github_app") is not None
