"""Draws docs/make-up.svg: what `make up` prints on a terminal, from a real run.

make down; .venv/bin/python docs/picture.py
"""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "make-up.svg"

# As rich's own, without its fonts: those would be fetched from the network by whoever looks.
FRAME = """\
<svg class="rich-terminal" xml:space="preserve" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Runs `make up` and draws what it said."""
    done = subprocess.run(["make", "up"], cwd=ROOT, capture_output=True, text=True, check=True)
    console = Console(record=True, width=132, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ make up", style="bold"))
    home = str(ROOT)
    for line in done.stderr.splitlines():
        console.print(
            line.rstrip().replace(home, "~/onestack"), markup=False, highlight=False, soft_wrap=True
        )
    PICTURE.write_text(console.export_svg(title="onestack", theme=MONOKAI, code_format=FRAME))


main()
