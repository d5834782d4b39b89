"""The one JSON document that ``--json`` prints."""

from __future__ import annotations

from typing import Any

import click
import orjson

from onestack.masking import NOTHING, Mask


def print_document(document: Any, mask: Mask = NOTHING) -> None:
    """Prints a document on stdout (schemas: docs/json.md), without what ``mask`` takes out."""
    click.echo(orjson.dumps(mask.tree(document), option=orjson.OPT_INDENT_2).decode())
