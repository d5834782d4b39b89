"""What counts as a version, and which ones fit."""

from __future__ import annotations

import pytest

from onestack.local.toolchain.version import Version, at_least, major, minor, parse


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("v3.255.0", Version(3, 255, 0)),
        ("etcd Version: 3.6.8\nGit SHA: Not provided\nGo Version: go1.26.8", Version(3, 6, 8)),
        ("v4.3", Version(4, 3, 0)),
        ("{Version:kustomize/v4.5.7 GitCommit:x}", Version(4, 5, 7)),
        ("v1.36.3-gke.1200", Version(1, 36, 3)),
        ("Go Version: go1.26.8", None),
        ("", None),
    ],
)
def test_the_first_version_in_what_a_program_says(said: str, expected: Version | None) -> None:
    assert parse(said) == expected


def test_minor_versions_around() -> None:
    fit = minor(1, 36, around=1)
    fitting = [n for n in range(33, 40) if fit.accepts(Version(1, n, 99))]
    assert fitting == [35, 36, 37]
    assert fit.words == "1.35 to 1.37"
    assert not fit.accepts(Version(2, 36))


def test_one_minor_version_and_a_major_one() -> None:
    assert [minor(3, 6).accepts(Version(3, n)) for n in (5, 6, 7)] == [False, True, False]
    assert [major(4).accepts(Version(n, 9, 9)) for n in (3, 4, 5)] == [False, True, False]


def test_at_least_within_the_major_version() -> None:
    fit = at_least(Version(3, 255, 0))
    versions = (Version(3, 254, 9), Version(3, 255, 0), Version(3, 300, 1), Version(4, 0))
    assert [fit.accepts(version) for version in versions] == [False, True, True, False]
