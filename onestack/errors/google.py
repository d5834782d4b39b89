"""Google Cloud, real and simulated."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import OnestackError, Unavailable, UsageError


class NothingToSimulate(UsageError):
    """``--offline`` for a stack that has no cloud to simulate."""

    def __init__(self, stack: str, platform: str) -> None:
        super().__init__(
            f"stack {stack} can't be run offline: its platform is {platform}, and only gcp is simulated",
            hint=f"'onestack check {stack}' needs no cluster"
            + ("; 'onestack local up' starts this machine's own" if platform == "embedded" else ""),
        )


class ShellOfSimulation(UsageError):
    """A stack that isn't simulated, in a shell whose state and certificates are a simulation's."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"stack {stack} is real, and this shell belongs to a simulation",
            why="'onestack env ... --offline' has set its state, its certificates and its plugins",
            hint="use another shell",
        )


class NoGoogleCredentials(Unavailable):
    """A verb that changes or reads Google Cloud finds nothing to prove who calls."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"there are no Google credentials for stack {stack}",
            why="neither the environment nor gcloud's own folder has any",
            hint="'gcloud auth application-default login' gets some; with --offline the verb works on a "
            "simulation on this machine instead",
        )


class Protected(OnestackError):
    """Something that holds data or carries others would go. ``names`` are ``Kind name``."""

    def __init__(self, stack: str, names: Sequence[str]) -> None:
        super().__init__(
            f"nothing is done: protected resources of stack {stack} would be deleted or replaced",
            where=f"stacks/Pulumi.{stack}.yaml",
            why=", ".join(names),
            hint="if that is meant: set protected: false below onestack:gcp there, run "
            f"'onestack deploy {stack}' with nothing else changed, then this again",
        )


class OfficialPluginMissing(Unavailable):
    """A stack that is real finds only the stand-in for its cloud's plugin, which simulates."""

    def __init__(self, stack: str, plugin: str) -> None:
        super().__init__(
            f"stack {stack} needs the official {plugin}, and it can't be had here",
            why="what stands in for it only simulates Google Cloud, and this is the real one",
            hint="put the official one on PATH (docs/toolchain.md), or simulate with --offline",
        )


class NoClusterYet(Unavailable):
    """The cluster of a stack is declared and not made."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"the cluster of stack {stack} does not exist yet",
            hint=f"'onestack deploy {stack}' makes it",
        )


class SimulatedNodesRefused(OnestackError):
    """The control plane of a simulated cluster did not take the nodes of a pool."""

    def __init__(self, cluster: str, pool: str, why: str) -> None:
        super().__init__(
            f"the nodes of pool {pool} could not be added to the simulated cluster {cluster}",
            why=why,
            hint="run again; 'onestack local status' says whether the cluster runs",
        )
