"""A simulated Google Cloud on this machine: where it is kept, and how a process takes part in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VARIABLE: Final = "ONESTACK_SIMULATION"
"""Says where the simulation is to all that take part in it."""


@dataclass(frozen=True)
class Simulation:
    """``folder``, in a repository's ``.onestack``, holds all of it."""

    folder: Path

    @property
    def state(self) -> Path:
        """The folder of the file backend: never that of anything real."""
        return self.folder / "state"

    @property
    def bin(self) -> Path:
        """What stands in for Google's programs."""
        return self.folder / "bin"

    @property
    def trusted(self) -> Path:
        """The authorities that are trusted, the clusters' among them, in PEM."""
        return self.folder / "trusted.pem"

    def stack_file(self, stack: str) -> Path:
        """The file of a stack that the engine reads instead of the one in ``stacks/``."""
        return self.folder / f"Pulumi.{stack}.yaml"

    def variables(self, stack: str) -> Mapping[str, str]:
        """What a process has to see in its environment; the certificates are for OpenSSL and Go alike.

        The last is Pulumi's option ``--config-file``.
        """
        return {
            VARIABLE: str(self.folder),
            "SSL_CERT_FILE": str(self.trusted),
            "PULUMI_OPTION_CONFIG_FILE": str(self.stack_file(stack)),
        }


def current() -> Path | None:
    """The folder of the simulation that this process takes part in."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None
