"""The lease of a stack: of all deployments, on whatever machine, one at a time may write."""

from onestack.lease.holding import Holding, look
from onestack.lease.lease import Lease, take
from onestack.lease.owner import Owner, mine

__all__ = ["Holding", "Lease", "Owner", "look", "mine", "take"]
