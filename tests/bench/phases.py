"""What a turn is made of: a place of its own, and commands that are measured one after the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onestack.local.toolchain import Toolchain
from tests.bench.generated import LABEL, Generated
from tests.bench.watch import Command

_LISTED: Final = (
    "namespaces,deployments.apps,services,configmaps,secrets,serviceaccounts,ingresses.networking.k8s.io,"
    "networkpolicies.networking.k8s.io,roles.rbac.authorization.k8s.io,"
    "rolebindings.rbac.authorization.k8s.io,cronjobs.batch,poddisruptionbudgets.policy"
)


@dataclass(frozen=True)
class Place:
    """Where a turn happens: a folder of its own, a control plane of its own, and the objects."""

    folder: Path
    kubeconfig: Path
    toolchain: Toolchain
    objects: Generated

    def environment(self) -> dict[str, str]:
        """The caller's, without what would lead a subject elsewhere, and with the tools."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        ours = (Path(sys.executable).parent, *self.toolchain.bin_dirs())
        path = os.pathsep.join([*map(str, ours), os.environ.get("PATH", os.defpath)])
        cache = str(self.folder / "kubectl-cache")
        return kept | {"PATH": path, "KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": cache}

    def kubectl(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> Command:
        """A kubectl command on the control plane."""
        program = str(self.toolchain.path("kubectl"))
        return Command((program, *arguments), self.folder, self.environment(), ok)

    def listed(self) -> Command:
        """Prints a line for every generated object that there is."""
        return self.kubectl("get", _LISTED, "--all-namespaces", f"--selector={LABEL}", "--output=name")


@dataclass(frozen=True)
class Phase:
    """One command that is measured. ``says`` must occur in its output. One that is ``slow`` above a
    number of objects is measured in the first run of such a size only, and is the last of its turn.
    ``writes`` is a text that it writes, whose characters are counted."""

    name: str
    command: Command
    says: str = ""
    slow: int = sys.maxsize
    writes: Path | None = None

    def measured(self, size: int, run: int) -> bool:
        """Whether it is, in this run."""
        return run == 1 or size <= self.slow


Phases = Generator[Phase, None, None]


@dataclass(frozen=True)
class Subject:
    """``turn`` prepares between the phases that it yields. ``largest`` bounds the objects; a subject
    without ``objects`` needs no control plane made for it."""

    name: str
    turn: Callable[[Place], Phases]
    largest: int = sys.maxsize
    objects: bool = True
