"""The offline plugins for Kubernetes and Google Cloud."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import OnestackError


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
