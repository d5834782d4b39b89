"""A stack's deployment as a team does it: one at a time, planned, allowed, proven, written down and told."""

from onestack.rollout.about import About, Considered, Order, Rollout
from onestack.rollout.once import tried
from onestack.rollout.run import deploy, destroy
from onestack.rollout.telling import Listener

__all__ = ["About", "Considered", "Listener", "Order", "Rollout", "deploy", "destroy", "tried"]
