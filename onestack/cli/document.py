"""The one JSON document that ``--json`` prints."""

from __future__ import annotations

from typing import Any

import click
import orjson


def print_document(document: Any) -> None:
    """Prints a document on stdout (schemas: docs/json.md)."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
