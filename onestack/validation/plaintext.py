"""Secrets whose values stand in git for everyone to read. Pure; values are never said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.errors import Problem
from onestack.manifests.manifest import Manifest
from onestack.manifests.placeholders import Path, is_secret, plaintext_paths, values
from onestack.validation.finding import Finding, Rule, Severity, Weights
from onestack.validation.parts import text

# The API server fills these in itself; what a manifest says there is its owner's name or nothing.
_FILLED: Final = frozenset({"kubernetes.io/service-account-token"})
# Certificates without a key are shown to everyone who connects.
_CERTIFICATES: Final = re.compile(
    rb"(?:[^-]*-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----[^-]+-----END [A-Z ]+-----)+\s*"
)


def findings(manifests: Sequence[Manifest], weights: Weights) -> tuple[Finding, ...]:
    """One finding per Secret with plain text, naming its keys."""
    severity = weights.of(Rule.PLAINTEXT)
    if severity is Severity.OFF:
        return ()
    return tuple(
        Finding(Rule.PLAINTEXT, severity, manifest.identity, _problem(manifest, paths))
        for manifest in manifests
        if (paths := tuple(_readable(manifest.body)))
    )


def _problem(manifest: Manifest, paths: Sequence[Path]) -> Problem:
    keys = ", ".join(str(path[-1])[:80] for path in paths)
    what = f"the values of this Secret are in git in plain text: {keys}"
    expected = "encrypt them in the stack's file and write ${secrets:NAME} here, as docs/secrets.md says"
    return manifest.problem(what, expected, *paths[0], key=True)


def _readable(body: Mapping[str, Any]) -> Iterator[Path]:
    if not is_secret(body) or text(body, "type") in _FILLED:
        return
    held = dict(values(body))
    for path in plaintext_paths(body):
        if not _CERTIFICATES.fullmatch(held[path]):
            yield path
