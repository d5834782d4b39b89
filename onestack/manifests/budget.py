"""How much of a file's bounds is used up. Pure."""

from __future__ import annotations

from typing import NoReturn

from onestack.manifests.limits import Limits


class Exceeded(Exception):
    """A bound was exceeded; reading stops. The parts are those of the problem."""

    def __init__(self, line: int, column: int, what: str, expected: str) -> None:
        super().__init__(what)
        self.line, self.column, self.what, self.expected = line, column, what, expected


class Budget:
    """What was read of a file so far: ``nodes`` and ``characters``, with all that aliases repeat.

    Whoever counts up ``nodes`` itself, because calls are dear, calls `exceeded` beyond ``most``.
    """

    __slots__ = ("_limits", "characters", "most", "nodes")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.most = limits.nodes
        self.nodes = 0
        self.characters = 0

    def spend(self, line: int, column: int, nodes: int, characters: int) -> None:
        """Counts values. Raises: Exceeded."""
        self.nodes += nodes
        self.characters += characters
        if self.nodes > self.most:
            self.exceeded(line, column)
        if self.characters > self._limits.characters:
            what = f"the file holds more than {self._limits.characters} characters with what aliases repeat"
            raise Exceeded(line, column, what, "repeat less by aliases")

    def exceeded(self, line: int, column: int) -> NoReturn:
        """Raises: Exceeded, for there are more than ``most`` nodes."""
        what = f"the file holds more than {self.most} values"
        raise Exceeded(line, column, what, "split it, and repeat less by aliases")

    def descend(self, line: int, column: int, depth: int) -> None:
        """Checks how deep values are nested. Raises: Exceeded."""
        if depth > self._limits.depth:
            what = f"values are nested more than {self._limits.depth} deep"
            raise Exceeded(line, column, what, "nest less; no Kubernetes object is so deep")
