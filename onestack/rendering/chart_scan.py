"""What can be told of a chart by looking at its text. Pure.

Each of these errs on the safe side: a chart that only mentions a function is taken to use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
# Comments, and actions with the literals in them, which may hold anything; each is looked at once.
_ACTIONS: Final = re.compile(
    rb"\{\{-?\s*/\*.*?\*/"
    rb"|\{\{(?P<said>(?:[^\"'`}]|\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`|'(?:[^'\\\n]|\\.)*+'|\}(?!\}))*+)\}\}",
    re.DOTALL,
)
_LITERAL: Final = re.compile(rb"\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`|'(?:[^'\\\n]|\\.)*+'", re.DOTALL)
# Of these, two renderings may be the same although a third isn't: few outcomes, or a moment in between.
# The formats of dates take the time of day for whatever is no date.
_PASSING: Final = re.compile(
    rb"(?<![\w.$-])(now|ago|date|dateInZone|date_in_zone|htmlDate|htmlDateInZone|randInt|shuffle)(?![\w-])"
)
_UNREAD: Final = (".md", "NOTES.txt")
# These give an order only, and every chart has one of the words.
_ORDER: Final = frozenset({"keys", "values"})


@dataclass
class Told:
    """What the texts of a chart tell, taken one by one.

    ``asks`` says that what it renders to may depend on the API versions that there are; ``changing`` has the
    functions, by template, that may give something else each time; ``passing`` those that may do so unseen.
    """

    asks: bool = False
    changing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passing: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def chance(self) -> bool:
        """Whether two renderings that come out the same may do so by chance, or for being a moment apart."""
        return bool(self.passing) or any(
            name not in _ORDER for names in self.changing.values() for name in names
        )

    def take(self, name: str, content: bytes) -> None:
        """Looks at one text."""
        self.asks = self.asks or (not name.endswith(".md") and _ASKS.search(content) is not None)
        if _ACTION in content and (names := sorted({found.decode() for found in _RANDOM.findall(content)})):
            self.changing[name] = tuple(names)
        if _ACTION in content and not name.endswith(_UNREAD) and (passing := _passing(content)):
            self.passing[name] = passing


def _passing(content: bytes) -> tuple[str, ...]:
    found = (name for action in _actions(content) for name in _PASSING.findall(_LITERAL.sub(b" ", action)))
    return tuple(sorted({name.decode() for name in found}))


def _actions(content: bytes) -> Iterator[bytes]:
    """What stands between braces; of what has no end, which is no template to Helm, all the rest."""
    at = content.find(_ACTION)
    while at >= 0:
        action = _ACTIONS.match(content, at)
        yield content[at:] if action is None else action["said"] or b""
        at = -1 if action is None else content.find(_ACTION, action.end())
