"""Secrets taken out of what a tool says, in whatever form it says them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from onestack.manifests.secrets import WORD
from onestack.masking import MASKED, Mask


def unsaid(said: str, secrets: Iterable[str]) -> str:
    """The text without the secrets; of those that are mere words, where they stand by themselves.

    Else a password that is ``value`` would take a piece out of the path ``templates/values.yaml``.
    """
    values = frozenset(secret.encode("utf-8", "replace") for secret in secrets)
    words = frozenset(value for value in values if WORD.fullmatch(value))
    said = Mask(values - words, words)(said)
    for word in sorted(words, key=len, reverse=True):
        said = re.sub(rf"(?<![\w/.-]){re.escape(word.decode())}(?![\w/-]|\.\w)", MASKED, said)
    return said
