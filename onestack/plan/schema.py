"""The form of a plan's document: what is not of this form is refused. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from onestack.frozen import Frozen
from onestack.plan.model import Missing, Op

_MOST: Final = 100_000
_LONGEST: Final = 1_000_000

Text = Annotated[str, Field(max_length=_LONGEST)]
Name = Annotated[str, Field(max_length=2_000)]
Hash = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Tree = Annotated[str, Field(pattern=r"^(files:)?([0-9a-f]{40}|[0-9a-f]{64})$")]
Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Names = Annotated[tuple[Name, ...], Field(max_length=_MOST, strict=False)]
Texts = Annotated[tuple[Text, ...], Field(max_length=_MOST, strict=False)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """A value, or the reason why there is none."""
    if set(found) == {"value"} or (set(found) == {"missing"} and found["missing"] in _REASONS):
        return found
    message = "is neither a value nor a known reason for its absence"
    raise ValueError(message)


_REASONS: Final = tuple(one.value for one in Missing)
Told = Annotated[dict[str, Any], AfterValidator(_told)]


class FieldForm(Frozen):
    """One field that differs."""

    path: Text
    before: Told
    after: Told
    live: Told
    replaces: bool
    drifted: bool


class ChangeForm(Frozen):
    """One resource that changes."""

    op: Op
    urn: Name
    type: Name
    kind: Name
    name: Name
    namespace: Name | None
    application: Name | None
    fields: Annotated[tuple[FieldForm, ...], Field(max_length=_MOST, strict=False)]
    destroys: Texts


class RiskForm(Frozen):
    """One risk."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
    subject: Name
    text: Text
    urn: Name
    grave: bool


class UncheckedForm(Frozen):
    """One thing that could not be checked."""

    what: Text
    why: Text


class ResourceForm(Frozen):
    """One resource of what is reached."""

    id: Name
    type: Name
    name: Name
    parent: Name | None
    depends_on: Names
    custom: bool
    protect: bool


class ReachForm(Frozen):
    """What the changes reach."""

    changed: Names
    reached: Names
    paths: Annotated[tuple[Names, ...], Field(max_length=_MOST, strict=False)]
    resources: Annotated[tuple[ResourceForm, ...], Field(max_length=_MOST, strict=False)]
    applications: dict[Name, Name]


class PlanForm(Frozen):
    """The document as a whole."""

    plan: Literal[1]
    digest: Hash
    verdict: Text
    project: Name
    stack: Name
    tree: Tree
    commit: Commit | None
    settings: Hash
    state: Hash
    against: Literal["state", "empty state", "simulation"]
    counts: dict[Literal["create", "update", "replace", "delete", "same"], Count]
    needs_approval: bool
    changes: Annotated[tuple[ChangeForm, ...], Field(max_length=_MOST, strict=False)]
    risks: Annotated[tuple[RiskForm, ...], Field(max_length=_MOST, strict=False)]
    unchecked: Annotated[tuple[UncheckedForm, ...], Field(max_length=_MOST, strict=False)]
    warnings: Texts
    reach: ReachForm
    sum: Hash
