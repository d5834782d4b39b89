"""How much a file of manifests may hold, so that no input costs more than seconds or megabytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one file. An object of the API can have about 3 MiB, so these are generous.

    ``nodes`` counts every mapping, list, key and scalar, ``characters`` the text of keys and scalars; what
    aliases repeat counts as often as they do.
    """

    file_bytes: int = 16 * 1024 * 1024
    characters: int = 16 * 1024 * 1024
    documents: int = 20_000
    nodes: int = 700_000
    depth: int = 100
    problems: int = 100
    """After so many problems a file isn't read on."""
    all_nodes: int = 1_000_000
    """Of all files of a load together."""


LIMITS = Limits()
