"""What a benchmark found, as values that are kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from onestack.errors import UsageError


@dataclass(frozen=True)
class Process:
    """All processes of one name in a phase."""

    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Measurement:
    """One command of one turn.

    ``peak_bytes`` is the largest sum of resident memory over the process tree; ``load`` the
    machine's load average when the phase began; ``left`` how many objects there are after a
    destroy; ``failed`` why the figures don't count, else empty. ``plane_cpu`` are
    CPU seconds of the control plane's processes meanwhile, ``requests`` those to its API server by verb.
    ``characters`` is how long the text is that it wrote, where it writes one.
    """

    subject: str
    size: int
    run: int
    phase: str
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    load: float
    processes: Mapping[str, Process]
    left: int | None = None
    failed: str = ""
    plane_cpu: Mapping[str, float] = field(default_factory=dict)
    requests: Mapping[str, float] = field(default_factory=dict)
    characters: int | None = None


@dataclass(frozen=True)
class Machine:
    """Where and with what it was measured."""

    processor: str
    cores: int
    memory_bytes: int
    system: str
    versions: Mapping[str, str]
    provider: str


@dataclass(frozen=True)
class Results:
    """One session. ``kinds`` are the generated objects by size and kind; ``finished`` is False
    while it runs and stays so where it was interrupted."""

    machine: Machine
    command: str
    began: str
    finished: bool
    kinds: Mapping[str, Mapping[str, int]]
    measurements: Sequence[Measurement]

    @property
    def failures(self) -> tuple[Measurement, ...]:
        """The phases that failed."""
        return tuple(one for one in self.measurements if one.failed)

    def sizes(self) -> tuple[int, ...]:
        """The numbers of objects measured, ascending; the control plane's own start has none."""
        return tuple(sorted({one.size for one in self.measurements if one.size}))

    def find(self, subject: str, size: int, phase: str) -> dict[int, Measurement]:
        """The measurements of a phase that did not fail, by run."""
        wanted = (subject, size, phase)
        return {
            one.run: one
            for one in self.measurements
            if (one.subject, one.size, one.phase) == wanted and not one.failed
        }

    def save(self, file: Path) -> None:
        """Writes all of it; a reader never sees half of it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.new")
        draft.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))
        draft.replace(file)


def read(file: Path) -> Results:
    """What `Results.save` wrote. Raises: UsageError."""
    try:
        return TypeAdapter(Results).validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} can't be read", why=str(error)) from None
    except ValidationError as error:
        why = str(error.errors()[0]["msg"])
        raise UsageError(f"{file} holds no results of the benchmark", why=why) from None
