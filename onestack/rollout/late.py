"""A run that comes late: of a revision that is older than what is live. CI starts builds in any order."""

from __future__ import annotations

from onestack.errors import Overtaken
from onestack.gates.settings import GateSettings
from onestack.revision import precedes
from onestack.rollout.about import About, Order
from onestack.stack import Stack


def refuse_late(stack: Stack, about: About, order: Order) -> bool:
    """Whether it is older than what is live, and goes on because of an override.

    A stack that nobody but one person deploys may go on with any. Raises: Overtaken.
    """
    settings = stack.settings
    shared = (
        settings.gates != GateSettings() or settings.delivery.github or (settings.gcp and settings.gcp.github)
    )
    if about.revision is None or about.previous is None or not shared:
        return False
    late = precedes(stack.repository.root, about.revision.commit, about.previous)
    if late and not order.override:
        raise Overtaken(about.stack, about.revision.short, about.previous[:12])
    return late
