"""The ledger of a stack for people and programs: what was deployed, and whether the ledger is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from onestack import lease
from onestack import settings as stack_settings
from onestack.engine import HOME, Workspace
from onestack.errors import first_cause
from onestack.harmless import one_line
from onestack.ledger import Deployed, Fault, Ledger, Results, deployments, verify
from onestack.local.simulation import Simulation, current
from onestack.offline import simulated
from onestack.progress import Progress
from onestack.records import Store, beside
from onestack.repository import Repository
from onestack.settings import Settings
from onestack.tables import PAST
from onestack.terminal import clock

_STYLES: Final = {"succeeded": "green", "running": "bold", "stopped": "yellow", "interrupted": "yellow"}
_LONGEST: Final = 200
"""So much of an error is shown; --json has all that the ledger has."""
_SIGNED: Final = {
    "good": "signed",
    "bad": "BAD SIGNATURE",
    "unknown": "signature unknown",
    "none": "unsigned",
}


@dataclass(frozen=True)
class History:
    """What a ledger tells. ``deployed`` is the newest first, ``holding`` the lease that is held now, by
    somebody who isn't proven dead.

    ``entries`` is how many there are, ``hash`` that of the last; ``whole`` says that all were verified, and
    not only those that were read.
    """

    stack: str
    place: str
    deployed: tuple[Deployed, ...]
    faults: tuple[Fault, ...]
    entries: int
    hash: str | None
    whole: bool
    holding: int | None = None


def store(repository: Repository, stack: str, offline: bool | None, progress: Progress) -> Store:
    """The records of a stack, found without any tool. Raises: UsageError, Unavailable."""
    settings = stack_settings.from_file(repository.root, stack)
    # Nothing is planned here: without credentials a stack is what it says that it is.
    asked = False if offline is None and current() is None else offline
    alone = simulated(settings, asked, plans=False, progress=progress)
    found = beside(_workspace(repository, settings, simulation=alone))
    if found.note:
        progress.note(found.note)
    return found


def history(records: Store, project: str, stack: str, *, limit: int, whole: bool) -> History:
    """The last deployments, and whether what was read, or the ``whole`` ledger, is as it was written.

    Raises: Unavailable.
    """
    ledger = Ledger(records, project, stack)
    # A deployment has two entries, and the first that are read may be the end of an earlier one.
    chain = ledger.chain(None if whole else 2 * limit + 1)
    held = lease.look(records, project, stack)
    entries = chain.ordered
    return History(
        stack=stack,
        place=ledger.place,
        deployed=deployments(entries)[-limit:][::-1],
        faults=verify(chain),
        entries=chain.last,
        hash=entries[-1].hash if entries else None,
        whole=whole or chain.first == 1,
        holding=held.number if held and held.live else None,
    )


def table(found: History) -> Table:
    """One row per deployment, the newest first."""
    made = Table(box=None)
    for name in ("", "when", "verb", "who", "commit", "changes", "outcome", "tests", "took"):
        made.add_column(name, overflow="fold")  # a commit that was cut off is none
    for one in found.deployed:
        state = one.state(found.holding)
        style = _STYLES.get(state, "bold red")
        cells = (str(one.begin.number), one.begin.time.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z"))
        made.add_row(*map(_cell, (*cells, *_told(one))), Text(state, style), *map(_cell, _measured(one)))
    return made


def remarks(found: History) -> Iterator[str]:
    """What no row has room for: who approved, which gates were passed by hand, and why it didn't succeed."""
    for one in found.deployed:
        begin, end = one.begin.begin, one.ended
        said = []
        if begin is not None:
            who = ", ".join(approval.by for approval in begin.approvals)
            said += [f"approved by {who}"] if who else []
            said += [f"passed the gate {gate}" for gate in begin.overridden]
        if end is not None and end.error:
            said.append(f"{end.outcome}: {first_cause(end.error)[:_LONGEST]}")
        yield from (one_line(f"entry {one.begin.number}: {what}") for what in said)


def document(found: History) -> dict[str, Any]:
    """The same for programs (schema: docs/json.md)."""
    return {
        "stack": found.stack,
        "place": found.place,
        "entries": found.entries,
        "hash": found.hash,
        "whole": found.whole,
        "faults": list(map(str, found.faults)),
        "deployments": [_deployment(one, found.holding) for one in found.deployed],
    }


def summary(found: History) -> str:
    """How much there is and what of it was verified, in one line."""
    if not found.entries:
        return f"{found.stack} was never deployed by onestack: its ledger is empty ({found.place})"
    what = "all verified" if found.whole else "those read verified, --verify reads all"
    return f"{found.stack}: {found.entries} entries, {what}; the last is {found.hash}"


def _deployment(one: Deployed, holding: int | None) -> dict[str, Any]:
    begin = asdict(one.begin.begin) if one.begin.begin else {}
    end = asdict(one.ended) if one.ended else {}
    return {
        "number": one.begin.number,
        "run": one.begin.run,
        "lease": one.begin.lease,
        "state": one.state(holding),
        "began": one.begin.time,
        "ended": one.end.time if one.end else None,
        "hashes": [entry.hash for entry in (one.begin, one.end, one.abandoned) if entry],
        **{key: value for key, value in begin.items() if key not in {"counts", "links"}},
        "planned": begin.get("counts", {}),
        "done": end.get("counts", {}),
        "error": end.get("error", ""),
        "tests": end.get("tests"),
        "seconds": end.get("seconds"),
        "links": {**begin.get("links", {}), **end.get("links", {})},
    }


def _told(one: Deployed) -> Iterator[str]:
    """Verb, who, commit, changes."""
    begin, end = one.begin.begin, one.ended
    if begin is None:
        yield from ("?", "?", "?", "?")
        return
    yield begin.verb
    yield begin.who
    yield f"{begin.commit[:12]} {_SIGNED[begin.signature]}" if begin.commit else "not committed"
    if end:
        # What an interrupted or failed run did isn't always known.
        told = end.counts or end.outcome in {"succeeded", "stopped"}
        yield _counts(end.counts) if told else "not known"
    else:
        known = begin.counts or begin.plan
        yield f"planned: {_counts(begin.counts)}" if known else "not known"


def _measured(one: Deployed) -> Iterator[str]:
    """Tests and duration."""
    end = one.ended
    yield _tests(end.tests) if end and end.tests else ""
    yield clock(end.seconds) if end and end.seconds is not None else ""


def _tests(found: Results) -> str:
    words = ((found.passed, "passed"), (found.failed, "failed"), (found.skipped, "skipped"))
    return ", ".join(f"{count} {word}" for count, word in words if count) or "none"


def _counts(counts: Mapping[str, int]) -> str:
    said = [f"{count} {PAST.get(op, op)}" for op, count in counts.items() if count and op != "same"]
    return ", ".join(said) or "none"


def _cell(text: str) -> Text:
    return Text(one_line(text))


def _workspace(repository: Repository, settings: Settings, *, simulation: bool) -> Workspace:
    """Enough of one to know where its state is."""
    bucket = settings.gcp.state.bucket if settings.gcp else None
    return Workspace(
        root=repository.root,
        project=repository.project,
        stack=settings.stack,
        bin_dirs=(),
        kubeconfig=Path(),
        pulumi_home=Path(),
        shared_state=settings.platform != "embedded",
        home=f"gs://{bucket}" if bucket else None,
        simulation=Simulation(repository.root.absolute() / HOME / "simulation") if simulation else None,
    )
