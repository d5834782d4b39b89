"""What can be told of a chart by looking at its text. Pure.

Each of these errs on the safe side: a chart that only mentions a function is taken to use it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

# Functions of sprig and Helm that give something else each time they are called, or an order.
_RANDOM: Final = re.compile(
    rb"\b(rand(?:Alpha|Numeric|AlphaNum|Ascii|Bytes|Int)|uuidv4|shuffle|bcrypt|htpasswd|encryptAES|now|ago"
    rb"|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey)"
    rb"|keys|values)\b"
)
# KubeVersion and HelmVersion are the same whatever CRDs there are.
_ASKS: Final = re.compile(rb"Capabilities(?!\.(?:KubeVersion|HelmVersion)\b)")
_ACTION: Final = b"{{"
# These give an order only, and every chart has one of the words.
_ORDER: Final = frozenset({"keys", "values"})


@dataclass
class Told:
    """What the texts of a chart tell, taken one by one.

    ``asks`` says that what it renders to may depend on the API versions that there are; ``changing`` has the
    functions, by template, that may give something else each time.
    """

    asks: bool = False
    changing: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def chance(self) -> bool:
        """Whether two renderings that come out the same may do so by chance, or for being a moment apart."""
        return any(name not in _ORDER for names in self.changing.values() for name in names)

    def take(self, name: str, content: bytes) -> None:
        """Looks at one text."""
        self.asks = self.asks or (not name.endswith(".md") and _ASKS.search(content) is not None)
        if _ACTION in content and (names := sorted({found.decode() for found in _RANDOM.findall(content)})):
            self.changing[name] = tuple(names)
