"""The one JSON document that ``--json`` prints."""

from __future__ import annotations

from typing import Any

import click
import orjson

from onestack.harmless import harmless_json
from onestack.masking import NOTHING, Mask


def print_document(document: Any, mask: Mask = NOTHING) -> None:
    """Prints a document on stdout (schemas: docs/json.md), without what ``mask`` takes out.

    What a terminal or GitHub's runner would obey is escaped, so that the values stay the same.
    """
    written = orjson.dumps(mask.tree(document), option=orjson.OPT_INDENT_2).decode()
    click.echo(harmless_json(written))
