"""What is known of an object without a cluster: never silently nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from onestack.manifests.manifest import Identity


class State(StrEnum):
    """Whether an object's fields could be checked, and what came of it."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True)
class Verdict:
    """``because`` says why an object is not checkable, and is empty for the others.

    ``unchecked`` says what of a checked object had to be left out, such as rules in an unknown language.
    """

    identity: Identity
    state: State
    because: str = ""
    unchecked: str = ""
