"""The rules that come with onestack, in the order in which they are told. Pure."""

from typing import Final

from onestack.gates.policy import Rule
from onestack.gates.rules import cloud, exposure, pods, rights

OURS: Final[tuple[Rule, ...]] = (*pods.RULES, *rights.RULES, *exposure.RULES, *cloud.RULES)

__all__ = ["OURS"]
