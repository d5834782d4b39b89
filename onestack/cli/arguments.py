"""Arguments that several verbs take."""

from __future__ import annotations

import click

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
full_option = click.option(
    "--full", is_flag=True, help="Have the engine look at every object, also those that didn't change."
)
stack_argument = click.argument("stack")
offline_option = click.option(
    "--offline/--online",
    default=None,
    help="For platform gcp: simulate Google Cloud here; verbs that change nothing do so without credentials.",
)
take_over_option = click.option(
    "--take-over",
    metavar="OWNER/NUMBER",
    help="Take over a lease that was never given back, of somebody who is known to be dead.",
)
