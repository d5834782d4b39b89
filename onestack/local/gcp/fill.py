"""What a resource is once it exists: its inputs, and what Google computes, from templates; pure."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from onestack.local.gcp.table import Field, Type
from onestack.local.serving.codec import UNKNOWN, Secret, holds_secret

_HOLE: Final = re.compile(r"\{([^{}]+)\}")
_ZEROS: Final[Mapping[str, Any]] = {"string": "", "integer": 0, "number": 0, "boolean": False, "map": {}}
# Known before the resource exists, and the same for every type.
_SURE: Final[Mapping[str, Any]] = {"deletionPolicy": "DELETE"}
_LABEL: Final[Mapping[str, str]] = {"goog-pulumi-provisioned": "true"}


# ``{last of cluster}``: the name, where the field may hold an id as well.
_LAST: Final = "last of "
_NO_FIELD: Final = Field("string")


class Facts(Mapping[str, Any]):
    """What templates can name: inputs and outputs so far, and what only the simulation knows.

    ``project``, ``number``, ``born`` (a number no other resource ever had), ``made`` and ``changed``
    (RFC 3339), ``root``.
    """

    def __init__(self, known: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        self._known = known
        self.state = state
        self._worked_out: Mapping[str, Callable[[], Any]] = {
            "digits": lambda: self._known["born"],
            "digest": self._digest,
            "first host of ipCidrRange": self._first_host,
            "pods range": lambda: self._range("clusterIpv4CidrBlock"),
            "services range": lambda: self._range("servicesIpv4CidrBlock"),
            "least nodes": self._least_nodes,
            "service agent": lambda: service_agent(str(self.state["service"]), str(self._known["number"])),
        }

    def __getitem__(self, key: str) -> Any:
        if key in self._worked_out:
            return self._worked_out[key]()
        if key.startswith(_LAST):
            return str(self.state.get(key.removeprefix(_LAST)) or "").rpartition("/")[2]
        return self.state[key] if self.state.get(key) is not None else self._known.get(key, "")

    def __iter__(self) -> Iterator[str]:
        return iter({**self._known, **self.state})

    def __len__(self) -> int:
        return len({**self._known, **self.state})

    def _digest(self) -> str:
        """Changes whenever anything else of the resource does, as a fingerprint does."""
        content = json.dumps(self.state, sort_keys=True, default=str) + str(self._known["born"])
        return hashlib.sha256(content.encode()).hexdigest()[:11] + "="

    def _first_host(self) -> str:
        try:
            return str(ipaddress.ip_network(str(self.state.get("ipCidrRange")))[1])
        except (ValueError, IndexError):
            return ""

    def _range(self, name: str) -> str:
        return str((self.state.get("ipAllocationPolicy") or {}).get(name) or "")

    def _least_nodes(self) -> int:
        return least_nodes(self.state)


def least_nodes(pool: Mapping[str, Any]) -> int:
    """How many nodes a node pool has in each of its zones while nothing asks for more."""
    least = (pool.get("autoscaling") or {}).get("minNodeCount") or 0
    count = pool.get("nodeCount") or pool.get("initialNodeCount") or 0
    return max(int(count), int(least))


def service_agent(service: str, number: str) -> str:
    """The account that a service of Google's acts as in a project.

    Source: https://cloud.google.com/iam/docs/service-agents
    """
    own = {
        "container.googleapis.com": "container-engine-robot",
        "compute.googleapis.com": "compute-system",
        "artifactregistry.googleapis.com": "gcp-sa-artifactregistry",
        "cloudkms.googleapis.com": "gcp-sa-cloudkms",
    }
    name = own.get(service, f"gcp-sa-{service.partition('.')[0]}")
    return f"service-{number}@{name}.iam.gserviceaccount.com"


def render(template: Any, facts: Mapping[str, Any]) -> Any:
    """A template with its holes filled; lists and objects of templates likewise."""
    if isinstance(template, str):
        return _HOLE.sub(lambda hole: str(facts[hole[1]]), template)
    if isinstance(template, list):
        return [render(item, facts) for item in template]
    if isinstance(template, dict):
        return {key: render(item, facts) for key, item in template.items()}
    return template


def state_of(
    known: Type, inputs: Mapping[str, Any], old: Mapping[str, Any], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The properties of a resource with these inputs; ``old`` are those it had before, if any."""
    state = _object(known.fields, inputs, old)
    if "project" in known.fields:
        state.setdefault("project", facts["project"])
    _label(known, state)
    for name, template in known.outputs.items():
        moves = isinstance(template, str) and template in {"{digest}", "{changed}"}
        missing = state.get(name) is None or (moves and known.fields[name].output)
        if missing:
            state.pop(name, None)
            state[name] = _typed(known.fields[name], render(template, Facts(facts, state)))
        elif isinstance(template, dict) and isinstance(state[name], dict):
            for inner, text in template.items():
                state[name].setdefault(inner, render(text, Facts(facts, state)))
    _complete(known.fields, state, _zero)
    return state


def declared(known: Type, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, at every depth with what Google computed before where they say nothing."""
    return _object(known.fields, inputs, old)


def planned(known: Type, inputs: Mapping[str, Any], old: Mapping[str, Any], project: str) -> dict[str, Any]:
    """The properties as a preview shows them: what Google computes is unknown, unless it was known before."""
    state = _object(known.fields, inputs, old)
    if "project" in known.fields:
        state.setdefault("project", project)
    if not any(value is UNKNOWN for value in inputs.values()):
        _label(known, state)
    _complete(known.fields, state, lambda name, _: _SURE.get(name, UNKNOWN))
    return state


def marked(known: Type, state: Mapping[str, Any], given: Any = None) -> dict[str, Any]:
    """The properties with secrets marked: those of the table, and what was secret in ``given``."""
    return _marked(known.fields, state, given if isinstance(given, dict) else {})


def _marked(
    fields: Mapping[str, Field], state: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in state.items():
        one, origin = fields.get(name, _NO_FIELD), given.get(name)
        if isinstance(value, dict) and not one.secret and not isinstance(origin, Secret):
            result[name] = _marked(one.fields, value, origin if isinstance(origin, dict) else {})
        else:
            result[name] = Secret(value) if one.secret or holds_secret(origin) else value
    return result


def _object(fields: Mapping[str, Field], given: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for name, one in fields.items():
        value, before = given.get(name), old.get(name)
        if value is None:
            if before is not None and (one.computed or one.output):
                state[name] = before
        elif one.kind == "object" and isinstance(value, dict):
            state[name] = _object(one.fields, value, before if isinstance(before, dict) else {})
        elif one.kind in {"objects", "objectset"} and isinstance(value, list):
            state[name] = _items(one, value, before if one.kind == "objects" else None)
        else:
            state[name] = value
    return state


def _items(one: Field, items: list[Any], before: Any) -> list[Any]:
    olds = before if isinstance(before, list) else []
    padded = [*olds, *({} for _ in items)]
    return [
        _object(one.fields, item, old if isinstance(old, dict) else {}) if isinstance(item, dict) else item
        for item, old in zip(items, padded, strict=False)
    ]


def _complete(
    fields: Mapping[str, Field], state: dict[str, Any], missing: Callable[[str, Field], Any]
) -> None:
    """Gives, in place, what only Google knows and isn't there yet the value that ``missing`` has for it."""
    for name, one in fields.items():
        value = state.get(name)
        if value is None:
            if (one.computed or one.output) and (filled := missing(name, one)) is not None:
                state[name] = filled
            continue
        for item in value if isinstance(value, list) else [value]:
            if one.fields and isinstance(item, dict):
                _complete(one.fields, item, missing)


def _label(known: Type, state: dict[str, Any]) -> None:
    """Labels as the provider adds its own: https://www.pulumi.com/registry/packages/gcp/ (attribution)."""
    if known.labels:
        labels = {**_LABEL, **(state.get(known.labels) or {})}
        state["pulumiLabels"] = labels
        state["effectiveLabels"] = labels


def _typed(one: Field, value: Any) -> Any:
    if one.kind == "integer" and isinstance(value, str):
        return int(value) if value.isdecimal() else 0
    return value


def _zero(name: str, one: Field) -> Any:
    """What the provider records where Google says nothing."""
    if name in _SURE:
        return _SURE[name]
    if one.plural:
        return []
    zero = _ZEROS.get(one.kind)
    return dict(zero) if isinstance(zero, dict) else zero
