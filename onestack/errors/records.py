"""What is kept beside the state: lease and ledger."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from onestack.errors.base import OnestackError, Unavailable, UsageError


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


class NothingLiveBefore(UsageError):
    """The ledger knows of no earlier revision to go back to."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"this clone has no other revision of those that were deployed to '{stack}' with success",
            hint="name one: --to REV; a shallow clone has few: 'git fetch --unshallow' brings them all",
        )
