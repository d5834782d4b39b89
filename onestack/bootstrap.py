"""``onestack bootstrap``: the bucket and the key that the state of a cloud stack needs, made or checked.

What is there is never weakened, and a run that ended halfway is finished by the next: each step looks first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from onestack import state_differences
from onestack.errors import BucketTaken, KeyNotThere
from onestack.progress import Progress
from onestack.state_home import Bucket, Difference, Key, StateHome

State = Literal["created", "there", "mended", "differs"]

T = TypeVar("T", Bucket, Key)


class Buckets(Protocol):
    """The buckets of the project, as `onestack.cloud.storage` has them."""

    def find(self, name: str) -> Bucket | None: ...
    def create(self, home: StateHome) -> Bucket | None: ...
    def change(self, found: Bucket, changes: dict[str, Any]) -> Bucket: ...


class Keys(Protocol):
    """The key ring and its key, as `onestack.cloud.keys` has them."""

    def find_ring(self) -> bool: ...
    def create_ring(self) -> bool: ...
    def find(self) -> Key | None: ...
    def create(self) -> Key | None: ...
    def change(self, found: Key, changes: dict[str, Any]) -> Key: ...


@dataclass(frozen=True)
class Part:
    """One thing that a state needs. ``created`` and ``mended`` are this run's doing, ``differs`` is left."""

    kind: Literal["bucket", "key ring", "key"]
    name: str
    created: bool
    mended: tuple[Difference, ...] = ()
    differs: tuple[Difference, ...] = ()

    @property
    def state(self) -> State:
        """What became of it, in a word; what is left to do counts most."""
        if self.differs:
            return "differs"
        if self.created:
            return "created"
        return "mended" if self.mended else "there"


@dataclass(frozen=True)
class Report:
    """What was done and what was found."""

    home: StateHome
    parts: tuple[Part, ...]

    @property
    def ok(self) -> bool:
        """Whether state and secrets are safe there."""
        return not any(one.grave for part in self.parts for one in part.differs)


def bootstrap(home: StateHome, buckets: Buckets, keys: Keys, progress: Progress) -> Report:
    """Bucket -> key ring -> key: each found or made, then held beside what is wanted.

    Raises: BucketTaken, and as `onestack.cloud.api.Api.call`.
    """
    progress.step(f"looking for the bucket gs://{home.bucket}")
    bucket = _bucket(home, buckets)
    progress.step(f"looking for the key {home.key_name}")
    return Report(home, (bucket, _key_ring(home, keys), _key(home, keys)))


def _bucket(home: StateHome, buckets: Buckets) -> Part:
    found, created = buckets.find(home.bucket), False
    if found is None:
        found = buckets.create(home)
        created = found is not None
        # Somebody who does the same at this moment made ours; else the name is a stranger's.
        found = found or buckets.find(home.bucket)
    if found is None:
        raise BucketTaken(home.bucket, home.project)
    first = state_differences.of_bucket(home, found)
    if changes := _changes(first):
        found = buckets.change(found, changes)
    return _part("bucket", f"gs://{home.bucket}", created, first, state_differences.of_bucket(home, found))


def _key_ring(home: StateHome, keys: Keys) -> Part:
    created = not keys.find_ring() and keys.create_ring()
    return Part("key ring", home.key_ring_name, created)


def _key(home: StateHome, keys: Keys) -> Part:
    found, created = keys.find(), False
    if found is None:
        found = keys.create()
        created = found is not None
        found = found or keys.find()
    if found is None:
        raise KeyNotThere(home.key_name)
    first = state_differences.of_key(found)
    if changes := _changes(first):
        found = keys.change(found, changes)
    return _part("key", home.key_name, created, first, state_differences.of_key(found))


def _changes(differs: Sequence[Difference]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for one in differs:
        changes |= one.change
    return changes


def _part(
    kind: Literal["bucket", "key"],
    name: str,
    created: bool,
    before: Sequence[Difference],
    after: Sequence[Difference],
) -> Part:
    """What was asked to be mended and still differs wasn't mended: it is told as it is."""
    left = {one.what for one in after}
    mended = tuple(one for one in before if one.change and one.what not in left)
    return Part(kind, name, created, mended, tuple(after))


def next_steps(home: StateHome, stack: str) -> tuple[str, ...]:
    """What a team does once so that the stack's state lives there, and each of its members from then on."""
    return (
        "",
        f"Keep the state of '{stack}' there, once for the team:",
        f"  write at the top of stacks/Pulumi.{stack}.yaml:  secretsprovider: {home.secrets_provider}",
        f"  export PULUMI_BACKEND_URL={home.backend}",
        f'  eval "$(.venv/bin/onestack env {stack})"',
        f"  pulumi stack init {stack} --secrets-provider={home.secrets_provider}",
        f"  git add stacks/Pulumi.{stack}.yaml    # with the encryptedkey that stack init wrote",
        "",
        "Everybody who works with it then needs only:",
        f"  export PULUMI_BACKEND_URL={home.backend}",
        "Who may do what, and how an older state is brought back: docs/state.md",
    )


def document(report: Report, stack: str) -> dict[str, Any]:
    """The run as a JSON document (schema: docs/json.md)."""
    home = report.home
    return {
        "ok": report.ok,
        "stack": stack,
        "project": home.project,
        "region": home.region,
        "backend": home.backend,
        "secretsProvider": home.secrets_provider,
        "parts": [
            {
                "kind": part.kind,
                "name": part.name,
                "state": part.state,
                "created": part.created,
                "mended": [_difference(one) for one in part.mended],
                "differs": [
                    {**_difference(one), "grave": one.grave, "hint": one.hint} for one in part.differs
                ],
            }
            for part in report.parts
        ],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {"what": one.what, "wanted": one.wanted, "found": one.found}


def lines(report: Report) -> tuple[str, ...]:
    """What was done and what differs, a line each."""
    said = {"created": "created", "there": "already there", "mended": "mended", "differs": "differs"}
    told: list[str] = []
    for part in report.parts:
        word = "created, but differs" if part.created and part.differs else said[part.state]
        told.append(f"{part.kind} {part.name}: {word}")
        told += [f"  mended: {one.what}: {one.found} -> {one.wanted}" for one in part.mended]
        for one in part.differs:
            word = "UNSAFE" if one.grave else "differs"
            told.append(f"  {word}: {one.what}: wanted {one.wanted}, is {one.found}")
            told += [f"    next: {one.hint}"] if one.hint else []
    return tuple(told)
