"""What a simulation needs before anything takes part in it: programs, certificates, running clusters."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from typing import Final

from onestack.local.gcp.clusters import planes
from onestack.local.simulation import Simulation
from onestack.local.toolchain.files import replace_file
from onestack.local.toolchain.launcher import write_launcher
from onestack.progress import Progress

_PROGRAMS: Final = {
    "pulumi-resource-gcp": "onestack.local.gcp",
    "gke-gcloud-auth-plugin": "onestack.local.gcp.credentials",
}


def prepare(simulation: Simulation, progress: Progress) -> None:
    """Writes what is missing and starts the clusters that don't run; this process then takes part, too.

    Raises: OSError; as `Plane.up`.
    """
    there = planes(simulation.folder)
    for name, module in _PROGRAMS.items():
        write_launcher(simulation.bin / name, module, sys.executable)
    own = there.authority.certificate("ca").read_text()
    replace_file(simulation.trusted, f"{_authorities()}\n{own}", mode=0o644)
    for name in there.names():
        if there.plane(name).status().state != "running":
            progress.step(f"starting the simulated cluster {name}")
            there.start(name, progress)
    path = os.environ.get("PATH", os.defpath)
    os.environ.update({**simulation.variables(), "PATH": f"{simulation.bin}{os.pathsep}{path}"})


def _authorities() -> str:
    """Those that the machine trusts by itself."""
    file = Path(ssl.get_default_verify_paths().openssl_cafile)
    return file.read_text() if file.is_file() else ""
