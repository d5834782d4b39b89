"""Who is told of deployments."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from onestack.frozen import Frozen


class SlackSettings(Frozen):
    """Where in Slack deployments are told of; the token comes from the environment."""

    channel: Annotated[str, Field(pattern=r"^(#[^\s#,]{1,80}|[CG][A-Z0-9]{8,})$")] | None = None
    """``#name`` or a channel's id; a webhook has its own."""


class NotifySettings(Frozen):
    """Who is told of deployments."""

    slack: SlackSettings | None = None
