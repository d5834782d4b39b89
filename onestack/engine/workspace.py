"""Where the engine works: the repository, the stack, the state beside it, the environment it sees."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from onestack.child import without_tokens
from onestack.engine import marker
from onestack.errors import PublicPassphrase
from onestack.local.simulation import VARIABLE, Simulation, current

HOME = ".onestack"

# The embedded stack's state holds nothing that is secret anywhere else, and a clone must be able to
# read it without asking anyone: its passphrase is public on purpose.
PUBLIC_PASSPHRASE = "onestack-local"  # noqa: S105 - public on purpose, see above

# By it the engine knows that a passphrase is the public one.
PUBLIC_SALT = "v1:YCT3UwI9Hw8=:v1:tEyTqRgtRN1DS3qW:wEN9p9glh6w8yS7bAu7Esydi3c+KVA=="

_PASSPHRASES = frozenset({"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"})


@dataclass(frozen=True)
class Workspace:
    """One stack of one repository, as the engine sees it.

    ``project`` is the name in Pulumi.yaml; ``bin_dirs`` are put in front of PATH, in order.
    ``shared_state`` says that the caller's own backend and passphrase count, where they are set:
    a stack that only this machine has (the embedded one) keeps its state beside the clone.
    ``secrets_provider`` is the address of a key in a cloud that secrets are encrypted with, for a state
    that is shared; without one a passphrase is the key.
    ``home`` is the address of the state that the stack's settings name; the caller's own comes before it.
    ``aside`` is a folder with an excerpt of the state, for a run that is given no more.
    ``cloud`` says that the stack has more than objects of a cluster. In a ``simulation`` of that cloud
    nothing of the caller's counts: state, passphrase and the stack's file are the simulation's own.
    """

    root: Path
    project: str
    stack: str
    bin_dirs: tuple[Path, ...]
    kubeconfig: Path
    pulumi_home: Path
    context: str | None = None
    shared_state: bool = False
    secrets_provider: str | None = None
    home: str | None = None
    aside: Path | None = None
    cloud: bool = False
    simulation: Simulation | None = None

    @property
    def state(self) -> Path:
        """The folder of the file backend."""
        return self.aside or self._home

    @property
    def _home(self) -> Path:
        return self.simulation.state if self.simulation else self.root / HOME / "state"

    @property
    def checkpointed(self) -> bool:
        """Whether the engine has to write the state after each resource.

        That is quadratic. A run that dies without is finished from the cluster instead (docs/adr/0003);
        its marker stands beside a state that only we write. What a cloud has can't be found like that.
        """
        return self.cloud or not self.own_state

    @property
    def backend(self) -> str:
        """The address of the state."""
        if self.aside is not None or self.simulation is not None or not self.shared_state:
            return self.state.as_uri()
        return os.environ.get("PULUMI_BACKEND_URL", self.home or self.state.as_uri())

    @property
    def own_state(self) -> bool:
        """Whether the state is the one beside this clone, which nobody else writes."""
        return self.backend == self.state.as_uri()

    @property
    def marker(self) -> Path:
        """The in-flight marker of runs that write."""
        return marker_file(self._home, self.project, self.stack)

    @property
    def checkpoint(self) -> Path:
        """The stack's state file in the file backend."""
        return checkpoint(self.state, self.project, self.stack)

    @property
    def history(self) -> Path:
        """The folder of the stack's history in the file backend."""
        return self.state / ".pulumi" / "history" / self.project / self.stack

    @property
    def locks(self) -> Path:
        """The folder of the stack's lock files in the file backend."""
        return self.locks_below(self.state)

    def locks_below(self, state: Path) -> Path:
        """The folder of the stack's lock files, where the state is kept in that one."""
        return state / ".pulumi" / "locks" / "organization" / self.project / self.stack

    @property
    def public(self) -> bool:
        """Whether the passphrase is the public one."""
        if self.simulation is not None or not self.shared_state:
            return True
        return self.secrets_provider is None and not _PASSPHRASES & set(os.environ)

    def settings(self) -> dict[str, str]:
        """The variables with which plain ``pulumi`` and ``kubectl`` work on this stack.

        What the caller's environment sets for a shared state is left to it and not repeated here:
        this is printed.
        """
        own = {
            "PULUMI_BACKEND_URL": self.backend,
            "PULUMI_CONFIG_PASSPHRASE": PUBLIC_PASSPHRASE,
        }
        if self.shared_state and self.simulation is None:
            keyed = self.secrets_provider is not None
            own = _unless_set(own, os.environ, keyed=keyed, shared=self.home is not None)
        if self.aside is not None:
            own["PULUMI_BACKEND_URL"] = self.aside.as_uri()
        return {
            **own,
            **(self.simulation.variables(self.stack) if self.simulation else {}),
            "PULUMI_HOME": str(self.pulumi_home),
            "PULUMI_STACK": self.stack,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # The toolchain brings the plugins. The engine would look for those of every installed
            # package in every run, and where downloads are closed that takes it 2.5 s.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "KUBECONFIG": os.pathsep.join(str(file) for file in self._kubeconfigs()),
        }

    def _kubeconfigs(self) -> tuple[Path, ...]:
        """The cluster's file; before it, where a context is chosen, one that says which.

        Of several files kubectl takes the first current-context that it finds.
        """
        if self.context is None:
            return (self.kubeconfig,)
        chosen = self.root / HOME / f"{self.stack}.context"
        chosen.parent.mkdir(parents=True, exist_ok=True)
        content = {"apiVersion": "v1", "kind": "Config", "current-context": self.context}
        chosen.write_text(json.dumps(content))
        return (chosen, self.kubeconfig)

    def search_path(self) -> tuple[str, ...]:
        """What goes in front of PATH: the interpreter that runs the program first."""
        first = (self.simulation.bin,) if self.simulation else ()
        return (*map(str, first), str(Path(sys.executable).parent), *map(str, self.bin_dirs))

    def environment(self) -> dict[str, str]:
        """The whole environment of an engine run."""
        path = os.pathsep.join([*self.search_path(), os.environ.get("PATH", os.defpath)])
        # Twice the default heap growth: the engine's garbage collector otherwise takes a fifth of its time.
        inherited = without_tokens(os.environ)
        inherited.pop(VARIABLE, None)
        return {"GOGC": "400", **inherited, **self.settings(), "PATH": path}


def checkpoint(state: Path, project: str, stack: str) -> Path:
    """A stack's state file in the file backend in the folder ``state``."""
    return state / ".pulumi" / "stacks" / project / f"{stack}.json"


def program_state(root: Path) -> Path:
    """The folder of the file backend that is ours, as a program finds it: in a simulation, that one's."""
    simulated = current()
    return Simulation(simulated).state if simulated else root / HOME / "state"


def marker_file(state: Path, project: str, stack: str) -> Path:
    """Where a stack's in-flight marker stands."""
    return marker.path(state, project, stack)


def forget(root: Path, project: str, stack: str) -> None:
    """Removes the state of a stack whose cluster is gone, with the engine's backup and our marker."""
    state = root / HOME / "state"
    file = checkpoint(state, project, stack)
    for one in (file, file.with_name(f"{file.name}.bak"), marker_file(state, project, stack)):
        one.unlink(missing_ok=True)


def _unless_set(
    own: Mapping[str, str], environ: Mapping[str, str], *, keyed: bool, shared: bool
) -> dict[str, str]:
    """Ours where the caller sets nothing; with a key in a cloud (``keyed``) nobody needs a passphrase.

    Raises: PublicPassphrase where a backend of the caller's, or one that is ``shared``, would be written with
        our passphrase.
    """
    chosen = keyed or _PASSPHRASES & set(environ)
    if ("PULUMI_BACKEND_URL" in environ or shared) and not chosen:
        raise PublicPassphrase
    kept = {name: value for name, value in own.items() if name not in environ}
    if chosen:
        kept.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return kept
