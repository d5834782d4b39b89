"""The ``pulumi.com/waitFor`` annotation: conditions that a person wrote down.

It is ``condition=Ready``, ``condition=Ready=False``, ``jsonpath={.status.phase}=Bound``, or a JSON
list of those, all of which must hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onestack.errors import ProviderError
from onestack.health import Verdict
from onestack.health.live import conditions, count

_BRACES: Final = re.compile(r"\{\s*(.*?)\s*\}")
_STEP: Final = re.compile(
    r"\.([A-Za-z0-9_\-/]+|\*)|\[(\d+|\*)\]|\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]"
)


@dataclass(frozen=True)
class Condition:
    """A status condition of a type with a value."""

    type: str
    status: str

    def judge(self, obj: Mapping[str, Any]) -> Verdict:
        found = next((c for name, c in conditions(obj).items() if name.lower() == self.type.lower()), None)
        if found is not None and found.status.lower() == self.status.lower():
            return Verdict("ready", f"{self.type}={self.status}")
        return Verdict("waiting", f'Waiting for condition "{self.type}={self.status}"')


@dataclass(frozen=True)
class JsonPath:
    """A path in the object, with a value or, where that is "", with any."""

    text: str
    steps: tuple[str, ...]
    value: str

    def judge(self, obj: Mapping[str, Any]) -> Verdict:
        found = next(_select(obj, self.steps), None)
        if found is None:
            return Verdict("waiting", f"{self.text} selected nothing")
        if self.value and isinstance(found, dict | list):
            return Verdict("failed", f'"{self.text}" has a non-primitive value', final=True)
        shown = str(found).lower() if isinstance(found, bool) else str(found)
        if not self.value or shown == self.value:
            return Verdict("ready", f"Found {self.text}")
        return Verdict("waiting", f'Waiting for {self.text}={self.value} (found "{shown}")')


@dataclass(frozen=True)
class WaitFor:
    """Everything that must hold."""

    parts: tuple[Condition | JsonPath, ...]

    def judge(self, obj: Mapping[str, Any]) -> Verdict:
        """The first verdict that isn't ready; waiting too while the status is about an older version."""
        observed = (obj.get("status") or {}).get("observedGeneration")
        if isinstance(observed, int) and observed < count(obj, "metadata", "generation"):
            return Verdict("waiting", "its controller has not seen this version yet")
        verdicts = [part.judge(obj) for part in self.parts]
        return next((v for v in verdicts if v.state != "ready"), verdicts[0])


def parse_wait_for(text: str) -> WaitFor:
    """Reads the annotation.

    Raises:
        ProviderError: it is malformed.
    """
    try:
        listed = json.loads(text)
    except ValueError:
        listed = text
    expressions = listed if isinstance(listed, list) and all(isinstance(e, str) for e in listed) else [text]
    if not expressions:
        raise ProviderError("at least one condition must be specified")
    return WaitFor(tuple(map(_expression, expressions)))


def _expression(text: str) -> Condition | JsonPath:
    if text.startswith("condition="):
        kind, _, status = text.removeprefix("condition=").partition("=")
        return Condition(kind, status or "True")
    if text.startswith("jsonpath="):
        return _json_path(text.removeprefix("jsonpath="))
    raise ProviderError(f'expected a "jsonpath=" or "condition=" prefix, got "{text}"')


def _json_path(text: str) -> JsonPath:
    path, equals, value = text.partition("}=")
    path += "}" if equals else ""
    braces = _BRACES.fullmatch(path)
    if braces is None:
        raise ProviderError(f"{path} should be wrapped in brackets {{ ... }}")
    if equals and not value:
        raise ProviderError(f"{path}= requires a value")
    rest = braces.group(1).removeprefix("$")
    steps: list[str] = []
    position = 0
    while position < len(rest):
        step = _STEP.match(rest, position)
        if step is None:
            raise ProviderError(f'parsing "{path}": offline only names, indices and * are understood')
        steps.append(next(group for group in step.groups() if group is not None))
        position = step.end()
    return JsonPath(path, tuple(steps), value)


def _select(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if not steps:
        yield value
    elif steps[0] == "*":
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in inner:
            yield from _select(item, steps[1:])
    elif isinstance(value, dict) and steps[0] in value:
        yield from _select(value[steps[0]], steps[1:])
    elif isinstance(value, list) and steps[0].isdigit() and int(steps[0]) < len(value):
        yield from _select(value[int(steps[0])], steps[1:])
