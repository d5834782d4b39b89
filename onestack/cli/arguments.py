"""Arguments that several verbs take."""

from __future__ import annotations

import click

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
stack_argument = click.argument("stack")
