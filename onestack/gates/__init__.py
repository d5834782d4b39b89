"""What stops a deployment: policy, limits, approvals and windows, as decisions on values. Pure."""

from onestack.gates.approvals import Approval, Approvers
from onestack.gates.clock import Clock
from onestack.gates.decision import decide
from onestack.gates.policy import Review, Rule, Violation, rule
from onestack.gates.settings import GateSettings
from onestack.gates.verdict import Verdict, closed, document, require, waits

__all__ = [
    "Approval",
    "Approvers",
    "Clock",
    "GateSettings",
    "Review",
    "Rule",
    "Verdict",
    "Violation",
    "closed",
    "decide",
    "document",
    "require",
    "rule",
    "waits",
]
