"""Every failure that onestack reports, as types.

::

    OnestackError                 exit code 1: what was looked at is wrong
    +-- UsageError                exit code 2: called or configured wrongly
    +-- GateClosed                exit code 3: a gate stopped it
    +-- Unavailable               exit code 4: something needed can't be had

Each class takes the facts of one failure and writes its own message from them:
what happened, where, why, and what to do next. The command line prints the
message and exits with the class's code; no failure of ours reaches a person as
a traceback.
"""

from __future__ import annotations

import shlex
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol

WORST_FIRST = (2, 1, 4)
"""Exit codes of checks: what no second try mends comes before what can't be had now."""


class OnestackError(Exception):
    """A failure that can be said in words.

    ``what`` is one line. ``where`` is ``file:line:column`` or an object.
    ``why`` is the cause as the failing party said it. ``hint`` is what to do next.
    """

    exit_code: int = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.why = why
        self.hint = hint
        super().__init__(self.message())

    def mask(self, hidden: Callable[[str], str]) -> None:
        """Takes secret values out of all that it says."""
        self.what, self.where, self.why, self.hint = map(hidden, (self.what, self.where, self.why, self.hint))
        self.args = (self.message(),)

    def message(self) -> str:
        """The message in full: one line, then indented lines for cause and next step."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.why:
            lines.append(f"  because: {_indented(self.why)}")
        if self.hint:
            lines.append(f"  next: {_indented(self.hint)}")
        return "\n".join(lines)


class UsageError(OnestackError):
    """The command was called, or the repository is configured, in a way that can't work."""

    exit_code = 2


class GateClosed(OnestackError):
    """A gate stopped the verb."""

    exit_code = 3


class Unavailable(OnestackError):
    """A tool, cluster, registry, network or disk that is needed can't be had now."""

    exit_code = 4


# Settings


class UnknownStack(UsageError):
    """There is no settings file for the stack."""

    def __init__(self, stack: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"there is no stack '{stack}'",
            why=f"stacks/Pulumi.{stack}.yaml does not exist",
            hint=f"stacks of this repository: {', '.join(known) or 'none'}",
        )


class NoStacks(UsageError):
    """The repository has no settings file for any stack."""

    def __init__(self, root: str) -> None:
        super().__init__(
            "there is no stack to check",
            where=root,
            why="stacks/ holds no Pulumi.<stack>.yaml",
            hint="add one, or name a folder of manifests with --manifests DIR",
        )


class NoManifests(UsageError):
    """What ``--manifests`` names holds nothing to check."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(
            "there are no manifests to check",
            where=given,
            why=why,
            hint="name a folder of applications, or a folder or file of YAML",
        )


class InvalidSettings(UsageError):
    """The stack's settings can't be read or don't fit together. ``problems`` holds all of them."""

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(
            "the stack's settings are not valid",
            where=where,
            why="\n".join(map(str, self.problems)),
            hint="mend the file; every setting is described in docs/settings.md",
        )


class UnknownApplication(UsageError):
    """The stack has no such application."""

    def __init__(self, stack: str, application: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"stack '{stack}' has no application '{application}'",
            hint=f"applications of this stack: {', '.join(known) or 'none'}",
        )


class NotARepository(UsageError):
    """There is no onestack repository at or above the folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "this is not inside a onestack repository",
            where=folder,
            why="neither this folder nor one above it holds a Pulumi.yaml",
            hint="go into the repository, or name it with --root DIR",
        )


class InvalidProject(UsageError):
    """Pulumi.yaml can't be read or lacks what every project has."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            "this is not a usable Pulumi project", where=file, why=why, hint="mend it, or restore it from git"
        )


# Engine


class EngineFailed(OnestackError):
    """The Pulumi engine ended a run with an error.

    ``forgets`` is set where its state lacks objects that are there: the engine drops what goes with a
    Namespace before it has deleted that. ``unfinished`` are resources, as the engine writes them, that were
    still being created when the run gave up. ``done``: so many changes were made before, where that is known.
    """

    forgets: bool = False
    unfinished: Sequence[Mapping[str, Any]] = ()
    done: int | None = None

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
    """A hook that runs before or after the release didn't end well, so the deployment didn't either."""

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


# Embedded control plane


class PlaneDirectoryForeign(UsageError):
    """The directory meant for the control plane holds something else."""

    def __init__(self, directory: str, why: str) -> None:
        super().__init__(
            "this is not a control plane's directory, so nothing in it is touched",
            where=directory,
            why=why,
            hint="move it away, or give the control plane another directory",
        )


class PlaneDamaged(OnestackError):
    """A file that the control plane can't do without is missing or can't be understood."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the control plane's files are damaged",
            where=where,
            why=why,
            hint="'onestack local reset' removes the control plane with its data; "
            "'onestack local up' then makes a new one",
        )


class PlaneVersionMismatch(OnestackError):
    """The data were written by a Kubernetes that the present one can't follow."""

    def __init__(self, directory: str, was: str, now: str) -> None:
        super().__init__(
            f"the control plane's data are from Kubernetes {was} and the tools are {now}",
            where=directory,
            why="Kubernetes upgrades its data by one minor version at a time and never back",
            hint=f"use Kubernetes {was} tools, or remove the data with 'onestack local reset'",
        )


class PlaneBusy(Unavailable):
    """Another command is working on the control plane and did not end in time."""

    def __init__(self, lock: str, seconds: float) -> None:
        super().__init__(
            "another command is working on the control plane",
            where=lock,
            why=f"it still holds the lock after {seconds:.0f} s",
            hint="wait until it has ended and run again",
        )


class PlaneBinaryUnusable(Unavailable):
    """A component's executable can't be executed."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            "a component of the control plane can't be executed",
            where=path,
            why=why,
            hint="run 'onestack tools', which finds, downloads or builds it",
        )


class PlaneComponentExited(OnestackError):
    """A component of the control plane ended while it was to start."""

    def __init__(self, component: str, log: str, last_lines: Sequence[str]) -> None:
        self.component = component
        super().__init__(
            f"{component} ended while it started",
            where=log,
            why="\n".join(last_lines) or "it wrote nothing",
            hint="the whole log is in that file; mend the cause and run again, "
            "or begin anew with 'onestack local reset'",
        )


class PlaneTimeout(Unavailable):
    """The control plane did not become ready in time. ``last_lines`` are from the log of
    what was waited for, where it has one."""

    def __init__(self, seconds: float, waiting_for: str, logs: str, last_lines: Sequence[str] = ()) -> None:
        super().__init__(
            f"the control plane was not ready after {seconds:.0f} s",
            where=logs,
            why="\n".join((f"still waiting for {waiting_for}", *last_lines)),
            hint="its logs are in that folder; run again, which goes on where this run ended",
        )


class PlanePortTaken(Unavailable):
    """Other processes keep taking the ports that a component is to listen on."""

    def __init__(self, component: str, port: int, holder: str) -> None:
        super().__init__(
            f"port {port} on 127.0.0.1, which {component} is to listen on, is taken",
            why=f"{holder or 'another process'} listens on it",
            hint="run again, which chooses another port, or stop that process",
        )


class NoFreePort(Unavailable):
    """No port of the range that the control plane uses is free."""

    def __init__(self, lowest: int, highest: int) -> None:
        super().__init__(
            "no free port was found for the control plane",
            where=f"127.0.0.1:{lowest}-{highest}",
            why="every port that was tried is listened on",
            hint="stop what listens on them and run again",
        )


class PlaneDiskFull(Unavailable):
    """There is no space for the control plane's files."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the disk is full",
            where=where,
            why=why,
            hint="free some space and run again; nothing that was there is lost",
        )


class PlaneNotPermitted(Unavailable):
    """The user may not read or write the control plane's files."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the control plane's files can't be used",
            where=where,
            why=why,
            hint="give yourself access to it, or run as the user who made it",
        )


class PlaneWillNotStop(OnestackError):
    """Processes of the control plane survived even SIGKILL."""

    def __init__(self, processes: Sequence[str]) -> None:
        super().__init__(
            "the control plane could not be stopped",
            why="still running: " + ", ".join(processes),
            hint="a process that waits for a broken disk can't be killed; look at it, then run again",
        )


# Offline Kubernetes provider


class ProviderError(OnestackError):
    """A call of the engine to an offline provider failed.

    ``str()`` is what the engine shows, in the official plugin's words where it has some.
    """

    def message(self) -> str:
        return self.what


class UnrecognizedType(ProviderError):
    """A resource's type token is no Kubernetes kind."""


class InvalidPropertyPath(ProviderError):
    """A path in ``ignoreChanges`` is malformed."""

    def __init__(self, path: str, position: int) -> None:
        super().__init__(f"failed to parse ignore path: {path!r} is malformed at position {position}")


class NotServedOffline(ProviderError):
    """Something only the official Kubernetes plugin can do was asked of the offline one."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(
            f"{what} is not served by the offline Kubernetes provider, which stands in for "
            f"pulumi-resource-kubernetes where that can't be downloaded: {instead}"
        )


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n    ")


# --- The cluster's API: onestack.kube, onestack.wait ---------------------------------------------


class InvalidKubeconfig(UsageError):
    """A kubeconfig can't be used. ``field`` is its path in the file; values are never shown."""

    def __init__(self, source: str, field: str, why: str, hint: str = "") -> None:
        self.source = source
        self.field = field
        what = f"the kubeconfig can't be used: {field}" if field else "the kubeconfig can't be used"
        super().__init__(what, where=source, why=why, hint=hint)


class CredentialsUnavailable(Unavailable):
    """The credentials a kubeconfig points at (a plugin, a token file) can't be had now."""


class ClusterUnreachable(Unavailable):
    """No answer came from the API server: refused, reset, timed out, or not trusted.

    ``sent`` is true where the request may have reached the server and taken effect. ``final`` is
    true where asking again can't help, as with a certificate that isn't trusted.
    """

    def __init__(
        self, server: str, why: str, hint: str = "", *, sent: bool = True, final: bool = False
    ) -> None:
        self.server = server
        self.sent = sent
        self.final = final
        super().__init__(
            f"the cluster's API server at {server} can't be reached",
            why=why,
            hint=hint or "check that the cluster runs and that the kubeconfig names the right server",
        )


class ApiError(OnestackError):
    """The API server answered a request with a failure.

    ``status`` is the HTTP status, ``reason`` the API's own word for it (``NotFound``,
    ``AlreadyExists``, ``Conflict``, ``Invalid``, ``Expired``, ...), ``api_message`` its sentence,
    ``details`` the ``details`` of its Status, ``retry_after`` seconds it asked to wait.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        api_message: str,
        *,
        details: Mapping[str, Any] | None = None,
        method: str = "",
        path: str = "",
        retry_after: float | None = None,
        what: str = "",
        hint: str = "",
    ) -> None:
        self.status = status
        self.reason = reason
        self.api_message = api_message
        self.details: Mapping[str, Any] = details or {}
        self.method = method
        self.path = path
        self.retry_after = retry_after
        causes = self.causes()
        # The sentence repeats every cause; its start is enough where they follow.
        head, invalid, _ = api_message.partition(" is invalid: ")
        sentence = f"{head} is invalid" if causes and invalid else api_message
        why = "\n".join([f"{reason or 'HTTP'} ({status}): {sentence}", *causes])
        super().__init__(what or f"the API server refused {method} {path}", why=why, hint=hint)

    def causes(self) -> tuple[str, ...]:
        """One line per rejected field, as ``field: message``."""
        causes = self.details.get("causes") or ()
        return tuple(f"{c.get('field') or '?'}: {c.get('message') or c.get('reason')}" for c in causes)


class KindUnknown(OnestackError):
    """The cluster serves no such kind."""

    def __init__(
        self, api_version: str, kind: str, *, served: Sequence[str] = (), unavailable: str = ""
    ) -> None:
        self.api_version = api_version
        self.kind = kind
        hint = "apply the CustomResourceDefinition that defines it first, or correct apiVersion and kind"
        if served:
            hint = f"this cluster serves {kind} as {', '.join(served)}"
        super().__init__(f"the cluster serves no kind {kind} in {api_version}", why=unavailable, hint=hint)


# --- Manifests: onestack.manifests ---------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file of the repository.

    ``file`` is relative to the repository; ``line`` and ``column`` count from 1, and are 0 where
    the file as a whole is meant. ``expected`` says what to write instead.
    """

    file: str
    line: int
    column: int
    what: str
    expected: str = ""

    def masked(self, hidden: Callable[[str], str]) -> Problem:
        """The same without secret values in its words."""
        return Problem(self.file, self.line, self.column, hidden(self.what), hidden(self.expected))

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.what}; {self.expected}" if self.expected else f"{where}: {self.what}"


class InvalidManifests(OnestackError):
    """Manifests can't be read, or can't be what the API server takes. ``problems`` holds them all.

    ``readable`` are the manifests of which is known which objects they are, for whoever wants to look
    further; ``complete`` says that these are all that there are.
    """

    def __init__(
        self, problems: Sequence[Problem], readable: Sequence[Any] = (), *, complete: bool = False
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.readable: tuple[Any, ...] = tuple(readable)
        self.complete = complete
        count = len(self.problems)
        super().__init__(
            f"{count} {'problem' if count == 1 else 'problems'} in the manifests",
            why="\n".join(map(str, self.problems)),
            hint="mend the files and run again; nothing was applied",
        )


class DependencyCycle(OnestackError):
    """Manifests wait for each other in a circle. ``path`` starts and ends with the same object."""

    def __init__(self, path: Sequence[str], reasons: Sequence[str]) -> None:
        self.path: tuple[str, ...] = tuple(path)
        pairs = zip(path[:-1], path[1:], reasons, strict=True)
        steps = [f"{at} waits for {to}: {why}" for at, to, why in pairs]
        super().__init__(
            "manifests wait for each other in a circle: " + " -> ".join(self.path),
            why="\n".join(steps),
            hint="remove one of these dependencies, usually a config.kubernetes.io/depends-on annotation",
        )


class Incomplete(OnestackError):
    """A stack can't be declared, for several reasons, or other things were found on the way.

    ``causes`` are the reasons; ``findings`` are all that a check found beside them, and ``errors`` the
    problems of those that would stop a deployment, too.
    """

    def __init__(
        self, causes: Sequence[OnestackError], errors: Sequence[Problem] = (), findings: Sequence[Any] = ()
    ) -> None:
        self.causes, self.findings = tuple(causes), tuple(findings)
        invalid = [problem for one in causes if isinstance(one, InvalidManifests) for problem in one.problems]
        wrong = [InvalidManifests([*invalid, *errors])] if invalid or errors else []
        told = [*wrong, *(one for one in causes if not isinstance(one, InvalidManifests))]
        codes = {one.exit_code for one in told}
        self.exit_code = next(code for code in (*WORST_FIRST, *codes) if code in codes)
        if len(told) == 1:
            super().__init__(told[0].what, where=told[0].where, why=told[0].why, hint=told[0].hint)
            return
        super().__init__(
            f"the stack can't be read to the end, for {len(told)} reasons",
            why="\n".join(one.message() for one in told),
            hint="see to each of them and run again; nothing was applied",
        )


class InvalidOwner(UsageError):
    """The project's or the stack's name can't be written on objects."""

    def __init__(self, what: str, name: str, why: str) -> None:
        super().__init__(
            f"the {what} '{name}' can't be written on Kubernetes objects",
            why=why,
            hint=f"choose another name for the {what}: letters, digits, '-', '_' and '.', at most 63",
        )


# --- Validation: onestack.validation --------------------------------------------------------------


class UnknownKubernetes(UsageError):
    """No schemas are at hand for a Kubernetes version."""

    def __init__(self, version: str, known: Sequence[str]) -> None:
        self.version = version
        super().__init__(
            f"the schemas of Kubernetes {version} are not at hand",
            why=f"those of {known[0]} to {known[-1]} are"
            if known
            else "the package kubernetes-validate has none",
            hint="set onestack:kubernetesVersion to the version of the cluster",
        )


# --- Rendering: onestack.rendering ----------------------------------------------------------------


class ChartUnavailable(Unavailable):
    """A chart can't be fetched. ``why`` is what Helm said."""

    def __init__(self, application: str, chart: str, file: str, why: str) -> None:
        super().__init__(
            f"the chart {chart} of application '{application}' can't be fetched",
            where=file,
            why=why,
            hint="check chart, version and network, log in with 'helm registry login' if it is private, "
            "and run again; or put the chart into git",
        )


class BaseUnavailable(Unavailable):
    """A base of another repository can't be fetched. ``why`` is what git said."""

    def __init__(self, base: str, file: str, why: str) -> None:
        super().__init__(
            f"the base {base} can't be fetched",
            where=file,
            why=why,
            hint="check address, commit and network, and run again; or put a copy into the repository",
        )


class ToolNotRun(Unavailable):
    """A rendering tool can't be started. ``why`` is the system's reason."""

    def __init__(self, name: str, program: str, why: str) -> None:
        super().__init__(
            f"{name} can't be run",
            where=program,
            why=why,
            hint="run 'onestack tools' to see where it comes from, make room on the disk, and run again",
        )


# --- The toolchain: onestack.local.toolchain ------------------------------------------------------


class UnknownTool(UsageError):
    """A tool was asked for that onestack does not know."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no tool '{name}'", hint=f"the tools are: {', '.join(known)}")


class InvalidSwitch(UsageError):
    """An environment variable of ours has a value that means nothing."""

    def __init__(self, variable: str, value: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"{variable} can't be '{value}'",
            where="the environment",
            hint=f"set it to {' or '.join(allowed)}, or unset it",
        )


class ToolMissing(Unavailable):
    """A tool is needed that is not among those at hand."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} is needed and not here",
            why=reason,
            hint="run 'onestack tools' to see what there is and where it comes from",
        )


class NothingToBuildFrom(Unavailable):
    """Tools must be built, and the repository pins no Go modules to build them from."""

    def __init__(self, folder: str, tools: Sequence[str], wanted: Sequence[str]) -> None:
        super().__init__(
            f"{', '.join(tools)} can't be had here",
            where=folder,
            why="nothing fitting is on PATH, and there is no readable go.mod with go.sum to build from",
            hint=f"put them on PATH ({', '.join(wanted)}), or restore that folder from git",
        )


class GoMissing(Unavailable):
    """Tools must be built, and there is no Go."""

    def __init__(self, tools: Sequence[str], needed: str) -> None:
        super().__init__(
            f"Go {needed} is needed to build {', '.join(tools)}, and there is no Go on PATH",
            why="these tools are not on PATH in a fitting version and can't be downloaded here",
            hint=f"install Go {needed} or newer, or put these tools on PATH, and run again",
        )


class GoTooOld(Unavailable):
    """Tools must be built, and the Go on PATH is too old for it."""

    def __init__(self, tools: Sequence[str], needed: str, found: str, path: str) -> None:
        super().__init__(
            f"Go {needed} is needed to build {', '.join(tools)}; this one is {found or 'broken'}",
            where=path,
            hint=f"install Go {needed} or newer and put it first on PATH, or put these tools on PATH",
        )


class BuildFailed(Unavailable):
    """A Go build of a tool ended with an error. ``tail`` are its last lines."""

    def __init__(self, module: str, tail: str, log: str, hint: str = "") -> None:
        super().__init__(
            f"building tools/{module} failed",
            why=tail or "it gave no reason",
            hint=hint or f"the full output is in {log}; running again goes on where it stopped",
        )


class ToolsDiskFull(Unavailable):
    """There is no room left on a disk that is written to.

    ``said`` is the failing program's own line: it names the folder if that is another disk's.
    """

    def __init__(self, what: str, folder: str, free_bytes: int, said: str = "") -> None:
        super().__init__(
            f"{what}: no space left on the disk",
            where=f"{folder} ({free_bytes // 2**20} MiB free)",
            why=said,
            hint="make room there and run again; 'onestack tools --prune' removes tools no longer used",
        )


class CacheUnusable(Unavailable):
    """The cache for tools can't be read or written."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            "the cache for tools can't be used",
            where=folder,
            why=why,
            hint="mend its permissions, or set ONESTACK_CACHE to a folder that can be written",
        )


class LauncherUnusable(Unavailable):
    """The repository's own folder for plugins can't be read or written."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            "a plugin's launcher can't be kept",
            where=place,
            why=why,
            hint="mend the permissions of .onestack/bin, or remove what stands in its way, and run again",
        )


class ToolUnusable(Unavailable):
    """A file outside the cache that a tool needs can't be used."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            "a tool can't be used",
            where=place,
            why=why,
            hint="mend that file or take its folder off PATH, and run again",
        )


# Google Cloud, simulated


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


# Graph


class PictureNotWritten(Unavailable):
    """A picture's file can't be written."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            "the picture can't be written",
            where=file,
            why=why,
            hint="name a file in a folder that exists and can be written",
        )


# --- The offline Google Cloud provider: onestack.local.gcp -----------------------------------------


class NotSimulated(ProviderError):
    """A type or a function was asked for that the simulation of Google Cloud doesn't know."""

    def __init__(self, token: str) -> None:
        super().__init__(
            f"{token} is not known to this simulation of Google Cloud, which stands in for "
            "pulumi-resource-gcp where that can't be downloaded: install the official plugin "
            "(pulumi plugin install resource gcp), or do without it"
        )


class GoogleRefused(ProviderError):
    """A call that Google would have refused, in the provider's and Google's words.

    ``doing`` is what the provider says first, such as "Error creating Network".
    """

    def __init__(self, doing: str, code: int, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"{doing}: googleapi: Error {code}: {text}")


class OperationTimedOut(ProviderError):
    """An operation went on at Google for longer than the provider waits."""

    def __init__(self, doing: str, seconds: float) -> None:
        super().__init__(
            f"Error waiting {doing}: timeout while waiting for state to become 'DONE' "
            f"(last state: 'RUNNING', timeout: {seconds:g}s)"
        )


class SimulationUnset(ProviderError):
    """Nothing says where the simulated projects are to be kept."""

    def __init__(self, variable: str) -> None:
        super().__init__(
            f"the simulation of Google Cloud has no place for its projects: set {variable} to a folder"
        )


class OnlySimulates(ProviderError):
    """A run that means Google Cloud itself has only the stand-in for its plugin.

    The variable that names a simulation isn't told: beside a real state it would put made-up resources
    into that.
    """

    def __init__(self) -> None:
        super().__init__(
            "this run means Google Cloud itself, and what stands in for pulumi-resource-gcp here only "
            "simulates it: bring the official plugin (docs/toolchain.md), or run onestack with --offline"
        )


class SimulationUnusable(ProviderError):
    """A file of the simulation can't be read or written. ``why`` is the reason."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            f"{place}: this file of the simulation of Google Cloud can't be used: {why}; "
            "mend it, or delete it to begin with an empty project"
        )


class InvalidFaults(ProviderError):
    """The file that tells the simulation to fail says something it doesn't understand."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")


class NothingThere(OnestackError):
    """No resource of a simulated project fits, or more than one does. ``fitting`` are their ids."""

    def __init__(self, project: str, kind: str, name: str, fitting: Sequence[str]) -> None:
        super().__init__(
            f"{len(fitting)} resources fit {kind} {name}",
            where=f"simulated project {project}",
            why=", ".join(fitting),
            hint="name exactly one by a part of its type and the end of its id",
        )


# A state in a cloud


class NotOnGoogle(UsageError):
    """A stack has no state in Google Cloud to be prepared."""

    def __init__(self, stack: str, platform: str) -> None:
        super().__init__(
            f"stack '{stack}' is not on Google Cloud",
            why=f"its platform is '{platform}', and only 'gcp' has a bucket and a key for its state",
            hint="its state needs no preparation; docs/state.md says where it is",
        )


class NoCredentials(Unavailable):
    """There are no credentials for Google Cloud. ``why`` is what was found of them."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "there are no credentials for Google Cloud",
            why=why,
            hint="log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS "
            "to a file with credentials",
        )


class CredentialsExpired(Unavailable):
    """There are credentials for Google Cloud, and they are no longer valid."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the credentials for Google Cloud are expired or revoked",
            why=why,
            hint="log in again with 'gcloud auth application-default login', or renew "
            "GOOGLE_OAUTH_ACCESS_TOKEN if that is set",
        )


class CloudUnreachable(Unavailable):
    """No answer came from an interface of Google Cloud. ``where`` is its address."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "Google Cloud can't be reached",
            where=where,
            why=why,
            hint="check network and proxy and run again: what was done is kept",
        )


class CloudRefused(OnestackError):
    """An interface of Google Cloud refused a request.

    ``status`` is the HTTP status, ``reason`` Google's own word where it gives one, ``said`` its sentence.
    """

    def __init__(
        self, doing: str, status: int, reason: str, said: str, *, what: str = "", hint: str = ""
    ) -> None:
        self.doing = doing
        self.status = status
        self.reason = reason
        self.said = said
        super().__init__(
            what or f"Google Cloud refused {doing}",
            why=f"{reason} ({status}): {said}" if reason else f"HTTP {status}: {said}",
            hint=hint or "mend the cause and run again: what was done is kept",
        )

    @property
    def missing(self) -> bool:
        """Whether what was asked for isn't there."""
        return self.status == HTTPStatus.NOT_FOUND

    @property
    def conflict(self) -> bool:
        """Whether what was to be made is there already."""
        return self.status == HTTPStatus.CONFLICT

    @property
    def outdated(self) -> bool:
        """Whether what was to be changed is no longer what was read."""
        return self.status == HTTPStatus.PRECONDITION_FAILED


class PermissionRefused(CloudRefused, Unavailable):
    """The credentials may not do it. ``grant`` is the command that lets them."""

    def __init__(self, doing: str, reason: str, said: str, grant: str) -> None:
        super().__init__(
            doing,
            403,
            reason,
            said,
            what=f"the credentials may not do this in Google Cloud: {doing}",
            hint=f"have somebody who may grant it run:\n{grant}",
        )


class ApiNotEnabled(CloudRefused, Unavailable):
    """An interface of Google Cloud is not enabled in the project."""

    def __init__(self, doing: str, said: str, service: str, project: str) -> None:
        super().__init__(
            doing,
            403,
            "SERVICE_DISABLED",
            said,
            what=f"{service} is not enabled in project '{project}'",
            hint=f"gcloud services enable {service} --project={project}\nit takes effect within minutes; "
            "then run again",
        )


class QuotaProjectMissing(CloudRefused, Unavailable):
    """The credentials are a person's, and say no project that their requests count for."""

    def __init__(self, doing: str, reason: str, said: str, project: str) -> None:
        super().__init__(
            doing,
            403,
            reason,
            said,
            what="the credentials name no project that requests count for, or one that they may not use",
            hint=f"gcloud auth application-default set-quota-project {project}",
        )


class ProjectMissing(CloudRefused, UsageError):
    """There is no such project, or it is none that the credentials may know of."""

    def __init__(self, doing: str, status: int, reason: str, said: str, project: str) -> None:
        super().__init__(
            doing,
            status,
            reason,
            said,
            what=f"there is no project '{project}'",
            hint="correct onestack:gcp.project in the stack's file, or create the project: "
            f"gcloud projects create {project}",
        )


class BillingDisabled(CloudRefused, Unavailable):
    """The project has no billing account, or a closed one."""

    def __init__(self, doing: str, reason: str, said: str, project: str) -> None:
        super().__init__(
            doing,
            403,
            reason,
            said,
            what=f"billing is off in project '{project}'",
            hint=f"gcloud billing projects link {project} --billing-account=ACCOUNT\nthen run again",
        )


class BucketTaken(UsageError):
    """The name of the bucket belongs to another project: such names are unique in all of Google Cloud."""

    def __init__(self, bucket: str, project: str) -> None:
        super().__init__(
            f"the bucket 'gs://{bucket}' belongs to another project than '{project}'",
            why="names of buckets are unique in all of Google Cloud, and whoever owns that one would have "
            "the state",
            hint="choose another name: onestack:gcp.state.bucket in the stack's file",
        )


class KeyNotThere(OnestackError):
    """The key is neither there nor can it be made: Google says both at once."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "the key for secrets is not there and can't be made",
            where=key,
            why="Google Cloud said that it isn't there, and then that it is",
            hint="run again; it may take a moment until a new key can be seen",
        )


class StateBucketMissing(Unavailable):
    """The bucket that a stack's state lies in isn't there."""

    def __init__(self, address: str, stack: str) -> None:
        super().__init__(
            f"the state of stack '{stack}' can't be reached",
            where=address,
            why="there is no such bucket",
            hint="correct PULUMI_BACKEND_URL; for a stack on Google Cloud "
            f"'onestack bootstrap {stack}' makes the bucket",
        )


class NotInGit(UsageError):
    """The repository's folder is not under git."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "this repository is not under git",
            where=folder,
            why="what is deployed is told by its revision, and there is none",
            hint="run 'git init', then commit what is there",
        )


class UnknownRevision(UsageError):
    """Git knows no such commit."""

    def __init__(self, name: str, folder: str) -> None:
        super().__init__(
            f"git knows no revision '{name}'",
            where=folder,
            hint="name a branch, a tag or a commit that this clone has; a shallow one has few: "
            "'git fetch --unshallow' brings them all",
        )


class GitFailed(Unavailable):
    """Git refused what it was asked for."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(f"git failed at {doing}", why=said, hint="mend what git says and run again")


class NothingToRevert(UsageError):
    """The files are those of the revision already."""

    def __init__(self, stack: str, to: str) -> None:
        super().__init__(
            f"there is nothing to roll back of stack '{stack}'",
            why=f"the files are those of {to} already",
            hint=f"name an earlier one: 'onestack history {stack}' lists what was deployed",
        )


class PushRefused(Unavailable):
    """The remote didn't take a branch."""

    def __init__(self, branch: str, remote: str, said: str) -> None:
        super().__init__(
            f"'{remote}' didn't take the branch '{branch}'",
            why=said,
            hint=f"the branch is in this clone: mend what it says, then 'git push {remote} {branch}'",
        )


class RecordChanged(Unavailable):
    """Another run wrote the same record first, so that nothing was written."""

    def __init__(self, name: str, place: str) -> None:
        super().__init__(
            f"another run wrote the record '{name}' at the same time",
            where=place,
            hint="run again",
        )


class RecordsUnreadable(Unavailable):
    """The place of a stack's records can't be read or written."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(
            "the stack's records can't be read or written",
            where=where,
            why=said,
            hint="ledger and lease are kept there: mend that and run again",
        )


class LeaseHeld(Unavailable):
    """Somebody else deploys the stack.

    ``owner`` is who, ``number`` their lease's, ``since`` and ``heartbeat`` are times in words. ``alive`` says
    that their process runs on this very machine.
    """

    def __init__(
        self, stack: str, owner: str, number: int, *, told: str, since: str, heartbeat: str, alive: bool
    ) -> None:
        self.owner = owner
        self.number = number
        hint = "wait until that run has ended, and run again"
        if alive:
            hint += "; it runs on this machine: to end it, end that process"
        else:
            hint += (
                "\nif you know that it is dead (its machine is gone, its job was cancelled), say so: "
                f"onestack deploy {stack} --take-over {shlex.quote(f'{owner}/{number}')}"
            )
        super().__init__(
            f"stack '{stack}' is being deployed by {told}",
            why=f"the lease {number} is theirs since {since}; last heartbeat {heartbeat}",
            hint=hint,
        )


class LeaseLost(Unavailable):
    """The lease isn't this run's any more, so that it writes nothing from here on."""

    def __init__(self, stack: str, number: int, now: str) -> None:
        super().__init__(
            f"the lease {number} of stack '{stack}' was taken over: this run stops",
            why=now,
            hint="leave the stack to them: what this run did is kept, and theirs goes on from there",
        )


class NothingToTakeOver(UsageError):
    """What ``--take-over`` names is not what holds the stack."""

    def __init__(self, stack: str, given: str, held: str) -> None:
        super().__init__(
            f"there is no lease '{given}' of stack '{stack}' to take over",
            why=held,
            hint="run without --take-over: where the stack is held, the message names by whom",
        )


class LedgerBroken(OnestackError):
    """The ledger of a stack is not what was written. ``faults`` says where, the first first."""

    def __init__(self, stack: str, place: str, faults: Sequence[str]) -> None:
        super().__init__(
            f"the ledger of stack '{stack}' was changed after it was written",
            where=place,
            why="\n".join(faults),
            hint="docs/ledger.md says how to find out what was there: a bucket keeps earlier versions",
        )


# Gates


class Said(Protocol):
    """What of a closed gate is told: see `onestack.gates.verdict.Verdict`."""

    @property
    def gate(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def opens_by(self) -> str: ...
    @property
    def details(self) -> Sequence[str]: ...


class GatesClosed(GateClosed):
    """Gates stop a deployment. ``verdicts`` are those that do."""

    def __init__(self, stack: str, verdicts: Sequence[Said]) -> None:
        self.verdicts = tuple(verdicts)
        names = ", ".join(one.gate for one in verdicts)
        super().__init__(
            f"stack '{stack}' is behind {'a closed gate' if len(verdicts) == 1 else 'closed gates'}: {names}",
            why="\n".join(line for one in verdicts for line in self._why(one)),
            hint="\n".join(f"{one.gate}: {one.opens_by}" for one in verdicts if one.opens_by),
        )

    @staticmethod
    def _why(one: Said) -> list[str]:
        until = f"; closed until {one.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if one.until else ""
        return [f"{one.gate}: {one.reason}{until}", *(f"  {line}" for line in one.details)]


class UnknownRule(UsageError):
    """The settings weigh rules that there are none of."""

    def __init__(self, stack: str, names: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"there is no rule {', '.join(names)}",
            where=f"stacks/Pulumi.{stack}.yaml",
            why="onestack:gates.policy.rules weighs it",
            hint=f"known rules: {', '.join(known)}",
        )


class PolicyBroken(UsageError):
    """A file of the repository's own rules can't be used."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "the repository's own rules can't be loaded",
            where=where,
            why=why,
            hint="mend the file; docs/gates.md shows what a rule looks like",
        )


class InvalidAcceptancePath(UsageError):
    """The folder of acceptance tests isn't in the repository."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the folder of acceptance tests '{path}' leads out of the repository",
            hint="name a folder of the repository: onestack:acceptance.path in the stack's file",
        )


class AcceptanceTimedOut(OnestackError):
    """The acceptance tests didn't end in time and were ended. ``seconds`` is the bound."""

    def __init__(self, stack: str, seconds: int, test: str) -> None:
        super().__init__(
            f"the acceptance tests of stack '{stack}' did not end within {seconds} s, and were ended",
            why=f"{test} was running" if test else "no test had begun",
            hint="give that test a bound of its own, or raise onestack:acceptance.timeoutSeconds",
        )


class AcceptanceBroken(OnestackError):
    """pytest itself ended in another way than by running tests. ``code`` is its exit code."""

    def __init__(self, code: int, said: str) -> None:
        reasons = {
            2: "were interrupted from inside",
            3: "broke pytest itself",
            4: "couldn't be started: pytest was called wrongly",
        }
        killed = f"were killed by signal {-code}" if code < 0 else f"ended with code {code}"
        super().__init__(
            f"the acceptance tests {reasons.get(code, killed)}",
            why=said,
            hint="mend the suite; 'onestack verify STACK' runs it again without deploying",
        )


class AcceptanceFailed(OnestackError):
    """What was deployed is ready, and its acceptance tests fail. ``wrong`` is a line for each."""

    def __init__(self, stack: str, wrong: Sequence[str]) -> None:
        super().__init__(
            f"stack '{stack}' is deployed and ready, and its acceptance tests fail",
            why="\n".join(wrong),
            hint=f"'onestack verify {stack}' runs them again; where an earlier revision was deployed, "
            f"'onestack rollback {stack}' prepares the way back",
        )


class PlanMoved(GateClosed):
    """What would be done now is not the plan that was sealed. ``differs`` says in what."""

    def __init__(self, stack: str, sealed: str, now: str, differs: Sequence[str]) -> None:
        super().__init__(
            f"the plan of stack '{stack}' is not the one that was sealed",
            why="\n".join([f"sealed: {sealed}", f"now:    {now}", *differs]),
            hint=f"look at what it is now ('onestack preview {stack}'), and have that approved",
        )


class CodeownersMissing(UsageError):
    """The settings ask for the owners of code, and there is no file that names them."""

    def __init__(self, places: Sequence[str], why: str) -> None:
        super().__init__(
            "nobody is named as owner of what is deployed",
            where=" or ".join(places),
            why=f"{why}; onestack:gates.approvals.codeowners asks for it",
            hint="add the file, or name approvers in onestack:gates.approvals.approvers",
        )


class InvalidTrial(OnestackError):
    """A document doesn't hold a trial. It comes from a job that nobody vouches for, and is not quoted."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the document of a trial can't be used",
            why=why,
            hint="have it made by 'onestack trial --json' of the same version",
        )


class NoBase(UsageError):
    """There is no revision that a trial could begin with."""

    def __init__(self, folder: str, tried: Sequence[str]) -> None:
        super().__init__(
            "there is no base to begin a trial with",
            where=folder,
            why=f"this revision has no commit in common with {' or '.join(tried)}, or they aren't here",
            hint="name one: --base REV; in CI, check out with the whole history (fetch-depth: 0)",
        )


class StackNotNamed(UsageError):
    """A verb that could be about one of several stacks isn't told which."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(
            "no stack is named",
            why=f"the repository has these: {', '.join(known) or 'none'}",
            hint="name the one that is meant",
        )


class NothingLiveBefore(UsageError):
    """The ledger knows of no earlier revision to go back to."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"the ledger of stack '{stack}' knows no other revision that was deployed to a good end",
            hint="name one that this clone has: --to REV",
        )


class InvalidPlan(UsageError):
    """What is given as a plan isn't one, or isn't what was written."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "this is no plan that can be used",
            where=where,
            why=why,
            hint="make it again with 'onestack preview STACK --plan FILE', and leave it as it is",
        )


class PlanNotWritten(Unavailable):
    """A file for a plan can't be written."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__("the plan can't be written", where=file, why=why, hint="name another file")


# The forge and Slack


class NoForge(UsageError):
    """It isn't said which repository of which forge this is."""

    def __init__(self, named: str) -> None:
        super().__init__(
            f"'{named}' is no repository of GitHub"
            if named
            else "it isn't known which repository at GitHub this is",
            why=""
            if named
            else "GITHUB_REPOSITORY isn't set, and git's remote 'origin' isn't at GITHUB_SERVER_URL",
            hint="name it as OWNER/NAME with --repository or in GITHUB_REPOSITORY",
        )


class NoForgeToken(UsageError):
    """There is no token to speak to the forge with."""

    def __init__(self, repository: str) -> None:
        super().__init__(
            "there is no token for GitHub",
            where=repository,
            why="neither GITHUB_TOKEN nor GH_TOKEN is set",
            hint="in a workflow: 'env: GITHUB_TOKEN: ${{ github.token }}'; "
            "docs/github.md says which rights it needs",
        )


class InsecureForge(UsageError):
    """The forge's address isn't encrypted."""

    def __init__(self, host: str) -> None:
        super().__init__(
            "no token is sent without encryption",
            where=host,
            hint="use an address that begins with https:// for --api or GITHUB_API_URL",
        )


class ForgeUnavailable(Unavailable):
    """GitHub can't be reached, fails, or asks to wait longer than there is patience for."""

    def __init__(self, doing: str, said: str, *, wait: float | None = None) -> None:
        later = "run again" if wait is None else f"run again in {max(1, round(wait))} s"
        super().__init__(
            f"GitHub is not available: {doing}",
            why=said,
            hint=f"{later}: nothing is doubled by that; https://www.githubstatus.com says how GitHub is",
        )


class ForgeTokenRefused(UsageError):
    """GitHub doesn't take the token."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(
            f"GitHub doesn't take the token: {doing}",
            why=said,
            hint="it has expired or was revoked: renew GITHUB_TOKEN or GH_TOKEN; "
            "a workflow's own ends with its job",
        )


class ForgeForbidden(UsageError):
    """The token may not do this."""

    def __init__(self, doing: str, said: str, needs: str) -> None:
        super().__init__(
            f"the token may not do this at GitHub: {doing}",
            why=said,
            hint=f"give it the permission '{needs}', in a workflow under 'permissions:'; "
            "a workflow that a fork's pull request sets off never has it",
        )


class ForgeMissing(UsageError):
    """GitHub has no such thing, or doesn't show it to this token."""

    def __init__(self, doing: str, where: str, needs: str) -> None:
        super().__init__(
            f"GitHub has no such thing, or hides it from this token: {doing}",
            where=where,
            hint=f"check the name; if it is there, the token lacks the permission '{needs}'",
        )


class ForgeDisagrees(OnestackError):
    """GitHub refuses what it was asked for."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(f"GitHub refuses this: {doing}", why=said, hint="mend what it says and run again")


class HeadMoved(OnestackError):
    """The pull request's branch isn't any more what was looked at."""

    def __init__(self, number: int, seen: str, head: str) -> None:
        super().__init__(
            f"the branch of pull request #{number} has moved on",
            why=f"this is about {seen[:12]}, and its head is {head[:12]}",
            hint="nothing was written: the run for the new head writes its own",
        )


class BranchElsewhere(OnestackError):
    """The branch is there, at another commit."""

    def __init__(self, name: str, commit: str, there: str) -> None:
        super().__init__(
            f"the branch '{name}' is there already, at another commit",
            why=f"it is at {there[:12]}, not at {commit[:12]}",
            hint="delete it or take another name",
        )


class CommentTooLong(OnestackError):
    """A comment is longer than GitHub takes."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            "the comment is longer than GitHub takes",
            why=f"it has {length} characters, and {limit} is the most",
            hint="shorten it",
        )


class UntrustedDocument(OnestackError):
    """A document that another job handed over isn't what it should be."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "this is not a document to comment",
            where=where,
            why=why,
            hint="nothing was posted: hand over, unchanged, what the same version of onestack wrote",
        )


class NothingToComment(UsageError):
    """No document was named to comment, or of a kind that this can't read."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "there is nothing to comment",
            why=why,
            hint="name a document with --plan, --trial or --text",
        )


class NoPullRequest(UsageError):
    """It isn't known which pull request is meant."""

    def __init__(self, commit: str | None) -> None:
        super().__init__(
            "it isn't known which pull request to comment",
            why=f"no open one has {commit[:12]} as its head"
            if commit
            else "the job isn't one of a pull request",
            hint="name it with --pull NUMBER",
        )


class SlackMisconfigured(UsageError):
    """Slack can't be told by what is set."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Slack can't be told",
            why=why,
            hint="set 'onestack:notify: {slack: {channel: \"#name\"}}' and SLACK_BOT_TOKEN, "
            "or SLACK_WEBHOOK_URL",
        )


class RevisionUnusable(OnestackError):
    """A revision can't be read or planned as a stack; it fails as its cause does."""

    def __init__(self, name: str, cause: OnestackError) -> None:
        self.exit_code = cause.exit_code
        super().__init__(
            f"{name} can't be compared",
            why=cause.message(),
            hint="name a revision that 'onestack check' accepts, such as one that was deployed",
        )
