"""What is there, in the state and in the cluster, beside what is declared: nothing lost, nothing doubled."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.kube.discovery import Discovery
from onestack.manifests.labels import ID
from tests.e2e.clone import Clone

Object = Mapping[str, Any]
Key = tuple[str, str, str]
"""Kind, namespace (or nothing), name."""


@dataclass(frozen=True)
class Account:
    """Each in words; all of them empty where everything is as it should be."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    other: tuple[str, ...] = field(default=())

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that is not as it should be."""
        return (*self.lost, *self.doubled, *self.left, *self.other)


def account(made: Clone, kubeconfig: Path, declared: Sequence[Object]) -> Account:
    """Compares state, cluster and what is declared; the release record counts as declared, if anything is."""
    wanted = {key(one): one for one in declared}
    live = _live(kubeconfig, made.stack)
    state = _state(made)
    urns = Counter(str(one["urn"]) for one in state.get("resources") or ())
    held = {_held(urn) for urn in urns if "::kubernetes:" in urn}
    record = {("ConfigMap", "onestack-system", f"onestack-release-{made.stack}")}
    # The namespace of all records belongs to the first stack on a cluster.
    shared = {("Namespace", "", "onestack-system")} if wanted else set()
    expected = set(wanted) | (record if wanted else set())
    return Account(
        lost=tuple(
            f"{what}: {_said(one)}"
            for what, there in (("not in the cluster", set(live)), ("not in the state", held))
            for one in sorted(expected - there)
        ),
        doubled=tuple(f"twice in the state: {urn}" for urn, count in urns.items() if count > 1),
        left=(
            *(f"left in the cluster: {_said(one)}" for one in sorted(set(live) - expected - shared)),
            *(f"left in the state: {_said(one)}" for one in sorted(held - expected - shared)),
            *_left_behind(made),
        ),
        other=(
            *(
                f"other than declared: {_said(one)}"
                for one in sorted(set(wanted) & set(live))
                if not _within(_canonical(wanted[one]), live[one])
            ),
            *(
                f"other in the state than declared: {_said(one)}"
                for one, inputs in _inputs(state)
                # The values of a Secret are encrypted there.
                if one in wanted and one[0] != "Secret" and not _within(wanted[one], inputs)
            ),
            *_unsound(state),
        ),
    )


def key(body: Object) -> Key:
    """What makes an object this one among those of a trial."""
    metadata = body["metadata"]
    return body["kind"], metadata.get("namespace") or "", metadata["name"]


def _said(one: Key) -> str:
    kind, namespace, name = one
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def _held(urn: str) -> Key:
    token, name = urn.split("::")[2:4]
    namespace, _, last = name.rpartition("/")
    return token.rpartition(":")[2], namespace, last


def _live(kubeconfig: Path, stack: str) -> dict[Key, Object]:
    """The stack's own objects of every kind that can be listed."""

    async def look() -> list[tuple[str, Object]]:
        async with Client(connect(kubeconfig), user_agent="test") as client:
            kinds = {
                (one.group, one.kind): one for one in await Discovery(client).all() if "list" in one.verbs
            }
            found: list[tuple[str, Object]] = []
            for kind in kinds.values():
                params = {"labelSelector": f"onestack.dev/stack={stack}"}
                answer = await client.request("GET", kind.path(None), params=params)
                found += [(kind.kind, item) for item in answer.get("items") or ()]
            return found

    return {key({**item, "kind": kind}): item for kind, item in answered(look()) if _names_itself(kind, item)}


def _names_itself(kind: str, item: Object) -> bool:
    metadata = item["metadata"]
    said = (metadata.get("annotations") or {}).get(ID, "").split("/")
    going = metadata.get("deletionTimestamp") is not None
    return not going and said[3:] == [kind, metadata.get("namespace") or "", metadata["name"]]


def _state(made: Clone) -> dict[str, Any]:
    file = made.root / ".onestack/state/.pulumi/stacks/onestack" / f"{made.stack}.json"
    if not file.exists():
        return {}
    held: dict[str, Any] = json.loads(file.read_text())["checkpoint"].get("latest") or {}
    return held


def _inputs(state: Mapping[str, Any]) -> Iterator[tuple[Key, Object]]:
    """What the state believes that objects are declared to be."""
    for one in state.get("resources") or ():
        if str(one["type"]).startswith("kubernetes:"):
            yield _held(str(one["urn"])), one.get("inputs") or {}


def _left_behind(made: Clone) -> Iterator[str]:
    """Locks, markers and folders that a run has to take with it."""
    home = made.root / ".onestack"
    state = home / "state"
    for found in (
        *state.glob(".pulumi/locks/**/*.json"),
        *state.glob("*.inflight.json"),
        *home.glob("run-*"),
    ):
        yield f"left behind: {found.relative_to(made.root)}"


def _unsound(state: Mapping[str, Any]) -> Iterator[str]:
    """What makes a state one that the engine can't work with."""
    if state.get("pending_operations"):
        yield "operations are pending"
    earlier: set[str] = set()
    for one in state.get("resources") or ():
        provider = str(one.get("provider") or "").rpartition("::")[0]
        for needed in (*(one.get("dependencies") or ()), one.get("parent"), one.get("deletedWith"), provider):
            if needed and needed not in earlier:
                yield f"{one['urn']} comes before {needed}"
        earlier.add(str(one["urn"]))


def _canonical(body: Object) -> Object:
    """As the API server holds it."""
    if "stringData" not in body:
        return body
    data = {name: base64.b64encode(value.encode()).decode() for name, value in body["stringData"].items()}
    return {**{name: value for name, value in body.items() if name != "stringData"}, "data": data}


def _within(declared: Any, live: Any) -> bool:
    """Whether all that is declared is so."""
    if isinstance(declared, Mapping):
        return isinstance(live, Mapping) and all(
            name in {"apiVersion", "kind"} or (name in live and _within(value, live[name]))
            for name, value in declared.items()
        )
    if isinstance(declared, Sequence) and not isinstance(declared, str):
        return _same_length(declared, live) and all(map(_within, declared, live))
    return bool(declared == live)


def _same_length(declared: Sequence[Any], live: Iterable[Any]) -> bool:
    return isinstance(live, Sequence) and len(declared) == len(live)
