"""A GitHub with one pull request, and ours that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onestack.forge import Forge, place
from tests.stand_ins.github import GitHub, github

MAIN, HEAD, OTHER = "a" * 40, "b" * 40, "c" * 40


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with github() as there:
        there.people.branches.heads |= {"main": MAIN, "fix": HEAD}
        there.people.open("fix", "main", title="Fix it")
        yield there


@pytest.fixture
def forge(hub: GitHub) -> Forge:
    return speaking(hub)


def speaking(hub: GitHub, **environ: str) -> Forge:
    """Ours, which waits but shortly."""
    return Forge(place(hub.environ(commit=HEAD, pull=1) | environ), patience=5, pause=0.001)
