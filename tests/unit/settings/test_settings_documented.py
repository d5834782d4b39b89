"""Every example of settings in the guides is one that is taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onestack import settings

DOCS = Path(__file__).parents[3] / "docs"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(found[1], id=f"{guide.name}:{number}")
    for guide in sorted(DOCS.glob("*.md"))
    for number, found in enumerate(BLOCK.finditer(guide.read_text(encoding="utf-8")), start=1)
    if found[1].startswith("onestack:")
]
PLATFORM = "config:\n  onestack:platform: embedded\n"
MANIFESTS = "  onestack:manifests: {applications: {}}\n"


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_a_guide_is_taken(tmp_path: Path, example: str) -> None:
    (tmp_path / "stacks").mkdir()
    lines = (f"  {line}" for line in example.splitlines())
    rest = PLATFORM if "onestack:manifests:" in example else PLATFORM + MANIFESTS
    (tmp_path / "stacks/Pulumi.live.yaml").write_text(rest + "\n".join(lines) + "\n")
    settings.from_file(tmp_path, "live")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 1
