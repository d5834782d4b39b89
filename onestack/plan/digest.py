"""The seal of a plan: one number that is another one as soon as the plan is. Pure.

Sealed are the tree of git, the settings, the state, the changes, what they destroy and the risks. Not
sealed are the commit (a squash has the same tree), and all that depends on who looks: what is live now,
warnings, what could not be checked, and how this machine reaches the cluster.

A secret's value isn't sealed by itself: a hash of a weak one would give it away to whoever can guess. It
stands encrypted in git's tree, in the settings and in the state, and the ciphertexts are sealed with these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from onestack.plan.model import Change, Field, Missing, Plan

_VERSION: Final = 1
_REACHING: Final = frozenset({"kubeconfig", "context", "pluginDownloadURL", "version"})
_PROVIDERS: Final = "pulumi:providers:"


def canonical(value: Any) -> bytes:
    """JSON of plain values with sorted keys and nothing between: the same bytes for the same value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def digest(plan: Plan) -> str:
    """``sha256:`` and 64 hexadecimal digits over all that is sealed."""
    return summed(_sealed(plan))


def summed(value: Any) -> str:
    """``sha256:`` and 64 hexadecimal digits over the canonical JSON of a value."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


def value(held: Any) -> dict[str, Any]:
    """A field's value as plain JSON, so that one that is missing is no value."""
    return {"missing": held.value} if isinstance(held, Missing) else {"value": plain(held)}


def plain(held: Any) -> Any:
    """A tree with a word in the place of what is missing within it."""
    if isinstance(held, Missing):
        return f"({held.value})"
    if isinstance(held, Mapping):
        return {str(key): plain(one) for key, one in held.items()}
    return [plain(one) for one in held] if isinstance(held, (list, tuple)) else held


def _sealed(plan: Plan) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "project": plan.project,
        "stack": plan.stack,
        "tree": plan.tree,
        "settings": plan.settings,
        "state": plan.state,
        "against": plan.against,
        "changes": sorted((_change(one) for one in plan.changes if not reaches(one)), key=canonical),
        "risks": sorted([one.rule, one.urn, one.subject, one.text, one.grave] for one in plan.risks),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "op": change.op,
        "urn": change.urn,
        "type": change.type,
        "destroys": list(change.destroys),
        "fields": sorted((_field(one) for one in change.fields if not _only_drifted(one)), key=canonical),
    }


def _field(field: Field) -> list[Any]:
    return [field.path, value(field.before), value(field.after), field.replaces]


def _only_drifted(field: Field) -> bool:
    """Whether only who can see the cluster knows of it."""
    return field.drifted and field.before == field.after


def reaches(change: Change) -> bool:
    """Whether it is about how this machine reaches a cluster or a plugin, and nothing else."""
    roots = {field.path.partition(".")[0] for field in change.fields}
    return change.type.startswith(_PROVIDERS) and change.op == "update" and bool(roots) and roots <= _REACHING
