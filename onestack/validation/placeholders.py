"""Placeholders that can't be filled, or stand where no secret may. Pure: nothing is decrypted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.manifests.placeholders import Fault, Placeholder, command, placeholders
from onestack.validation.finding import Finding, Rule, Severity

_SAID: Final[dict[Fault, tuple[str, str]]] = {
    "name": (
        "'${{secrets:{name}}}' has no name that a secret can have",
        "letters, digits, '.', '_' and '-'; for the text itself write '$${{secrets:...}}'",
    ),
    "unclosed": (
        "a placeholder begins here and does not end",
        "write '${{secrets:NAME}}' without blanks; for the text itself '$${{secrets:'",
    ),
    "raw": (
        "'${{secrets:{name}}}' stands in data, which holds base64",
        "move it to stringData, which takes text as it is",
    ),
    "place": (
        "'${{secrets:{name}}}' stands where its value would be readable by everyone",
        (
            "placeholders go into data and stringData of a Secret only: take the value from there "
            "(secretKeyRef, a volume); for the text itself write '$${{secrets:{name}}}'"
        ),
    ),
}


def findings(manifests: Sequence[Manifest], known: Collection[str] | None, stack: str) -> Iterator[Finding]:
    """An error for each placeholder that is wrong, or whose name the stack doesn't know."""
    for manifest in manifests:
        for one in placeholders(manifest.body):
            said = _said(one, known, stack)
            if said is not None:
                problem = manifest.problem(*said, *one.path, key=one.key)
                yield Finding(Rule.PLACEHOLDER, Severity.ERROR, manifest.identity, problem)


def _said(one: Placeholder, known: Collection[str] | None, stack: str) -> tuple[str, str] | None:
    if one.fault:
        what, expected = _SAID[one.fault]
        return what.format(name=one.name[:80]), expected.format(name=one.name[:80])
    if known is None or one.name in known:
        return None
    return f"stack '{stack}' has no secret '{one.name}'", f"set it: {command(stack, one.name)}"
