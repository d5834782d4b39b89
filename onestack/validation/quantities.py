"""Quantities: ``500m``, ``1Gi``, ``2e3`` (k8s.io/apimachinery, ``api/resource``). Pure."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

_QUANTITY: Final = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,4}))?\Z"
)
_FACTORS: Final = {
    **{suffix: Fraction(1000) ** power for power, suffix in enumerate("num_kMGTPE", start=-3)},
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}


def is_quantity(text: str) -> bool:
    """Whether the API server takes it as a quantity."""
    return _QUANTITY.match(text) is not None


def amount(value: Any) -> Fraction | None:
    """The number that a quantity stands for; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    found = _QUANTITY.match(str(value))
    if found is None:
        return None
    number, suffix, exponent = found.groups()
    scale = _FACTORS[suffix] if suffix else Fraction(10) ** int(exponent or 0)
    return Fraction(number) * scale
