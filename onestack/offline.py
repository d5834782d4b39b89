"""Stacks of Google Cloud without Google Cloud: simulated on this machine, with stand-ins for secrets.

A simulation has a state of its own and touches nothing real: no credentials, no network, no costs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from onestack.engine.workspace import HOME, PUBLIC_SALT
from onestack.errors import NoGoogleCredentials, NothingToSimulate, ShellOfSimulation
from onestack.local.simulation import Simulation, current
from onestack.local.toolchain.files import replace_file
from onestack.manifests.reader import read
from onestack.progress import Progress
from onestack.settings import Settings, stack_file

STAND_IN: Final = "simulated"
"""The value of every secret that takes a key to read."""

_CREDENTIALS: Final = (
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_CLOUD_KEYFILE_JSON",
    "GCLOUD_KEYFILE_JSON",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
)
"""https://www.pulumi.com/registry/packages/gcp/installation-configuration/"""


def credentials(
    environ: Mapping[str, str] = os.environ, machine: Path = Path("/sys/class/dmi/id/product_name")
) -> bool:
    """Whether there is anything that could prove to Google who calls; nobody is asked."""
    if any(environ.get(name) for name in _CREDENTIALS):
        return True
    home = Path(environ.get("CLOUDSDK_CONFIG") or Path(environ.get("HOME", "/")) / ".config" / "gcloud")
    return (home / "application_default_credentials.json").is_file() or (
        machine.is_file() and machine.read_text().strip() == "Google Compute Engine"
    )


def simulated(settings: Settings, asked: bool | None, *, plans: bool, progress: Progress) -> bool:
    """Whether the stack of ``settings`` is simulated: as ``asked``, else where planning can't do without.

    In the shell of a simulation every stack of Google Cloud is: its state and its certificates are that
    simulation's.

    Raises: NothingToSimulate; ShellOfSimulation for what is real there; NoGoogleCredentials where a verb
        that doesn't just plan has none.
    """
    if settings.platform != "gcp":
        if asked:
            raise NothingToSimulate(settings.stack, settings.platform)
        if settings.platform == "kubeconfig" and current():
            raise ShellOfSimulation(settings.stack)
        return False
    if asked is False and current():
        raise ShellOfSimulation(settings.stack)
    if asked is None and current():
        return True
    if asked is not None or credentials():
        return bool(asked)
    if not plans:
        raise NoGoogleCredentials(settings.stack)
    progress.note("no Google credentials here: planned offline, as with --offline")
    return True


def simulation(root: Path, stack: str, progress: Progress) -> Simulation:
    """The repository's simulation, made ready for a stack. Raises: OSError; as `Plane.up`."""
    # What starts control planes takes 0.05 s to read, which no other stack has to pay.
    from onestack.local.gcp.preparing import prepare  # noqa: PLC0415

    made = Simulation(root.absolute() / HOME / "simulation")
    (whole,) = read(stack_file(root, stack).read_bytes(), stack_file(root, stack).name).documents
    replace_file(made.stack_file(stack), json.dumps(stand_in(whole.value)))
    prepare(made, stack, progress)
    return made


def stand_in(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a stack's file holds, without anything that takes a key to read. Pure.

    What everybody can read stays: plain pulumi, which reads the file itself, then sees the same.
    """
    if content.get("encryptionsalt") == PUBLIC_SALT and not content.get("secretsprovider"):
        return content
    plain = {key: held for key, held in content.items() if key not in {"secretsprovider", "encryptedkey"}}
    return plain | {"config": _plain(content.get("config") or {}), "encryptionsalt": PUBLIC_SALT}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return STAND_IN if set(value) == {"secure"} else {key: _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list) else value
