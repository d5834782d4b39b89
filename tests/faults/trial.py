"""A run killed at a boundary, and run again: by us or by plain pulumi."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

import yaml

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone
from tests.faults.account import Account, Object, account
from tests.faults.files import told_of_writes
from tests.faults.proxy import Proxy, goes_on, nothing, point
from tests.faults.rules import Request
from tests.faults.sixty import sixty
from tests.faults.victim import Victim

Where = Literal["before a request", "after a request", "after a file"]
Verb = Literal["deploy", "destroy"]
T = TypeVar("T")

FOREVER: Final = 1 << 30
"""A boundary that no run reaches: the run is only counted."""


@dataclass(frozen=True)
class Boundary:
    """The moment of a kill: ``number``, from 1, counts the writes to the API server, or those to files."""

    where: Where
    number: int

    def __str__(self) -> str:
        return f"{self.where} {self.number}"


@dataclass(frozen=True)
class Killed:
    """How a run went. ``requests`` and ``files`` are how many writes there were until its end."""

    killed: bool
    requests: int
    files: int


class Bed:
    """One stack in one repository, behind a proxy; ``space`` names all that it has in the cluster."""

    def __init__(self, root: Path, plane: Plane, proxy: Proxy, space: str) -> None:
        self._plane, self._proxy, self.space = plane, proxy, space
        self._declared: tuple[Object, ...] = ()
        self.made: Clone = clone(root / space, proxy.kubeconfig, space)
        self.made.applications(sixty=None)
        point(self.made, proxy.kubeconfig)

    def declare(self, version: str | None) -> None:
        """Declares the sixty objects in a version, or nothing."""
        self.declare_these(sixty(self.space, version) if version else ())

    def declare_these(self, declared: tuple[Object, ...]) -> None:
        """Declares these objects and no others."""
        self._declared = declared
        folder = self.made.root / "manifests" / "sixty"
        shutil.rmtree(folder, ignore_errors=True)
        self.made.write("manifests/sixty/all.yaml", yaml.safe_dump_all(self._declared, sort_keys=False))

    def killed_at(self, verb: Verb, boundary: Boundary) -> Killed:
        """Runs a verb and kills it, and all that it started, at a boundary."""
        count = {"requests": 0, "files": 0}
        victim: list[Victim] = []

        def kill_at(where: Where, number: int) -> bool:
            now = boundary == Boundary(where, number) and bool(victim)
            if now:
                victim[0].kill()
            return now

        earlier = sum(seen.request.changes for seen in self._proxy.seen)

        def before(request: Request) -> bool:
            count["requests"] = max(count["requests"], request.write - earlier)
            return not kill_at("before a request", request.write - earlier)

        def after(request: Request, _status: int) -> None:
            kill_at("after a request", request.write - earlier)

        def on_file(number: int, path: str) -> None:
            if not path.endswith(".onestack/.watched"):
                count["files"] = number
                kill_at("after a file", number)

        self._proxy.before, self._proxy.after = before, after
        with told_of_writes(self.made.root / ".onestack", on_file):
            victim.append(Victim(self.made.root, verb, self.made.stack))
            code = victim[0].wait()
        self._proxy.before, self._proxy.after = goes_on, nothing
        return Killed(code < 0, count["requests"], count["files"])

    def again(self, verb: Verb, *options: str) -> str:
        """Runs a verb, once; nothing where it did what it should, else what it said."""
        done = self.made.onestack(verb, self.made.stack, *options)
        return "" if done.code == 0 else f"exit code {done.code}: {done.err}"

    def again_plainly(self) -> str:
        """Runs plain ``pulumi up``; where it says that it can't see everything, what it says to do first."""
        select = f"pulumi stack select --create {self.made.stack} >&2\n"
        done = self.made.shell(f"{select}pulumi up --yes --skip-preview --non-interactive")
        if done.code and "pulumi refresh" in done.out + done.err:
            self.made.shell("pulumi refresh --yes --skip-preview --non-interactive")
            done = self.made.shell("pulumi up --yes --skip-preview --non-interactive")
        return "" if done.code == 0 else f"exit code {done.code}: {done.out}{done.err}"

    def account(self, *, gone: bool = False) -> Account:
        """State and cluster beside what is declared, or, ``gone``, beside nothing."""
        return account(self.made, self._plane.kubeconfig, () if gone else self._declared)

    def plain_says(self) -> str:
        """What plain pulumi would still change; nothing where nothing."""
        done = self.made.shell("pulumi preview --expect-no-changes --non-interactive")
        return "" if done.code == 0 else done.out + done.err


def shard(trials: Sequence[T], which: str) -> tuple[T, ...]:
    """``2/5`` is the second fifth of the trials, every fifth one; nothing is all of them."""
    if not which:
        return tuple(trials)
    number, _, of = which.partition("/")
    return tuple(trials[int(number) - 1 :: int(of)])
