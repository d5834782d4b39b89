"""Secrets taken out of what a tool says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from onestack.manifests.secrets import WORD

_HIDDEN: Final = "***"


def unsaid(said: str, secrets: Iterable[str]) -> str:
    """The text without the secrets; of those that are mere words, where they stand by themselves.

    Else a password that is ``value`` would take a piece out of the path ``templates/values.yaml``.
    """
    for secret in sorted(set(secrets), key=len, reverse=True):
        if WORD.fullmatch(secret.encode("utf-8", "replace")):
            said = re.sub(rf"(?<![\w/.-]){re.escape(secret)}(?![\w/-]|\.\w)", _HIDDEN, said)
        else:
            said = said.replace(secret, _HIDDEN)
    return said
