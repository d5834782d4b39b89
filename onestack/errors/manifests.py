"""Manifests and what is checked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from onestack.errors.base import WORST_FIRST, OnestackError, UsageError


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
