"""The ledger of a stack: every deployment, each entry sealing the one before.

What it proves, and what it doesn't, is in docs/ledger.md.
"""

from onestack.ledger.deployments import Deployed, deployments, killed
from onestack.ledger.entry import Approval, Begin, End, Entry, Outcome, Results, Verb
from onestack.ledger.ledger import Ledger
from onestack.ledger.verify import Chain, Fault, Head, unfinished, verify

__all__ = [
    "Approval",
    "Begin",
    "Chain",
    "Deployed",
    "End",
    "Entry",
    "Fault",
    "Head",
    "Ledger",
    "Outcome",
    "Results",
    "Verb",
    "deployments",
    "killed",
    "unfinished",
    "verify",
]
