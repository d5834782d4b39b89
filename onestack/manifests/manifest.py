"""A manifest: one Kubernetes object as declared, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from onestack.errors import Problem
from onestack.manifests.node import Node


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file of the repository; line and column count from 1, 0 means the whole file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Identity:
    """What makes an object this object, whatever version or file it is written in.

    ``group`` is empty for the core group, ``namespace`` is None for cluster-scoped objects.
    """

    group: str
    kind: str
    namespace: str | None
    name: str

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"

    def __lt__(self, other: Identity) -> bool:
        return self.sort_key() < other.sort_key()

    def sort_key(self) -> tuple[str, str, str, str]:
        """Orders identities by group, kind, namespace, name; cluster-scoped first."""
        return (self.group, self.kind, self.namespace or "", self.name)


@dataclass(frozen=True)
class Manifest:
    """One object as declared.

    ``body`` holds plain JSON values and is never changed; its namespace is filled in. ``node`` is
    what was read, with the place of every value; None where the manifest was made by code.
    """

    application: str
    api_version: str
    kind: str
    name: str
    namespace: str | None
    body: Mapping[str, Any]
    location: Location
    node: Node | None = field(default=None, compare=False, repr=False)

    @cached_property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return group_of(self.api_version)

    @cached_property
    def identity(self) -> Identity:
        """What the object is, whatever version it is written in."""
        return Identity(self.group, self.kind, self.namespace, self.name)

    @property
    def resource_name(self) -> str:
        """Its Pulumi name: ``namespace/name`` or ``name``."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def type_token(self) -> str:
        """Its Pulumi type: ``kubernetes:apps/v1:Deployment``; the core group is ``core/v1``."""
        return type_token(self.api_version, self.kind)

    @property
    def rendered(self) -> bool:
        """Whether a tool made it, so that it has a file but no line of its own."""
        return self.location.line == 0

    def place(self, *path: str | int, key: bool = False) -> Location:
        """Where the value at ``path`` stands; of a missing one, where what would hold it stands.

        ``key`` means the key that holds the value. A rendered manifest has only its file.
        """
        if self.node is None or self.rendered:
            return self.location
        node = self.node.nearest(*path)
        line, column = (node.key_line, node.key_column) if key else (node.line, node.column)
        return Location(self.location.file, line, column)

    def problem(self, what: str, expected: str = "", *path: str | int, key: bool = False) -> Problem:
        """A problem with the value at ``path``; of a rendered manifest it names object and field."""
        place = self.place(*path, key=key)
        if self.rendered:
            field = f" {dotted(path)}" if path else ""
            what = f"{self.kind} {self.resource_name}{field}: {what}"
        return Problem(place.file, place.line, place.column, what, expected)


def group_of(api_version: str) -> str:
    """The group of an apiVersion: ``apps`` of ``apps/v1``, empty for ``v1``."""
    return api_version.rpartition("/")[0]


def type_token(api_version: str, kind: str) -> str:
    """The Pulumi type of a kind in a version."""
    named = api_version if group_of(api_version) else f"core/{api_version}"
    return f"kubernetes:{named}:{kind}"


def dotted(path: Sequence[str | int]) -> str:
    """A path as people write it: ``spec.containers[0].image``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
