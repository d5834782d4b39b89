"""How much of a file's bounds is used up. Pure."""

from __future__ import annotations

from onestack.manifests.limits import Limits


class Exceeded(Exception):
    """A bound was exceeded; reading stops. The parts are those of the problem."""

    def __init__(self, line: int, column: int, what: str, expected: str) -> None:
        super().__init__(what)
        self.line, self.column, self.what, self.expected = line, column, what, expected


class Budget:
    """What the documents of one file may still hold."""

    __slots__ = ("depth", "nodes", "used")

    def __init__(self, limits: Limits) -> None:
        self.nodes = limits.nodes
        self.depth = limits.depth
        self.used = 0

    def spend(self, line: int, column: int, nodes: int = 1) -> None:
        """Counts nodes. Raises: Exceeded."""
        self.used += nodes
        if self.used > self.nodes:
            what = f"the file holds more than {self.nodes} values"
            raise Exceeded(line, column, what, "split it, and repeat less by aliases")

    def descend(self, line: int, column: int, depth: int) -> None:
        """Checks how deep values are nested. Raises: Exceeded."""
        if depth > self.depth:
            what = f"values are nested more than {self.depth} deep"
            raise Exceeded(line, column, what, "nest less; no Kubernetes object is so deep")
