"""Resource quantities in the one form the API server writes them in."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

_FORM: Final = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?")
_BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL: Final = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_EXPONENTS: Final = {suffix: exponent for exponent, suffix in _DECIMAL.items()}
_NANO: Final = Decimal("1e-9")
_KIBI: Final = 1024


def canonical(text: str) -> str | None:
    """The quantity as Kubernetes prints it: ``1000m`` is ``1``, ``1024Mi`` is ``1Gi``, ``1000`` is ``1k``.

    None where the text is no quantity. The rule is that of apimachinery's resource.Quantity: no
    precision lost (below a nano it is rounded away from zero), no fraction, the largest suffix.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    sign, digits, suffix = found.group(1), found.group(2), found.group(3) or ""
    number = Decimal(digits) * (-1 if sign == "-" else 1)
    if suffix in _BINARY[1:]:
        return _binary(number * _KIBI ** _BINARY.index(suffix))
    if suffix in _EXPONENTS:
        return _decimal(number.scaleb(_EXPONENTS[suffix]), scientific=False)
    return _decimal(number.scaleb(int(suffix[1:])), scientific=True)


def _binary(value: Decimal) -> str:
    if -_KIBI < value < _KIBI:
        return _decimal(value, scientific=False)
    whole = int(value.to_integral_value(ROUND_CEILING if value > 0 else ROUND_FLOOR))
    power = 0
    while whole and whole % _KIBI == 0 and power < len(_BINARY) - 1:
        whole //= _KIBI
        power += 1
    return f"{whole}{_BINARY[power]}"


def _decimal(value: Decimal, *, scientific: bool) -> str:
    nanos = int((value / _NANO).to_integral_value(ROUND_CEILING if value > 0 else ROUND_FLOOR))
    if nanos == 0:
        return "0"
    exponent = -9
    while nanos % 1000 == 0 and (scientific or exponent < max(_DECIMAL)):
        nanos //= 1000
        exponent += 3
    if scientific:
        return f"{nanos}e{exponent}" if exponent else str(nanos)
    return f"{nanos}{_DECIMAL[exponent]}"
