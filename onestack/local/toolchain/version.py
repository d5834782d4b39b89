"""Versions of tools, and which of them fit; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERS = re.compile(r"(?<![\w.])v?(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, order=True)
class Version:
    """Three numbers; a suffix such as ``-gke.100`` says nothing about what fits and is not kept."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def parse(text: str) -> Version | None:
    """The first version in ``text``, or None. ``v4.3`` is 4.3.0; ``kustomize/v5.8.2`` is 5.8.2."""
    match = _NUMBERS.search(text)
    if match is None:
        return None
    numbers = [int(number) for number in match.groups() if number is not None]
    return Version(*numbers)


@dataclass(frozen=True)
class Fit:
    """The versions from ``low`` on and below ``below``; ``words`` says it to a person."""

    low: Version
    below: Version
    words: str

    def accepts(self, version: Version) -> bool:
        return self.low <= version < self.below


def major(number: int) -> Fit:
    """Any version with this major number."""
    return Fit(Version(number, 0), Version(number + 1, 0), f"{number}.x")


def minor(major_number: int, minor_number: int, *, around: int = 0) -> Fit:
    """One minor version, or those at most ``around`` minor versions away."""
    low, high = minor_number - around, minor_number + around
    words = f"{major_number}.{low}" if not around else f"{major_number}.{low} to {major_number}.{high}"
    return Fit(Version(major_number, low), Version(major_number, high + 1), words)


def at_least(version: Version) -> Fit:
    """This version or a newer one with the same major number."""
    return Fit(version, Version(version.major + 1, 0), f"{version} or a newer {version.major}.x")
