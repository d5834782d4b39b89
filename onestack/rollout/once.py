"""Whether anything is left to do for who only goes on with what a gate had stopped, such as a clock."""

from __future__ import annotations

from typing import Final

from onestack import records
from onestack.ledger import Ledger
from onestack.progress import Progress
from onestack.rollout.desk import committed
from onestack.stack import Stack

_RECENT: Final = 20
_GOES_ON: Final = frozenset({"stopped", "killed", "running"})


def tried(stack: Stack, progress: Progress) -> str | None:
    """What became of the revision that lies here, in a sentence; None where it is still to be deployed.

    It is where the ledger's last run was of another one, was stopped by a gate, couldn't be planned, or was
    killed.
    Raises: Unavailable.
    """
    here, name = committed(stack, progress), stack.settings.stack
    ledger = Ledger(records.beside(stack.workspace), stack.repository.project, name)
    last = next(reversed(ledger.deployments(_RECENT)), None)
    did = last.begin.begin if last is not None else None
    if here is None or last is None or did is None or did.commit != here.commit:
        return None
    if last.idle or (state := last.state()) in _GOES_ON:
        return None
    when = f"{last.begin.time:%Y-%m-%d %H:%M} UTC"
    return f"nothing to go on with: the {did.verb} of {here.short} to {name}, begun {when}, {_WORDS[state]}"


_WORDS: Final = {
    "succeeded": "succeeded",
    "failed": "failed; who mended the cause deploys it without --once",
    "interrupted": "was interrupted; who wants it deployed does so without --once",
}
