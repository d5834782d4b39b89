"""What a deployment would change, as a value, and its renderings. Pure."""

from onestack.plan.model import OPS, Change, Field, Missing, Op, Plan, Reach, Risk, Unchecked

__all__ = ["OPS", "Change", "Field", "Missing", "Op", "Plan", "Reach", "Risk", "Unchecked"]
