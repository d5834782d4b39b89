"""The steps of a trial on its ground, each with its outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onestack import acceptance, delivery
from onestack.acceptance import Results
from onestack.errors import NotARepository, OnestackError, Unavailable, UnknownStack
from onestack.manifests.manifest import Manifest
from onestack.masking import Mask
from onestack.progress import Discreet
from onestack.stack import Stack, readable
from onestack.trial import compare, looking, said
from onestack.trial.compare import Snapshot
from onestack.trial.ground import Ground, Put
from onestack.trial.model import Ending, Name, Said, Step, Trial, Tried, WayBack
from onestack.trial.unseen import unseen

_NOTHING: Final = WayBack("not tried", (Said("", "nothing of the revision was deployed"),))


@dataclass(frozen=True)
class Came:
    """What came of a deployment, also of one that failed with an ``error``."""

    manifests: Sequence[Manifest]
    snapshot: Snapshot
    error: OnestackError | None = None
    refused: tuple[Said, ...] = ()


class Steps:
    """A trial under way: ``before`` and ``after`` are folders with the files of base and revision."""

    def __init__(self, ground: Ground, progress: Discreet, before: Path, after: Path) -> None:
        self.ground = ground
        self._progress, self._before, self._after = progress, before, after
        self._steps: list[Step] = []
        self._refused: tuple[Said, ...] = ()
        self._not_ready: tuple[Said, ...] = ()
        self._unseen: tuple[Said, ...] = ()
        self._results = Results()
        self.way_back = WayBack("not tried")

    def all(self, *, tests: bool) -> None:
        """Base, revision, its acceptance tests if asked for, and the way back. Raises: Unavailable."""
        first = self._step("base", self._before)
        between = self._step("revision", self._after, lambda *it: self._looked_at(*it, tests=tests))
        if first is None or first.error is not None:
            why = self._steps[0].message
            self.way_back = WayBack("not tried", (Said("", f"the base itself didn't come up: {why}"),))
            self._steps.append(Step("way back", "not tried"))
        elif between is None:
            self.way_back = _NOTHING
            self._steps.append(Step("way back", "not tried"))
        else:
            last = self._step("way back", self._before, also=between.manifests)
            self.way_back = _judged(first, between, last, self._steps[-1].message)

    def trial(self, base: Tried, tried: Tried) -> Trial:
        """What was found."""
        return Trial(
            stack=self.ground.name,
            base=base,
            revision=tried,
            steps=tuple(self._steps),
            refused=self._refused,
            not_ready=self._not_ready,
            acceptance=self._results,
            way_back=self.way_back,
            unseen=self._unseen,
        )

    def _step(
        self,
        name: Name,
        files: Path,
        then: Callable[[Put, Came, Discreet], None] | None = None,
        also: Sequence[Manifest] = (),
    ) -> Came | None:
        """Deploys a revision; None where it is none that could be.

        ``then`` is what else its turn is for, ``also`` are objects to look at that it may not declare.
        """
        progress, began = Named(self._progress, name), time.monotonic()
        came: Came | None = None
        failure: OnestackError | None = None
        ended = began
        at = len(self._steps)
        try:
            with self.ground.put(files, progress) as put:
                came = _deployed(put.stack, progress, also)
                failure, ended = came.error, time.monotonic()
                if then:
                    then(put, came, progress)
        except Unavailable:
            raise
        except OnestackError as error:
            failure, ended = error, time.monotonic()
        missing = isinstance(failure, UnknownStack | NotARepository)
        outcome: Ending = "not tried" if missing else "failed" if failure else "done"
        message = said.cut(failure.message()) if failure else ""
        self._steps.insert(at, Step(name, outcome, message, ended - began))
        return came

    def _looked_at(self, put: Put, came: Came, progress: Discreet, *, tests: bool) -> None:
        """All that there is to say of the revision while it is there."""
        self._unseen = unseen(put.declared, came.manifests, own_secrets=put.readable)
        if came.error is not None:
            self._not_ready, self._refused = said.not_ready(came.error), came.refused
        elif tests:
            self._accepted(put.stack, came, progress)

    def _accepted(self, stack: Stack, came: Came, progress: Discreet) -> None:
        began, message = time.monotonic(), ""
        try:
            self._results = acceptance.run(stack, progress, manifests=came.manifests)
            failed = not self._results.ok
        except OnestackError as error:
            failed, message = True, said.cut(error.message())
        outcome: Ending = "failed" if failed else "done" if self._results.cases else "not tried"
        self._steps.append(
            Step("acceptance", outcome, message or self._results.note, time.monotonic() - began)
        )


class Named:
    """A `Progress` that says which step it is about."""

    def __init__(self, progress: Discreet, name: str) -> None:
        self._progress, self._name = progress, name

    def step(self, what: str) -> None:
        """Starts, or renames, the activity that is going on now."""
        self._progress.step(f"{self._name}, {what}")

    def note(self, text: str) -> None:
        """Prints a line that stays."""
        self._progress.note(f"{self._name}: {text}")

    def hide(self, mask: Mask) -> None:
        """From now on what this masks is masked in what is said, too."""
        self._progress.hide(mask)


def _deployed(stack: Stack, progress: Discreet, also: Sequence[Manifest]) -> Came:
    """What comes of a deployment. Raises: OnestackError where there is nothing to deploy."""
    made = readable(stack, progress)
    manifests = made.applied
    stack.ask(lambda client: looking.furnish(client, stack.settings.manifests.custom_kinds()))
    failure: OnestackError | None = None
    refused: tuple[Said, ...] = ()
    try:
        delivery.deploy(stack, progress)
    except Unavailable:
        raise
    except OnestackError as error:
        failure = error
        verdicts = stack.ask(lambda client: looking.refused(client, manifests))
        refused = said.refused(error, manifests, verdicts)
    seen = tuple({one.identity: one for one in (*also, *manifests)}.values())
    return Came(manifests, stack.ask(lambda client: looking.snapshot(client, seen)), failure, refused)


def _judged(first: Came, between: Came, last: Came | None, message: str) -> WayBack:
    if last is None or last.error is not None:
        reasons = (last.refused or said.not_ready(last.error)) if last and last.error else ()
        return WayBack("impossible", reasons or (Said("", message),))
    return compare.way_back(first.snapshot, between.snapshot, last.snapshot)
