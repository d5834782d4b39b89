"""The engine, its state, and a run of it."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any

from onestack.errors.base import OnestackError, Unavailable, UsageError


class EngineFailed(OnestackError):
    """The Pulumi engine ended a run with an error.

    ``forgets`` is set where its state lacks objects that are there: the engine drops what goes with a
    Namespace before it has deleted that. ``unfinished`` are resources, as the engine writes them, that were
    still being created when the run gave up. ``done``: how many changes were made before, by operation, where
    that is known.
    """

    forgets: bool = False
    unfinished: Sequence[Mapping[str, Any]] = ()
    done: Mapping[str, int] | None = None

    def __init__(self, verb: str, stack: str, errors: tuple[str, ...], hint: str) -> None:
        super().__init__(
            f"pulumi {verb} failed on stack '{stack}'",
            why="\n".join(errors) or "the engine gave no reason",
            hint=hint,
        )


class SecretNotSet(OnestackError):
    """The program was started without a value that a Secret's placeholder asks for."""

    def __init__(self, stack: str, name: str, command: str) -> None:
        super().__init__(
            f"the engine was given no secret '{name}' for stack '{stack}'",
            why="a placeholder asks for it, and the configuration of this run doesn't hold it",
            hint=command,
        )


class PublicPassphrase(UsageError):
    """A shared state would be encrypted with a passphrase that everybody knows."""

    def __init__(self) -> None:
        super().__init__(
            "PULUMI_BACKEND_URL is set, but no passphrase is",
            why="without one, secrets would go there under onestack's public passphrase",
            hint="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or give the stack a key in "
            "a cloud: docs/state.md",
        )


class PublicSecrets(UsageError):
    """Secret values of a stack that isn't this machine's alone are encrypted with the public passphrase."""

    def __init__(self, stack: str, file: str) -> None:
        super().__init__(
            f"stack '{stack}' has secrets, but no passphrase of its own",
            where=file,
            why="without one they are encrypted with onestack's public passphrase, which everybody knows",
            hint="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE. Values that were set "
            "without one are to be rotated: remove encryptionsalt and the encrypted keys from that file, "
            "and set them again",
        )


class EngineLostCluster(EngineFailed, Unavailable):
    """The engine ended a run because the cluster can't be reached."""


class CloudRefusedRun(EngineFailed, Unavailable):
    """Google refused a run something that isn't wrong in what is declared: quota, permission, API, time.

    ``advice`` is what to do about each.
    """

    def __init__(self, verb: str, stack: str, errors: tuple[str, ...], advice: Sequence[str]) -> None:
        super().__init__(verb, stack, errors, "\n".join(advice))


class EngineKilled(Unavailable):
    """The engine was ended from outside in the middle of a run."""

    def __init__(self, verb: str, stack: str, signal_name: str) -> None:
        super().__init__(
            f"pulumi {verb} on stack '{stack}' was killed ({signal_name})",
            why="somebody or the system ended the process; the system does so when memory runs out",
            hint="run again: what it had done is found and kept",
        )


class DiskFull(Unavailable):
    """The disk has no room left."""

    def __init__(self, said: str) -> None:
        super().__init__(
            "the disk is full",
            why=said,
            hint="free some space and run again: it goes on where it stopped",
        )


class StackLocked(Unavailable):
    """Another run holds the stack's lock. ``hosts`` are the machines of its holders, where known.

    A lock of this machine is never to be cancelled: a dead holder's is taken away by itself. In a
    ``shared`` state it is only where the holder was ours.
    """

    def __init__(
        self, stack: str, holder: str, *, hosts: frozenset[str] = frozenset(), shared: bool = False
    ) -> None:
        hint = "wait until that run has ended and run again"
        if shared:
            hint += "; if that process is gone for good, remove the lock with 'pulumi cancel'"
        elif hosts and socket.gethostname() not in hosts:
            hint += "; if its machine is gone for good, remove the lock with 'pulumi cancel'"
        super().__init__(f"stack '{stack}' is locked by another run", why=holder, hint=hint)


class ClusterNotStarted(Unavailable):
    """The embedded control plane has never been started here."""

    def __init__(self, kubeconfig: str) -> None:
        super().__init__(
            "the embedded control plane is not there",
            where=kubeconfig,
            why="the file does not exist",
            hint="run 'onestack local up', or 'make up' for everything",
        )


class NotReady(OnestackError):
    """The release was applied, but not everything in it became ready."""

    def __init__(self, stack: str, said: str) -> None:
        super().__init__(
            f"the release on stack '{stack}' is not ready",
            why=said,
            hint="the objects are applied and stay; mend the cause and run again, "
            "which waits again for what is not ready",
        )


class HookFailed(OnestackError):
    """A hook that runs before or after the release didn't end well, so the deployment didn't either.

    ``done`` is as in `EngineFailed`.
    """

    done: Mapping[str, int] | None = None

    def __init__(self, stack: str, hooks: Sequence[str], engine: str) -> None:
        super().__init__(
            f"{len(hooks)} {'hook' if len(hooks) == 1 else 'hooks'} failed on stack '{stack}'",
            why="\n".join((*hooks, "", "the engine said:", engine)),
            hint="mend the cause and run again: what was done is kept, and a failed hook's Job runs anew",
        )


class WaitCancelled(OnestackError):
    """The run was told to end while it waited for readiness."""

    def __init__(self) -> None:
        super().__init__("stopped waiting, as told", hint="the objects are applied; the next run waits again")


class StateBehind(OnestackError):
    """A run died, and its state doesn't know what it did to objects that plain pulumi would pass over."""

    def __init__(self, stack: str, missing: tuple[str, ...], changed: tuple[str, ...]) -> None:
        gone = f"gone, though the state has them: {', '.join(missing)}"
        other = f"changed since the state was written: {', '.join(changed)}"
        super().__init__(
            f"the last run on stack '{stack}' died, and its state is not what the cluster holds",
            why="\n".join([*([gone] if missing else []), *([other] if changed else [])]),
            hint=f"run 'onestack deploy {stack}', which finds out and finishes, or 'pulumi refresh' and then "
            "'pulumi up'",
        )


class StateElsewhere(OnestackError):
    """A run died whose state is not beside the clone, where its program could read it."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"the last run on stack '{stack}' died, and what it left isn't known here",
            why="the stack's state lies in another backend, which a program can't read",
            hint=f"run 'onestack deploy {stack}': it finds out and finishes; plain pulumi then works again",
        )


class PartNotEnough(OnestackError):
    """A run of the part that changed can't tell what it leads to. Whoever started it runs the whole."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the objects that changed are not enough to look at",
            why=why,
            hint="run it again with --full",
        )


class OtherScope(OnestackError):
    """Objects of kinds that the cluster has, but in the other scope than it was taken for."""

    def __init__(self, objects: tuple[str, ...], setting: str) -> None:
        super().__init__(
            "the cluster has the kinds of these objects in another scope",
            why="\n".join(objects),
            hint=f"say the scope in {setting}; what lives in no namespace says none in its metadata",
        )


class ForeignObjects(OnestackError):
    """Objects that a dead run may have left exist, but don't belong to this stack."""

    def __init__(self, stack: str, objects: tuple[str, ...]) -> None:
        super().__init__(
            f"objects that stack '{stack}' declares already exist and are not its own",
            why="\n".join(objects),
            hint="remove them from the cluster or from the manifests, then run again",
        )
