"""What failures of a deployment say, by object. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from onestack.errors import EngineFailed, NotReady, OnestackError
from onestack.manifests.manifest import Identity, Manifest
from onestack.trial.model import Said

LONGEST: Final = 4_000
_OBJECT: Final = re.compile(r"^\W*([A-Z]\w+)(?:\.[\w.-]+)?( (?:[\w.-]+/)?[\w.:-]+): (.+)$")
# The official plugin's words, and those of its stand-in, where an object that exists is changed.
_UPDATED: Final = re.compile(
    r'^\W*the Kubernetes API server reported that "(?P<name>[^"]+)" failed to fully initialize or become '
    r"live: (?P<why>.+)$"
)


def not_ready(error: OnestackError) -> tuple[Said, ...]:
    """The objects that didn't become ready, and why."""
    return tuple(_by_object(error.why)) if isinstance(error, NotReady) else ()


def refused(
    error: OnestackError, manifests: Sequence[Manifest], verdicts: Iterable[Said]
) -> tuple[Said, ...]:
    """The objects that were refused in a run of the engine, and why: what the engine said, which stops at
    some, then the API server's ``verdicts`` on the others."""
    if not isinstance(error, EngineFailed):
        return ()
    engines = {one.object: one for one in (*_by_object(error.why), *_updated(error.why, manifests))}
    return (*engines.values(), *(one for one in verdicts if one.object not in engines))


def cut(text: str) -> str:
    """A text that is no longer than a trial holds."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def named(identity: Identity) -> str:
    """An object as it is named in a trial, and in a plan."""
    inside = f"{identity.namespace}/" if identity.namespace else ""
    return f"{identity.kind} {inside}{identity.name}"


def _by_object(text: str) -> Iterator[Said]:
    found = (_OBJECT.match(line) for line in text.splitlines())
    yield from (Said(one[1] + one[2], cut(one[3])) for one in found if one)


def _updated(text: str, manifests: Sequence[Manifest]) -> Iterator[Said]:
    """Those that the engine names without their kind, which may be several of one name."""
    for one in filter(None, map(_UPDATED.match, text.splitlines())):
        alike = [manifest for manifest in manifests if manifest.resource_name == one["name"]]
        meant = [manifest for manifest in alike if manifest.kind in one["why"]] or alike
        yield Said(named(meant[0].identity) if len(meant) == 1 else one["name"], cut(one["why"]))
