"""What the engine says while it runs, as values: steps, diagnostics, the summary. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# Said by the engine after an error that already says all; they would only hide it.
_NOISE = (
    "an unhandled error occurred: program exited with non-zero exit code",
    "update failed",
    "preview failed",
    "destroy failed",
    "resource registration failed",
    "resource monitor shut down",
)

# Said of every plugin that is found on PATH; where our tools lie is what `onestack tools` tells.
_FROM_PATH = re.compile(r"using pulumi-\S+ from \$PATH at ")

# The engine's other words are parts of a replacement, or looks that change nothing.
CHANGES = frozenset({"create", "update", "delete", "replace"})

# A replacement that an earlier run didn't come to the end of is told as the deletion that is left.
_LOOKED_INTO = CHANGES | {"delete-replaced"}


@dataclass(frozen=True)
class Step:
    """One resource's step: planned or begun, done, or failed.

    ``op`` is the engine's word (create, update, delete, replace, same, ...); ``fields`` are the
    property paths that differ. ``resource`` is what is to be made, where that begins or failed.

    Where a change begins, ``before`` and ``after`` are its inputs in the state and as declared, secrets
    masked by the engine, and ``differing`` says how each path differs, in the engine's words
    (``add``, ``update-replace``, ...); a path that only ``diffs`` names is an ``update``.
    """

    phase: Literal["started", "done", "failed"]
    op: str
    urn: str
    type: str
    fields: tuple[str, ...] = ()
    resource: Mapping[str, Any] = field(default_factory=dict, compare=False)
    before: Mapping[str, Any] = field(default_factory=dict, compare=False)
    after: Mapping[str, Any] = field(default_factory=dict, compare=False)
    differing: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_change(self) -> bool:
        """Whether it changes a resource; a replacement is one such step, not also its parts."""
        return self.op in CHANGES

    @property
    def name(self) -> str:
        """The resource's name: the last part of its URN."""
        return self.urn.rpartition("::")[2]

    @property
    def kind(self) -> str:
        """The last part of the type: for a Kubernetes object its kind."""
        return self.type.rpartition(":")[2]


@dataclass(frozen=True)
class Diagnostic:
    """A message for people; an ephemeral one is about this moment only."""

    severity: str
    message: str
    urn: str = ""
    ephemeral: bool = False


@dataclass(frozen=True)
class Summary:
    """How many resources each operation touched."""

    changes: Mapping[str, int]


Event = Step | Diagnostic | Summary


def parse(raw: Mapping[str, Any]) -> Event | None:
    """The value of one engine event, or None for events that nobody here needs.

    The shapes are those of ``apitype.EngineEvent`` in Pulumi's Go SDK.
    """
    if (diagnostic := raw.get("diagnosticEvent")) is not None:
        return _diagnostic(diagnostic)
    if (pre := raw.get("resourcePreEvent")) is not None:
        return _step("started", pre["metadata"])
    if (done := raw.get("resOutputsEvent")) is not None:
        return _step("done", done["metadata"])
    if (failed := raw.get("resOpFailedEvent")) is not None:
        return _step("failed", failed["metadata"])
    if (summary := raw.get("summaryEvent")) is not None:
        return Summary(changes=summary.get("resourceChanges") or {})
    return None


def is_noise(message: str) -> bool:
    """Whether an error message only repeats that there was an error."""
    return any(message.startswith(start) for start in _NOISE)


def _diagnostic(raw: Mapping[str, Any]) -> Diagnostic | None:
    severity = str(raw.get("severity", "info"))
    message = str(raw.get("message", "")).strip()
    if severity == "debug" or _FROM_PATH.match(message):
        return None
    return Diagnostic(
        severity=severity,
        message=message,
        urn=str(raw.get("urn", "")),
        ephemeral=bool(raw.get("ephemeral", False)),
    )


def _step(phase: Literal["started", "done", "failed"], metadata: Mapping[str, Any]) -> Step:
    detailed = metadata.get("detailedDiff") or {}
    return Step(
        phase=phase,
        op=str(metadata["op"]),
        urn=str(metadata["urn"]),
        type=str(metadata["type"]),
        fields=tuple(sorted(detailed)) or tuple(metadata.get("diffs") or ()),
        resource=(metadata.get("new") or {}) if _tells(phase, metadata) else {},
        **(_change(metadata) if phase == "started" and metadata["op"] in _LOOKED_INTO else {}),
    )


def _change(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What a change is about: the engine names a path in one list or in both."""
    diffs = metadata.get("diffs") or metadata.get("keys") or ()
    detailed = metadata.get("detailedDiff") or {}
    told = {path: str(one.get("diffKind") or "update") for path, one in detailed.items()}
    return {
        "before": (metadata.get("old") or {}).get("inputs") or {},
        "after": (metadata.get("new") or {}).get("inputs") or {},
        "differing": told or dict.fromkeys(map(str, diffs), "update"),
    }


def _tells(phase: str, metadata: Mapping[str, Any]) -> bool:
    return phase == "failed" or (phase == "started" and str(metadata["op"]).startswith("create"))
