"""A process that takes the lease of a stack, writes into its ledger and gives it back, as it is told.

Arguments: the address of the state, and a name. Each line on stdin is an order, and answered by one line.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

from onestack.errors import LeaseHeld, OnestackError
from onestack.lease import mine, take
from onestack.ledger import Begin, Ledger
from onestack.records import at


def main(address: str, who: str) -> None:
    """Answers orders until there are none left."""
    store = at(address, Path.cwd())
    ledger = Ledger(store, "shop", "dev")
    held = ExitStack()
    _say("ready")
    for order in map(str.strip, sys.stdin):
        answer = "done"
        try:
            if order == "take":
                lease = held.enter_context(take(store, "shop", "dev", mine(who), every=0.05))
                answer = f"won {lease.number}"
            elif order.startswith("write "):
                ledger.begin(Begin("deploy", who, "here"), lease=int(order.removeprefix("write ")))
            elif order == "give back":
                held.close()
        except LeaseHeld as error:
            answer = f"held {error.owner} {error.number}"
        except OnestackError as error:
            answer = f"failed {type(error).__name__}"
        _say(answer)


def _say(answer: str) -> None:
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
