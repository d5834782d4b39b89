"""The ``onestack`` command: arguments in, a verb of `onestack.delivery`, tables or JSON out."""

from onestack.cli.entry import cli, main

__all__ = ["cli", "main"]
