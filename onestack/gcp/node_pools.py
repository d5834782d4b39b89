"""The node pools of a cluster, as settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from onestack.frozen import Frozen
from onestack.gcp.faults import Fault, refuse

_LABEL = re.compile(
    r"(?:(?P<prefix>[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)/)?(?P<name>[A-Za-z0-9][\w.-]{0,62})"
)
_VALUE = re.compile(r"([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?")
_RESERVED: Final = ("kubernetes.io", "k8s.io", "cloud.google.com")
_AT_ONCE: Final = 20
"""So many nodes of a pool can be upgraded at the same time."""
EFFECTS: Final[Mapping[str, str]] = {
    "NoSchedule": "NO_SCHEDULE",
    "PreferNoSchedule": "PREFER_NO_SCHEDULE",
    "NoExecute": "NO_EXECUTE",
}
"""A taint's effect as Kubernetes writes it, and as Google does."""


def _label_key(key: str) -> str:
    matched = _LABEL.fullmatch(key)
    if matched is None:
        message = (
            f"'{key}' can't be a label's key: letters, digits, '-', '_', '.', after an optional 'domain/'"
        )
        raise ValueError(message)
    prefix = matched["prefix"] or ""
    if any(prefix == kept or prefix.endswith(f".{kept}") for kept in _RESERVED):
        message = f"'{key}': labels of {prefix} are kept for Kubernetes and Google"
        raise ValueError(message)
    return key


def _label_value(value: str) -> str:
    if not _VALUE.fullmatch(value):
        message = f"'{value}' can't be a label's value: at most 63 letters, digits, '-', '_' and '.'"
        raise ValueError(message)
    return value


def _pool_name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([a-z0-9-]{0,33}[a-z0-9])?", name):
        message = (
            f"'{name}' can't name a node pool: at most 35 lower-case letters, digits and '-', "
            "beginning with a letter"
        )
        raise ValueError(message)
    return name


LabelKey = Annotated[str, AfterValidator(_label_key)]
LabelValue = Annotated[str, AfterValidator(_label_value)]
PoolName = Annotated[str, AfterValidator(_pool_name)]


class Taint(Frozen):
    """What keeps pods off a pool's nodes that don't tolerate it."""

    key: LabelKey
    value: LabelValue = ""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class NodePool(Frozen):
    """Nodes of one kind.

    ``min`` and ``max`` count the pool's nodes in all zones together. ``disk_gib`` is each node's boot disk.
    ``max_surge`` nodes are added and ``max_unavailable`` nodes missing while the pool is upgraded. ``spot``
    nodes are cheap and taken away at any time; changing it makes the pool anew.
    """

    machine_type: str = "e2-standard-4"
    min: Annotated[int, Field(ge=0, le=15000)] = 1
    max: Annotated[int, Field(ge=1, le=15000)] = 3
    spot: bool = False
    disk_gib: Annotated[int, Field(ge=10, le=65536)] = 100
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    taints: Annotated[tuple[Taint, ...], Field(strict=False)] = ()
    max_surge: Annotated[int, Field(ge=0, le=_AT_ONCE)] = 1
    max_unavailable: Annotated[int, Field(ge=0, le=_AT_ONCE)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(list(self._faults()))
        return self

    def _faults(self) -> Iterator[Fault]:
        if self.min > self.max:
            yield Fault(("min",), f"{self.min} is more than max, {self.max}")
        if self.max_surge == 0 and self.max_unavailable == 0:
            what = "with maxUnavailable 0, too, no node could ever be upgraded"
            yield Fault(("maxSurge",), what, "set one of them to 1 or more")
        if (at_once := self.max_surge + self.max_unavailable) > _AT_ONCE:
            what = f"together with maxUnavailable {at_once} nodes would be upgraded at once"
            yield Fault(("maxSurge",), what, f"Google allows {_AT_ONCE}")
        pairs = [(taint.key, taint.effect) for taint in self.taints]
        for index, pair in enumerate(pairs):
            if pair in pairs[:index]:
                yield Fault(("taints", index), f"'{pair[0]}' with effect {pair[1]} is there twice")
