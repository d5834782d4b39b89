"""The lease as it is written: who holds it, or that nobody does. Pure but for reading it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

import orjson
from pydantic import TypeAdapter, ValidationError

from onestack.errors import RecordsUnreadable
from onestack.lease.owner import Owner, proven_dead
from onestack.records import Store
from onestack.records.bounds import Count, Moment


@dataclass(frozen=True)
class Holding:
    """Who holds the lease. ``number`` grows with every taking and never falls: the fencing number.

    ``taken`` and ``heartbeat`` are times of the owner's clock, for people; nothing is decided by them.
    ``held`` is False once it was given back.
    """

    stack: str
    number: Count
    owner: Owner
    taken: Moment
    heartbeat: Moment
    held: bool = True

    @property
    def live(self) -> bool:
        """Whether somebody holds it who isn't proven dead, here and now."""
        return self.held and not proven_dead(self.owner)


def name(project: str, stack: str) -> str:
    """The lease's name among the records."""
    return f"leases/{project}/{stack}.json"


def text(holding: Holding) -> str:
    """The lease as it is written."""
    return orjson.dumps(asdict(holding)).decode()


def parsed(content: str, place: str) -> Holding:
    """The lease in a text. Raises: RecordsUnreadable."""
    try:
        return _HOLDING.validate_json(content)
    except ValidationError:
        raise RecordsUnreadable(place, "what stands there is no lease") from None


def look(store: Store, project: str, stack: str) -> Holding | None:
    """Who holds the lease, or held it last; None where nobody ever did. Raises: Unavailable."""
    there = store.read(name(project, stack))
    return None if there is None else parsed(there.content, f"{store.place}/{name(project, stack)}")


_HOLDING: Final = TypeAdapter(Holding)
