"""A run that comes late: of a revision that is older than what is live. CI starts builds in any order."""

from __future__ import annotations

from onestack.errors import Overtaken
from onestack.gates.settings import GateSettings
from onestack.revision import precedes
from onestack.rollout.about import About, Order
from onestack.stack import Stack


def refuse_late(stack: Stack, about: About, order: Order) -> None:
    """Goes on with what isn't older than what is live; a stack that nobody but one person deploys may.

    Raises: Overtaken.
    """
    settings = stack.settings
    shared = (
        settings.gates != GateSettings() or settings.delivery.github or (settings.gcp and settings.gcp.github)
    )
    if about.revision is None or about.previous is None or order.override or not shared:
        return
    if precedes(stack.repository.root, about.revision.commit, about.previous):
        raise Overtaken(about.stack, about.revision.short, about.previous[:12])
