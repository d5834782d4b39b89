"""What a deployment would change, as a value, and its renderings. Pure."""

from onestack.plan.changes import changes
from onestack.plan.digest import digest
from onestack.plan.document import document, from_document, read, write
from onestack.plan.markdown import LIMIT, markdown
from onestack.plan.model import OPS, Change, Field, Missing, Op, Plan, Reach, Risk, Unchecked
from onestack.plan.risks import risks
from onestack.plan.text import text
from onestack.plan.words import verdict

__all__ = [
    "LIMIT",
    "OPS",
    "Change",
    "Field",
    "Missing",
    "Op",
    "Plan",
    "Reach",
    "Risk",
    "Unchecked",
    "changes",
    "digest",
    "document",
    "from_document",
    "markdown",
    "read",
    "risks",
    "text",
    "verdict",
    "write",
]
