"""A plan as a JSON document (schema: docs/plan.md), and back from one that nobody vouches for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import ValidationError

from onestack.errors import InvalidPlan
from onestack.graph import Graph, Resource
from onestack.plan.digest import digest, summed, value
from onestack.plan.model import Change, Field, Missing, Plan, Reach, Risk, Unchecked
from onestack.plan.planned import Planned
from onestack.plan.words import verdict

if TYPE_CHECKING:
    from onestack.plan.schema import ChangeForm, FieldForm, PlanForm, ReachForm

MOST_BYTES: Final = 64_000_000
"""The biggest document that is read: 20,000 changes with long texts are less."""
_SUM: Final = "sum"


def document(plan: Plan) -> dict[str, Any]:
    """The plan with its digest; ``sum`` is over all of the document, so that an edit of any part shows."""
    made: dict[str, Any] = {
        "plan": 1,
        "digest": digest(plan),
        "verdict": verdict(plan),
        "project": plan.project,
        "stack": plan.stack,
        "tree": plan.tree,
        "commit": plan.commit,
        "settings": plan.settings,
        "state": plan.state,
        "against": plan.against,
        "counts": {**plan.counts, "same": plan.same},
        "needsApproval": bool(plan.grave),
        "changes": [_change(one) for one in plan.changes],
        "risks": [
            {
                "rule": one.rule,
                "subject": one.subject,
                "text": one.text,
                "urn": one.urn,
                "grave": one.grave,
            }
            for one in plan.risks
        ],
        "unchecked": [{"what": one.what, "why": one.why} for one in plan.unchecked],
        "warnings": list(plan.warnings),
        "reach": _reach(plan.reach),
    }
    return {**made, _SUM: summed(made)}


def from_document(found: Any, where: str = "the plan") -> Plan:
    """The plan of a document, as it was written by `document`; nothing in it is believed.

    ``where`` names it in messages. Raises: InvalidPlan for what isn't one, is too big, or was edited.
    """
    try:
        if len(orjson.dumps(found)) > MOST_BYTES:
            raise InvalidPlan(where, f"it is bigger than {MOST_BYTES // 1_000_000} MB")
        # Few plans are read back, and its models take a while to be made.
        from onestack.plan.schema import PlanForm  # noqa: PLC0415

        plan = _plan(PlanForm.model_validate_json(orjson.dumps(found)))
        same = document(plan) == found
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"][:8])
        raise InvalidPlan(where, f"{place}: {first['msg']}" if place else first["msg"]) from None
    except (orjson.JSONEncodeError, RecursionError):
        raise InvalidPlan(where, "it is no plain JSON, or nested too deep") from None
    if not same:
        raise InvalidPlan(where, "it was edited: its digest or its sum is not that of its content")
    return plan


def read(written: bytes, where: str = "the plan") -> Plan:
    """The plan in a file's bytes. Raises: InvalidPlan."""
    if len(written) > MOST_BYTES:
        raise InvalidPlan(where, f"it is bigger than {MOST_BYTES // 1_000_000} MB")
    try:
        found = orjson.loads(written)
    except ValueError:
        raise InvalidPlan(where, "it is no JSON") from None
    return from_document(found, where)


def write(plan: Plan) -> bytes:
    """The plan as the bytes of a file that `read` takes."""
    return orjson.dumps(document(plan), option=orjson.OPT_INDENT_2) + b"\n"


def _change(change: Change) -> dict[str, Any]:
    return {
        "op": change.op,
        "urn": change.urn,
        "type": change.type,
        "kind": change.kind,
        "name": change.name,
        "namespace": change.namespace,
        "application": change.application,
        "fields": [_field(one) for one in change.fields],
        "destroys": list(change.destroys),
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "path": field.path,
        "before": value(field.before),
        "after": value(field.after),
        "live": value(field.live),
        "replaces": field.replaces,
        "drifted": field.drifted,
    }


def _reach(reach: Reach) -> dict[str, Any]:
    return {
        "changed": sorted(reach.changed),
        "reached": sorted(reach.reached),
        "paths": [list(path) for path in reach.paths],
        "resources": [
            {
                "id": one.id,
                "type": one.type,
                "name": one.name,
                "parent": one.parent,
                "dependsOn": list(one.depends_on),
                "custom": one.custom,
                "protect": one.protect,
            }
            for one in reach.graph.resources
        ],
        "applications": dict(sorted(reach.graph.applications.items())),
    }


def _plan(form: PlanForm) -> Plan:
    return Plan(
        project=form.project,
        stack=form.stack,
        tree=form.tree,
        settings=form.settings,
        state=form.state,
        changes=tuple(map(_changed, form.changes)),
        same=form.counts.get("same", 0),
        risks=tuple(Risk(one.rule, one.subject, one.text, one.urn, one.grave) for one in form.risks),
        unchecked=tuple(Unchecked(one.what, one.why) for one in form.unchecked),
        warnings=form.warnings,
        reach=_reached(form.reach),
        commit=form.commit,
        against=form.against,
    )


def _changed(form: ChangeForm) -> Change:
    # How it is called follows from what is sealed: else a document could show one change as another.
    planned = Planned(form.op, form.urn, form.type)
    return Change(
        op=form.op,
        urn=form.urn,
        type=form.type,
        name=planned.name,
        namespace=planned.identity.namespace if planned.identity else None,
        application=form.application,
        fields=tuple(map(_differing, form.fields)),
        destroys=form.destroys,
    )


def _differing(form: FieldForm) -> Field:
    return Field(form.path, _held(form.before), _held(form.after), _held(form.live), form.replaces)


def _held(told: Mapping[str, Any]) -> Any:
    return Missing(told["missing"]) if "missing" in told else told["value"]


def _reached(form: ReachForm) -> Reach:
    resources = tuple(
        Resource(one.id, one.type, one.name, one.parent, one.depends_on, {}, one.custom, one.protect)
        for one in form.resources
    )
    return Reach(
        Graph(resources, form.applications), frozenset(form.changed), frozenset(form.reached), form.paths
    )
