"""Objects that a run which died changed after the state had last heard of them. Pure.

Plain pulumi passes over an object whose declaration equals its state. If a run changed that object,
died before it wrote the state, and the change was reverted since, that would be wrong, and nothing
about it would be seen. The API server says when each manager last changed an object (a manager's entry
in ``managedFields`` gets a new time whenever it changes something), and the state keeps what it said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.engine import State
from onestack.inventory import Inventory
from onestack.local.kubernetes.managed_fields import CREATORS
from onestack.manifests.awaiting import FIELD_MANAGER
from onestack.manifests.manifest import Identity
from onestack.manifests.placeholders import is_secret
from onestack.standing import identities

_Live = Mapping[str, Any]


def overtaken(state: State, live: Mapping[Identity, _Live], whole: Inventory) -> tuple[Identity, ...]:
    """The declared objects that plain pulumi would pass over although a run changed them since."""
    declared = {one.urn: one for one in (*whole.before, *whole.after)}
    found = []
    for resource in state.resources:
        registration = declared.get(str(resource["urn"]))
        if registration is None:
            continue
        # The values of a Secret are encrypted in the state: whether they differ can't be told here.
        same = is_secret(registration.body) or registration.equals(resource.get("inputs"))
        (identity,) = identities(["::".join(registration.urn.split("::")[2:])])
        if same and identity in live and _changed(live[identity], resource.get("outputs") or {}):
            found.append(identity)
    return tuple(sorted(found))


def _changed(live: _Live, known: Mapping[str, Any]) -> bool:
    """Whether we changed an object since; where the state has no ``managedFields``, whether anybody did.

    The official plugin keeps none of a ServiceAccount.
    """
    then, now = known.get("metadata") or {}, live.get("metadata") or {}
    if "managedFields" not in then:
        return then.get("resourceVersion") not in {None, now.get("resourceVersion")}
    return _times(live) != _times(known)


def _times(body: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """When those who act for us last changed an object, as the API server says."""
    entries = (body.get("metadata") or {}).get("managedFields") or ()
    return {
        (entry["manager"], entry["operation"]): entry.get("time", "")
        for entry in entries
        if entry.get("manager") in {FIELD_MANAGER, *CREATORS} and not entry.get("subresource")
    }
