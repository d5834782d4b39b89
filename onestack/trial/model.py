"""A trial as a value: what was tried, what was refused, whether there is a way back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from onestack.acceptance.results import Results

# A document comes from a job that ran a stranger's code: nothing is taken for another type, or unknown.
_STRICT: Final = ConfigDict(strict=True, extra="forbid")

Text = Annotated[str, Field(max_length=8_000)]
StackName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?$")]
Seconds = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
Name = Literal["base", "revision", "acceptance", "way back"]
Ending = Literal["done", "failed", "not tried"]
Direction = Literal["clean", "lossy", "impossible", "not tried"]


@dataclass(frozen=True)
class Tried:
    """A revision that was tried. ``changed``: with what isn't committed in the working tree."""

    __pydantic_config__: ClassVar = _STRICT

    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
    subject: Text = ""
    changed: bool = False

    def __str__(self) -> str:
        return self.commit[:12] + (" with what isn't committed" if self.changed else "")


@dataclass(frozen=True)
class Step:
    """One part of a trial, and how it ended; ``message`` says why where it isn't done."""

    __pydantic_config__: ClassVar = _STRICT

    name: Name
    outcome: Ending
    message: Text = ""
    seconds: Seconds = 0.0


@dataclass(frozen=True)
class Said:
    """What is said of one object, such as ``Deployment shop/web``; of none where that is empty."""

    __pydantic_config__: ClassVar = _STRICT

    object: Text
    text: Text

    def __str__(self) -> str:
        return f"{self.object}: {self.text}" if self.object else self.text


@dataclass(frozen=True)
class WayBack:
    """Whether the base can be deployed over the revision again.

    ``clean``: every object is then what it was; ``lossy``: it comes up, but something is lost;
    ``impossible``: it is refused or doesn't become ready. ``reasons`` name the objects.
    """

    __pydantic_config__: ClassVar = _STRICT

    verdict: Direction
    reasons: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What became of deploying ``revision`` over ``base`` on a throwaway control plane.

    ``refused`` is what the API server said of the revision's objects, ``not_ready`` those that it took and
    that didn't become ready. ``unseen`` is what the trial can't vouch for: what, and why.
    """

    __pydantic_config__: ClassVar = _STRICT

    stack: StackName
    base: Tried
    revision: Tried
    steps: Annotated[tuple[Step, ...], Field(max_length=16)]
    refused: tuple[Said, ...] = ()
    not_ready: tuple[Said, ...] = ()
    acceptance: Results = field(default_factory=Results)
    way_back: WayBack = field(default_factory=lambda: WayBack("not tried"))
    unseen: tuple[Said, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the revision came up and its acceptance tests passed."""
        came_up = any(step.name == "revision" and step.outcome == "done" for step in self.steps)
        broken = any(step.outcome == "failed" for step in self.steps if step.name == "acceptance")
        return came_up and not broken and self.acceptance.ok

    @property
    def upgraded(self) -> bool:
        """Whether the base was there for the revision to be deployed over."""
        return any(step.name == "base" and step.outcome == "done" for step in self.steps)

    @property
    def seconds(self) -> float:
        """How long all steps took together."""
        return sum(step.seconds for step in self.steps)

    def verdict(self) -> str:
        """All of it in one sentence."""
        if not self.ok:
            failed = next(
                (step.name for step in self.steps if step.outcome == "failed" and step.name != "base"), ""
            )
            return {
                "revision": "this revision doesn't come up",
                "acceptance": "this revision comes up, and its acceptance tests don't pass",
            }.get(failed, "this revision was not tried")
        came = "comes up over its base" if self.upgraded else "comes up; it was not tried over its base"
        way = {
            "clean": "and the way back is clean",
            "lossy": "but the way back loses something",
            "impossible": "but there is no way back",
            "not tried": "and the way back was not tried",
        }[self.way_back.verdict]
        return f"this revision {came}, {way}"


def masked(trial: Trial, hidden: Callable[[str], str]) -> Trial:
    """The trial without what ``hidden`` takes out of a text."""

    def said(found: Iterable[Said]) -> tuple[Said, ...]:
        return tuple(Said(hidden(one.object), hidden(one.text)) for one in found)

    cases = tuple(
        replace(case, name=hidden(case.name), message=hidden(case.message)) for case in trial.acceptance.cases
    )
    return replace(
        trial,
        base=replace(trial.base, subject=hidden(trial.base.subject)),
        revision=replace(trial.revision, subject=hidden(trial.revision.subject)),
        steps=tuple(replace(step, message=hidden(step.message)) for step in trial.steps),
        refused=said(trial.refused),
        not_ready=said(trial.not_ready),
        acceptance=replace(trial.acceptance, cases=cases),
        way_back=WayBack(trial.way_back.verdict, said(trial.way_back.reasons)),
        unseen=said(trial.unseen),
    )
