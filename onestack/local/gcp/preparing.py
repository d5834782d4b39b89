"""What a simulation needs before anything takes part in it: programs, certificates, running clusters."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from typing import Final

from onestack.errors import OnestackError
from onestack.local.gcp.clusters import planes
from onestack.local.simulation import Simulation
from onestack.local.toolchain.files import replace_file
from onestack.local.toolchain.launcher import write_launcher
from onestack.progress import Progress

_PROGRAMS: Final = {
    "pulumi-resource-gcp": "onestack.local.gcp",
    "gke-gcloud-auth-plugin": "onestack.local.gcp.credentials",
}


def prepare(simulation: Simulation, stack: str, progress: Progress) -> None:
    """Writes what is missing and starts the clusters that don't run; this process then takes part, too.

    Raises: OSError.
    """
    there = planes(simulation.folder)
    for name, module in _PROGRAMS.items():
        write_launcher(simulation.bin / name, module, sys.executable)
    own = there.authority.certificate("ca").read_text()
    replace_file(simulation.trusted, f"{_authorities(simulation)}\n{own}", mode=0o644)
    for name in there.names():
        if there.plane(name).status().state != "running":
            progress.step(f"starting the simulated cluster {name}")
            try:
                there.start(name, progress)
            except OnestackError as error:  # it may be another stack's
                progress.note(f"the simulated cluster {name} doesn't start: {error.what}")
    path = os.environ.get("PATH", os.defpath)
    os.environ.update({**simulation.variables(stack), "PATH": f"{simulation.bin}{os.pathsep}{path}"})


def _authorities(simulation: Simulation) -> str:
    """Those that are trusted without it: the caller's choice, else the machine's."""
    chosen = os.environ.get("SSL_CERT_FILE", "")
    default = ssl.get_default_verify_paths().openssl_cafile
    file = Path(default if chosen in {"", str(simulation.trusted)} else chosen)
    return file.read_text() if file.is_file() else ""
