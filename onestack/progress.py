"""How long work tells a person what it is doing, without knowing how that is shown."""

from __future__ import annotations

from typing import Protocol

from onestack.masking import NOTHING, Mask


class Progress(Protocol):
    """Told by whatever takes longer than two seconds; shows elapsed time itself."""

    def step(self, what: str) -> None:
        """Starts, or renames, the activity that is going on now."""

    def note(self, text: str) -> None:
        """Prints a line that stays."""


class Silent:
    """A `Progress` for work that nobody watches."""

    def step(self, what: str) -> None:
        """Says nothing."""

    def note(self, text: str) -> None:
        """Says nothing."""


class Discreet(Progress, Protocol):
    """A `Progress` that can be told what not to say."""

    def hide(self, mask: Mask) -> None:
        """From now on what this masks is masked in what is said, too."""


class Heard:
    """Passes on what is said and what is to be hidden, and knows the latter: ``mask``."""

    def __init__(self, progress: Discreet) -> None:
        self._progress, self.mask = progress, NOTHING

    def step(self, what: str) -> None:
        """As `Progress.step`."""
        self._progress.step(what)

    def note(self, text: str) -> None:
        """As `Progress.note`."""
        self._progress.note(text)

    def hide(self, mask: Mask) -> None:
        """As `Discreet.hide`."""
        self.mask |= mask
        self._progress.hide(mask)
