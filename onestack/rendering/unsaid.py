"""Secrets taken out of what a tool says, in whatever form it says them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from onestack.manifests.secrets import WORD
from onestack.masking import MASKED, Mask

# The password in an address, whatever the value is called that the address stands in.
_PASSWORD: Final = re.compile(r"""(?<=://)([^\s/?#:@"']{0,256}:)[^\s/?#@"']{1,1024}(?=@)""")


def unsaid(said: str, secrets: Iterable[str]) -> str:
    """The text without the secrets and passwords of addresses; of mere words, where they stand by themselves.

    Else a password that is ``value`` would take a piece out of the path ``templates/values.yaml``.
    """
    values = frozenset(secret.encode("utf-8", "replace") for secret in secrets)
    words = frozenset(value for value in values if WORD.fullmatch(value))
    said = Mask(values - words, words)(said)
    for word in sorted(words, key=len, reverse=True):
        said = re.sub(rf"(?<![\w/.-]){re.escape(word.decode())}(?![\w/-]|\.\w)", MASKED, said)
    return _PASSWORD.sub(rf"\1{MASKED}", said)
