"""Where the engine works: the repository, the stack, the state beside it, the environment it sees."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = ".onestack"

# The embedded stack's state holds nothing that is secret anywhere else, and a clone must be able to
# read it without asking anyone: its passphrase is public on purpose.
PUBLIC_PASSPHRASE = "onestack-local"  # noqa: S105 - public on purpose, see above


@dataclass(frozen=True)
class Workspace:
    """One stack of one repository, as the engine sees it.

    ``project`` is the name in Pulumi.yaml; ``bin_dirs`` are put in front of PATH, in order.
    ``shared_state`` says that the caller's own backend and passphrase count, where they are set:
    a stack that only this machine has (the embedded one) keeps its state beside the clone.
    """

    root: Path
    project: str
    stack: str
    bin_dirs: tuple[Path, ...]
    kubeconfig: Path
    pulumi_home: Path
    shared_state: bool = False

    @property
    def state(self) -> Path:
        """The folder of the file backend."""
        return self.root / HOME / "state"

    @property
    def checkpoint(self) -> Path:
        """The stack's state file in the file backend."""
        return checkpoint(self.root, self.project, self.stack)

    @property
    def locks(self) -> Path:
        """The folder of the stack's lock files in the file backend."""
        return self.state / ".pulumi" / "locks" / "organization" / self.project / self.stack

    def settings(self) -> dict[str, str]:
        """The variables with which plain ``pulumi`` and ``kubectl`` work on this stack."""
        own = {
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PUBLIC_PASSPHRASE,
        }
        if self.shared_state:
            own = _unless_set(own, os.environ)
        return {
            **own,
            "PULUMI_HOME": str(self.pulumi_home),
            "PULUMI_STACK": self.stack,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # The toolchain brings the plugins. The engine would look for those of every installed
            # package in every run, and where downloads are closed that takes it 2.5 s.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "KUBECONFIG": str(self.kubeconfig),
        }

    def search_path(self) -> tuple[str, ...]:
        """What goes in front of PATH: the interpreter that runs the program first."""
        return (str(Path(sys.executable).parent), *(str(folder) for folder in self.bin_dirs))

    def environment(self) -> dict[str, str]:
        """The whole environment of an engine run."""
        path = os.pathsep.join([*self.search_path(), os.environ.get("PATH", os.defpath)])
        # Twice the default heap growth: the engine's garbage collector otherwise takes a fifth of its time.
        return {"GOGC": "400", **os.environ, **self.settings(), "PATH": path}


def checkpoint(root: Path, project: str, stack: str) -> Path:
    """A stack's state file in the file backend beside the clone."""
    return root / HOME / "state" / ".pulumi" / "stacks" / project / f"{stack}.json"


def held(file: Path) -> frozenset[str]:
    """``type::name`` of every resource in a state file; nothing where there is none."""
    try:
        resources = json.loads(file.read_text())["checkpoint"]["latest"]["resources"] or []
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset("::".join(str(one.get("urn", "")).split("::")[2:]) for one in resources)


def forget(root: Path, project: str, stack: str) -> None:
    """Removes the state of a stack whose cluster is gone, with the engine's backup of it."""
    file = checkpoint(root, project, stack)
    for one in (file, file.with_name(f"{file.name}.bak")):
        one.unlink(missing_ok=True)


def _unless_set(own: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: environ.get(name, value) for name, value in own.items()}
    if "PULUMI_CONFIG_PASSPHRASE_FILE" in environ:
        kept.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return kept
