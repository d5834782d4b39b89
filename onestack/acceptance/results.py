"""How acceptance tests ended, as a value, and how it is read from JUnit's XML. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import ConfigDict, Field

Ending = Literal["passed", "failed", "skipped", "error"]

MOST_BYTES: Final = 32_000_000
MOST_CASES: Final = 10_000
MESSAGE: Final = 2_000
_LINE: Final = 300
_SAYS_LESS: Final = ("full report in element text]", "collection failure")
"""How messages end of which the report says more: shortened ones, and of files that can't be read."""
_MARKED: Final = "E   "
"""How pytest begins the lines of a report that say what went wrong."""
NAME: Final = 300
_WORST: Final[Mapping[str, Ending]] = {"error": "error", "failure": "failed", "skipped": "skipped"}
"""The endings by JUnit's element, the worst first."""


@dataclass(frozen=True)
class Case:
    """One test. ``error`` is one that broke around its own lines: in a fixture, or when it was read."""

    __pydantic_config__: ClassVar = ConfigDict(strict=True, extra="forbid")

    name: Annotated[str, Field(max_length=NAME)]
    outcome: Ending
    message: Annotated[str, Field(max_length=MESSAGE)] = ""
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0

    def __str__(self) -> str:
        first = self.message.partition("\n")[0]
        first = first if len(first) <= _LINE else f"{first[:_LINE]}..."
        return f"{self.name}: {self.outcome}" + (f": {first}" if first else "")


@dataclass(frozen=True)
class Results:
    """Every test and how it ended, in the order they ran; ``note`` says why there are none."""

    __pydantic_config__: ClassVar = ConfigDict(strict=True, extra="forbid")

    cases: tuple[Case, ...] = ()
    note: Annotated[str, Field(max_length=MESSAGE)] = ""

    @property
    def passed(self) -> int:
        """How many did what they should."""
        return self._count("passed")

    @property
    def failed(self) -> int:
        """How many say that the environment is wrong."""
        return self._count("failed")

    @property
    def skipped(self) -> int:
        """How many couldn't be tried, such as those that need an address here."""
        return self._count("skipped")

    @property
    def errors(self) -> int:
        """How many are broken themselves."""
        return self._count("error")

    @property
    def ok(self) -> bool:
        """Whether none failed and none is broken; also where there are none."""
        return not (self.failed or self.errors)

    @property
    def wrong(self) -> tuple[Case, ...]:
        """Those that failed or are broken."""
        return tuple(case for case in self.cases if case.outcome in {"failed", "error"})

    def line(self) -> str:
        """All of it in one line."""
        if not self.cases:
            return f"no acceptance tests: {self.note}" if self.note else "no acceptance tests"
        counts = {
            "passed": self.passed, "failed": self.failed, "broken": self.errors, "skipped": self.skipped,
        }  # fmt: skip
        said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        return f"{len(self.cases)} acceptance {'test' if len(self.cases) == 1 else 'tests'}: {said}"

    def lines(self) -> Iterator[str]:
        """A line for each test that didn't pass, then one of counts."""
        yield from (f"acceptance test {case}" for case in self.cases if case.outcome != "passed")
        yield self.line()

    def document(self) -> dict[str, Any]:
        """The results as a JSON document (schema: docs/json.md)."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "errors": self.errors,
            "skipped": self.skipped,
            "note": self.note,
            "cases": [
                {
                    "name": case.name,
                    "outcome": case.outcome,
                    "message": case.message,
                    "seconds": round(case.seconds, 2),
                }
                for case in self.cases
            ],
        }

    def _count(self, outcome: Ending) -> int:
        return sum(case.outcome == outcome for case in self.cases)


def parsed(content: bytes, hidden: Callable[[str], str] = str) -> ET.Element:
    """JUnit's XML as a tree without what ``hidden`` takes out.

    Raises: ValueError where it is no XML, is longer than any may be, or declares entities.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES} bytes")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("it has a document type of its own")
    try:
        root = ET.fromstring(content)  # noqa: S314 - nothing can be declared in it, see above
    except ET.ParseError as error:
        raise ValueError(str(error)) from None
    for element in root.iter():
        element.text = hidden(element.text) if element.text else element.text
        for name, value in element.attrib.items():
            element.set(name, hidden(value))
        if element.get("message", "").endswith(_SAYS_LESS):
            element.set("message", _said(element.text or ""))
    return root


def _said(report: str) -> str:
    """What a failure says, of its report, bounded only now that it is masked.

    The message that pytest writes beside it ends wherever it is long enough, be it in the midst of a value.
    """
    lines = report.splitlines()
    said = [line.removeprefix(_MARKED).lstrip() for line in lines if line.startswith(_MARKED)]
    return "\n".join(said or lines)[:MESSAGE]


def results(root: ET.Element) -> Results:
    """What is in JUnit's XML; of more tests than any suite has, the first ones."""
    found = [element for _, element in zip(range(MOST_CASES), root.iter("testcase"), strict=False)]
    cases: dict[str, Case] = {}
    for case in map(_case, found):
        # One that failed and then broke while it was cleaned up is written twice.
        known = cases.get(case.name)
        cases[case.name] = case if known is None or known.outcome == "passed" else known
    return Results(tuple(cases.values()))


def _case(element: ET.Element) -> Case:
    holder, name = element.get("classname", ""), element.get("name", "")
    full = f"{holder}::{name}" if holder else name
    for tag, outcome in _WORST.items():
        if (said := element.find(tag)) is not None:
            message = said.get("message") or (said.text or "").strip()
            return Case(full[:NAME], outcome, message[:MESSAGE], _seconds(element))
    return Case(full[:NAME], "passed", seconds=_seconds(element))


def _seconds(element: ET.Element) -> float:
    try:
        seconds = float(element.get("time", "0"))
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < float("inf") else 0.0
