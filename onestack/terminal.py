"""What a person sees: progress with elapsed time and tables, on stderr; colours only on a terminal."""

from __future__ import annotations

import time
from threading import RLock, Timer
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.text import Text

from onestack.errors import OnestackError
from onestack.harmless import harmless
from onestack.masking import Mask

# Without a terminal, an activity that goes on is said again after so many seconds, then after twice as many,
# and so on: a log shows soon that something is going on, and isn't filled with it.
_REMIND_SECONDS = 5.0
_REMIND_AT_MOST = 40.0
_LOG_WIDTH = 160


class Terminal:
    """The `Progress` of the command line.

    On a terminal one line shows the activity at hand and how long it has taken. Elsewhere (a log of
    CI) each activity is a line of its own, the same one again only when it takes long, also while nobody
    says anything.

    ``mask`` takes out what it was told to hide: of all that is shown here, and of the failure, if one
    passes through its end. Whoever prints beside it uses the mask, too.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _stderr()
        self.mask = Mask()
        self._began = time.monotonic()
        self._status: Status | None = None
        self._log = _Log(self)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest()
        if isinstance(error, OnestackError):
            error.mask(self.mask)
        elif error is not None:  # a defect of ours: its traceback is printed
            error.args = tuple(self.mask(one) if isinstance(one, str) else one for one in error.args)

    def hide(self, mask: Mask) -> None:
        """From now on what this masks is masked in what is shown, too."""
        self.mask |= mask

    def elapsed(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._began

    def step(self, what: str) -> None:
        """Shows ``what`` as the activity at hand."""
        what = self.mask(what)
        if self.console.is_terminal:
            line = _Ticking(what, self)
            if self._status is None:
                self._status = self.console.status(line)
                self._status.start()
            self._status.update(line)
            return
        self._log.step(what)

    def note(self, text: str) -> None:
        """Prints a line that stays."""
        self.console.print(escape(harmless(self.mask(text))), soft_wrap=True)

    def rest(self) -> None:
        """Takes the activity line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        self._log.rest()


class _Log:
    """Activities as lines of a log; what is before the first colon tells one from the other."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._lock = RLock()
        self._what = ""
        self._reminder: Timer | None = None

    def step(self, what: str) -> None:
        """Says an activity that is another one; of the same it keeps the words for when it is said again."""
        with self._lock:
            before, self._what = self._what, what
            if before.partition(":")[0] != what.partition(":")[0]:
                self._say(_REMIND_SECONDS)

    def rest(self) -> None:
        """Nothing is going on."""
        with self._lock:
            self._what = ""
            if self._reminder is not None:
                self._reminder.cancel()

    def _say(self, seconds: float) -> None:
        terminal = self._terminal
        terminal.console.print(escape(harmless(_line(self._what, terminal.elapsed()))), soft_wrap=True)
        if self._reminder is not None:
            self._reminder.cancel()
        self._reminder = Timer(seconds, self._again, [min(seconds * 2, _REMIND_AT_MOST)])
        self._reminder.daemon = True  # the command may end in the middle of it
        self._reminder.start()

    def _again(self, seconds: float) -> None:
        with self._lock:
            if self._what:
                self._say(seconds)


class _Ticking:
    """The activity at hand with the time that it is now, whenever it is drawn."""

    def __init__(self, what: str, terminal: Terminal) -> None:
        self._what = what
        self._terminal = terminal

    def __rich__(self) -> Text:
        return Text(harmless(_line(self._what, self._terminal.elapsed())))


def _line(what: str, seconds: float) -> str:
    return f"{what} ({clock(seconds)})"


def _stderr() -> Console:
    console = Console(stderr=True, highlight=False, emoji=False)
    # A log has no edge to wrap at; without this a table in it is cut at 80 columns.
    return (
        console
        if console.is_terminal
        else Console(stderr=True, highlight=False, emoji=False, width=_LOG_WIDTH)
    )


def clock(seconds: float) -> str:
    """Seconds as ``m:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
