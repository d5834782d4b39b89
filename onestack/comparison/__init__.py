"""What lies between two revisions of a stack, in objects and cloud resources and not in text."""

from onestack.comparison.declared import compare
from onestack.comparison.difference import Comparison, Difference, Thing, differences, masked
from onestack.comparison.show import document, lines, summary

__all__ = [
    "Comparison",
    "Difference",
    "Thing",
    "compare",
    "differences",
    "document",
    "lines",
    "masked",
    "summary",
]
