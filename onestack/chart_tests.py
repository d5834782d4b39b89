"""A stack's chart tests: Pods and Jobs that try out what is live (``helm.sh/hook: test``).

They are no part of a release. Each is created, waited for and deleted again; what a run that was killed
left is deleted first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from onestack.errors import ApiError, ForeignObjects, KindUnknown
from onestack.health import Verdict, assess
from onestack.health.live import text
from onestack.kube.client import Client
from onestack.kube.discovery import Discovery
from onestack.manifests.awaiting import FIELD_MANAGER
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.ownership import is_ours
from onestack.manifests.placeholders import FIELDS, is_secret, names, substituted
from onestack.wait import reference
from onestack.wait.absent import complete
from onestack.wait.explain import explanations

_JOB: Final = ("batch", "Job")
_RUN: Final = frozenset({_JOB, ("", "Pod")})
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
LOOK_SECONDS: Final = 0.5
_GONE_SECONDS: Final = 60.0
PLACEHOLDERS: Final = "it takes a secret of the stack, and tests get none: make the Secret no hook"
NOT_READY: Final = "not everything that the stack declares is ready"

Live = Mapping[str, Any]
State = Literal["passed", "failed", "not run"]
OnProgress = Callable[[str], None]


@dataclass(frozen=True)
class Ended:
    """How one test ended, and why, and how long it took."""

    manifest: Manifest
    state: State
    message: str
    seconds: float = 0.0

    @property
    def is_test(self) -> bool:
        """Whether it runs; ConfigMaps and the like are only there for the tests to use."""
        return (self.manifest.group, self.manifest.kind) in _RUN

    def __str__(self) -> str:
        return f"{reference(self.manifest)}: {self.state}: {self.message}"


@dataclass(frozen=True)
class Owner:
    """Whose the tests are."""

    project: str
    stack: str


def not_run(tests: Sequence[Manifest], why: str) -> tuple[Ended, ...]:
    """What is said of tests that there was no point in running."""
    return tuple(Ended(test, "not run", why) for test in tests)


async def run(
    client: Client,
    tests: Sequence[Manifest],
    owner: Owner,
    *,
    timeout_seconds: float,
    on_progress: OnProgress,
    look_seconds: float = LOOK_SECONDS,
) -> tuple[Ended, ...]:
    """Runs the tests in the order given, one after the other, each for at most ``timeout_seconds``.

    ``look_seconds`` is the time between two looks at one. One that fails doesn't keep the others from
    running. However this ends, what was created is deleted.

    Raises: ForeignObjects for an object of a test's name that isn't the stack's, ApiError,
    ClusterUnreachable.
    """
    stage = _Stage(client, Discovery(client), owner, look_seconds)
    await stage.clear(tests)
    found: list[Ended] = []
    try:
        for number, test in enumerate(tests, start=1):
            which = f"test {number} of {len(tests)}: {reference(test)}"
            on_progress(which)
            began = time.monotonic()
            verdict = await stage.run(test, timeout_seconds, partial(_told, on_progress, which))
            state: State = "passed" if verdict.state == "ready" else "failed"
            found.append(Ended(test, state, verdict.message, time.monotonic() - began))
    finally:
        await stage.delete(tests)
    return tuple(found)


def _told(on_progress: OnProgress, which: str, said: str) -> None:
    on_progress(f"{which}: {said}")


class _Stage:
    """Where tests are put up and taken down."""

    def __init__(self, client: Client, discovery: Discovery, owner: Owner, look_seconds: float) -> None:
        self._client, self._discovery, self._owner = client, discovery, owner
        self._look_seconds = look_seconds
        self._paths: dict[Identity, str] = {}

    async def clear(self, tests: Sequence[Manifest]) -> None:
        """Deletes what an earlier run left, and waits until it is gone.

        What stays is left to `run`, which says what holds it.
        """
        strangers: list[Manifest] = []
        left: list[Manifest] = []
        for test in tests:
            live = await self._get(test)
            if live is not None:
                ours = is_ours(live, test.identity, self._owner.project, self._owner.stack)
                (left if ours else strangers).append(test)
        if strangers:
            listed = (f"{reference(test)} (declared in {test.location.file})" for test in strangers)
            raise ForeignObjects(self._owner.stack, tuple(listed))
        await self.delete(left)
        began = time.monotonic()
        while left and time.monotonic() - began < _GONE_SECONDS:
            left = [test for test in left if await self._get(test) is not None]
            await asyncio.sleep(self._look_seconds if left else 0)

    async def run(self, test: Manifest, timeout_seconds: float, on_progress: OnProgress) -> Verdict:
        """Creates a test and waits until it has ended."""
        if names(test.body):
            return Verdict("failed", PLACEHOLDERS, final=True)
        try:
            resource = await self._discovery.find(test.api_version, test.kind)
            self._paths[test.identity] = resource.path(test.namespace, test.name)
            await self._client.request(
                "POST",
                resource.path(test.namespace),
                params={"fieldManager": FIELD_MANAGER},
                body=_created(test),
            )
        except (ApiError, KindUnknown) as error:
            why = error.why or error.what
            if isinstance(error, ApiError) and error.status == _CONFLICT:
                why = await self._held(test)
            return Verdict("failed", f"could not be created: {why}", final=True)
        if (test.group, test.kind) not in _RUN:
            return Verdict("ready", "created")
        return await self._ended(test, timeout_seconds, on_progress)

    async def _held(self, test: Manifest) -> str:
        """What keeps an object of the same name from being gone."""
        metadata = (await self._get(test) or {}).get("metadata", {})
        said = "there is one of an earlier run, which is not gone yet"
        finalizers = metadata.get("finalizers") or ()
        if finalizers:
            said += f": it waits for whoever takes away its finalizers {', '.join(map(repr, finalizers))}"
        return said

    async def delete(self, tests: Sequence[Manifest]) -> None:
        """Deletes what there is of the tests, the newest first; doesn't wait until it is gone."""
        for test in reversed(tests):
            path = self._paths.get(test.identity)
            if path is not None:
                await self._delete(path)

    async def _ended(self, test: Manifest, timeout_seconds: float, on_progress: OnProgress) -> Verdict:
        began = time.monotonic()
        while True:
            live = await self._get(test)
            if live is None:
                return Verdict("failed", "somebody deleted it", final=True)
            verdict = judged(live)
            if verdict.final or verdict.state == "ready":
                return verdict if verdict.state == "ready" else await self._explained(test, live, verdict)
            if time.monotonic() - began >= timeout_seconds:
                late = Verdict("failed", f"did not end within {timeout_seconds:g} s: {verdict.message}")
                return await self._explained(test, live, late)
            on_progress(verdict.message)
            await asyncio.sleep(self._look_seconds)

    async def _explained(self, test: Manifest, live: Live, verdict: Verdict) -> Verdict:
        """The verdict on a Job with what its pods say."""
        found = (await explanations(self._client, {reference(test): live})).get(reference(test))
        if found is None or found.message in verdict.message or (test.group, test.kind) != _JOB:
            return verdict
        return Verdict(verdict.state, f"{verdict.message}; {found.message}", final=verdict.final)

    async def _get(self, test: Manifest) -> Live | None:
        try:
            if test.identity not in self._paths:
                resource = await self._discovery.find(test.api_version, test.kind)
                self._paths[test.identity] = resource.path(test.namespace, test.name)
            return await self._client.request("GET", self._paths[test.identity])
        except KindUnknown:
            return None
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    async def _delete(self, path: str) -> None:
        try:
            await self._client.request("DELETE", path, body={"propagationPolicy": "Background"})
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise


def judged(live: Live) -> Verdict:
    """Whether a test has ended: ready when it passed, a final failure when it didn't."""
    if (live.get("apiVersion"), live.get("kind")) == ("batch/v1", "Job"):
        verdict = assess(live)
        return Verdict("waiting", verdict.message) if _idle(live, verdict) else verdict
    if text(live, "status", "phase") == "Succeeded":
        return Verdict("ready", "ran to its end")
    verdict = assess(live)
    return Verdict("waiting", "runs") if verdict.state == "ready" else verdict


def _idle(live: Live, verdict: Verdict) -> bool:
    """A Job that is as wanted and hasn't done its work: it is suspended."""
    return verdict.state == "ready" and not complete(live)


def _created(test: Manifest) -> Mapping[str, Any]:
    """What is posted: a Job without the TTL that would take it away before it was looked at, a Secret
    without escapes (placeholders it has none); other objects as they are."""
    body, spec = test.body, test.body.get("spec")
    if is_secret(body):
        held = {field: body[field] for field in FIELDS if isinstance(body.get(field), Mapping)}
        return {**body, **{field: substituted(field, values, str) for field, values in held.items()}}
    if (test.group, test.kind) != _JOB or not isinstance(spec, Mapping):
        return body
    kept = {key: value for key, value in spec.items() if key != "ttlSecondsAfterFinished"}
    return {**body, "spec": kept}
