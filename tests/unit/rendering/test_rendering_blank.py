"""What holds no object: told where a tool made it, an error where it is written so."""

from __future__ import annotations

import pytest

from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.rendering.blank import tell_if_blank


@pytest.mark.parametrize("made", [(), (b"",), (b"---\n# a\n\n--- # b\n", b"\n  # c\n")])
def test_separators_and_comments_are_no_objects(made: tuple[bytes, ...]) -> None:
    problems = Problems()
    tell_if_blank(Application("a"), "f", made, problems)
    assert [one.file for one in problems.warnings] == ["f"]
    assert problems.found == []


@pytest.mark.parametrize("made", [b"a: b", b"---\n# a\n  a: b\n", b"{}"])
def test_anything_else_may_be_one(made: bytes) -> None:
    problems = Problems()
    tell_if_blank(Application("a"), "f", (b"", made), problems)
    assert problems.warnings == []
