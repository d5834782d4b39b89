"""CEL rules of custom kinds (``x-kubernetes-validations``), as far as the library ``cel`` can tell. Pure.

A rule that can't be evaluated here is counted and said, never taken as kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.validation.effort import Effort
from onestack.validation.fault import Fault
from onestack.validation.openapi import INT_OR_STRING, RULES, Schema
from onestack.validation.parts import Path

_OLD: Final = re.compile(r"\boldSelf\b")
_LITERAL: Final = re.compile(r"""[rR](?:"[^"]*"|'[^']*')|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_LOOP: Final = re.compile(r"\.\s*(?:all|exists|exists_one|existsOne)\s*\(")
_COPY: Final = re.compile(r"\.\s*(?:filter|map)\s*\(")
_MATCH: Final = re.compile(r"\bmatches\s*\(")
_TIMED: Final = frozenset({"byte", "date", "date-time", "duration"})
# How long rules may take, in steps of about 0.1 us: one rule once, and all of a check.
_STEPS: Final = 3_000_000
_ALL_STEPS: Final = 10_000_000
# To look at one value of an object.
_WALKED: Final = 10
_TOO_LONG: Final = "they would take too long"
_START: Final = 200
_LONGEST: Final = 10_000
_DEEPEST: Final = 200
_MISSING: Final = (IndexError, KeyError, ZeroDivisionError)
_RESERVED: Final = frozenset({
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let",
    "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
})  # fmt: skip
_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_ESCAPED: Final = re.compile(r"__|[./-]")


class _NotEvaluated(Exception):
    """Why a rule can't be evaluated here."""


class Budget:
    """The steps that the rules of one check may take together."""

    def __init__(self, effort: Effort | None = None) -> None:
        self.left = _ALL_STEPS
        self.effort = effort or Effort()
        self._written: set[str] = set()
        self._timed: dict[int, frozenset[str]] = {}

    def timed(self, schema: Schema) -> frozenset[str]:
        """The names of fields in a schema that hold times; a schema's rules come again with each object."""
        if id(schema) not in self._timed:
            self._timed[id(schema)] = frozenset(_timed(schema))
        return self._timed[id(schema)]

    def reads(self, text: str) -> bool:
        """Whether a rule may be compiled, which is paid once."""
        if text not in self._written:
            if not self.effort.writes(text):
                return False
            self._written.add(text)
        return True

    def takes(self, steps: int) -> bool:
        """Whether the steps may be taken; then they are."""
        if steps > min(self.left, _STEPS):
            return False
        self.left -= steps
        return True


class Tally:
    """How many rules there were, and why some could not be evaluated."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.rules = 0
        self.reasons: Counter[str] = Counter()

    def left_out(self, count: int) -> None:
        """Counts rules that nobody looks at any more."""
        self.rules += count
        if count:
            self.reasons[_TOO_LONG] += count

    def __str__(self) -> str:
        left = self.reasons.total()
        if not left:
            return ""
        why = "; ".join(sorted(self.reasons))
        return f"{left} of {self.rules} CEL rules could not be evaluated, because {why}"


def broken(schema: Schema, value: Any, tally: Tally, path: Path = ()) -> Iterator[Fault]:
    """The rules that a value of a schema breaks; ``value`` has its defaults."""
    rules = schema.get(RULES, ())
    if tally.budget.left < _START:
        tally.left_out(len(rules))
        rules = ()
    size = _size(value) if rules else 0
    tally.budget.left -= size
    for rule in rules:
        tally.rules += 1
        try:
            if not _holds(rule["rule"], schema, value, size, tally.budget):
                yield _fault(rule, path)
        except _MISSING:
            yield _fault(rule, path, "something that the rule needs is missing")
        except _NotEvaluated as why:
            tally.reasons[str(why)] += 1
    for step, below, held in _below(schema, value):
        yield from broken(below, held, tally, (*path, step))


def _below(schema: Schema, value: Any) -> Iterator[tuple[str | int, Schema, Any]]:
    if isinstance(value, Mapping):
        properties, further = schema.get("properties", {}), schema.get("additionalProperties")
        for name, held in value.items():
            below = properties.get(name, further)
            if isinstance(below, Mapping) and held is not None:
                yield name, below, held
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        yield from ((index, schema["items"], held) for index, held in enumerate(value))


def _fault(rule: Mapping[str, Any], path: Path, why: str = "") -> Fault:
    """The CRD's own message; one that is computed may hold values, so the rule itself is shown."""
    said = rule.get("message") or f"failed rule: {' '.join(rule['rule'].split())}"
    field = str(rule.get("fieldPath", "")).removeprefix(".")
    at = (*path, *field.split(".")) if re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", field) else path
    expected = why or "a rule of its CustomResourceDefinition says so"
    return Fault(at, f"{dotted(at) or 'the object'}: {said}", expected)


def _steps(text: str, size: int) -> int:
    """How long a rule takes at most: every loop may go over all there is, and a copying one copies all."""
    items = size + text.count(",")
    loops = len(_LOOP.findall(text)) + 3 * len(_COPY.findall(text))
    return _START + int(items ** min(loops, 8)) * (100 if _MATCH.search(text) else 1)


def _holds(text: str, schema: Schema, value: Any, size: int, budget: Budget) -> bool:
    # Before anything that takes long itself: the text is searched, and the value walked, for each.
    if not budget.takes(_WALKED * (1 + size) + len(text) // 8):
        raise _NotEvaluated(_TOO_LONG)
    if not budget.reads(text):
        raise _NotEvaluated("there are too many of them")
    code = bare(text)
    if _OLD.search(code):
        raise _NotEvaluated("they compare with the object before the change")
    timed = budget.timed(schema)
    if "" in timed or any(re.search(rf"\.\s*\??{re.escape(escaped(name))}\b", code) for name in timed):
        raise _NotEvaluated("they look at times, durations or bytes")
    seen = _seen(schema, value)
    if not budget.takes(_steps(text, size)):
        raise _NotEvaluated(_TOO_LONG)
    if "size(" in text and not _is_ascii(value):
        raise _NotEvaluated("they count letters that aren't ASCII")
    return _run(text, seen)


def _run(text: str, seen: Any) -> bool:
    program = _compiled(text)
    if program is None:
        raise _NotEvaluated("they use syntax that the library doesn't know")
    try:
        found = program.execute({"self": seen})
    except (*_MISSING, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # The library raises whatever Python error comes near, and a panic of its own is no Exception.
        name = re.search(r"variable or function: '(\w+)'", str(error))
        why = f"they use '{name[1]}', which the library doesn't know" if name else "the library fails on them"
        raise _NotEvaluated(why) from None
    if not isinstance(found, bool):
        raise _NotEvaluated("the library fails on them")
    return found


@cache
def _compiled(text: str) -> Any:
    # The parser goes as deep as its input.
    if len(text) > _LONGEST or sum(map(text.count, "([{?!-")) > _DEEPEST:
        return None
    import cel  # noqa: PLC0415 - takes 0.2 s, which only sets with CEL rules pay

    try:
        return cel.compile(text)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        return None


def _timed(schema: Schema) -> set[str]:
    """Names of the fields below that hold times and the like; empty for the value itself."""
    found = {""} if schema.get("format") in _TIMED else set()
    for name, below in schema.get("properties", {}).items():
        inner = _timed(below)
        found |= {name if held == "" else held for held in inner}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping) and (inner := _timed(schema[key])):
            found |= {"" if held == "" else held for held in inner}
    return found


def _seen(schema: Schema, value: Any) -> Any:
    """A value as CEL sees it: fields by their escaped names, numbers that aren't whole by type."""
    if isinstance(value, Mapping):
        properties, further = schema.get("properties", {}), schema.get("additionalProperties")
        made = {}
        for name, held in value.items():
            if name in properties:
                made[escaped(name)] = _seen(properties[name], held)
            else:
                made[name] = _seen(further, held) if isinstance(further, Mapping) else held
        return made
    if isinstance(value, list):
        items = schema.get("items")
        return [_seen(items, held) for held in value] if isinstance(items, Mapping) else value
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if schema.get("type") == "number" and is_whole and not schema.get(INT_OR_STRING):
        return float(value)
    return value


def bare(text: str) -> str:
    """A rule without what stands in its strings."""
    return _LITERAL.sub("''", text)


def escaped(name: str) -> str:
    """The name of a field as rules write it. ``apiserver/pkg/cel``: ``Escape``."""
    if name in _RESERVED:
        return f"__{name}__"
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], name)


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(_size, value))
    return 1 + len(value) // 64 if isinstance(value, str) else 1


def _is_ascii(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_ascii, value.values()))
    if isinstance(value, list):
        return all(map(_is_ascii, value))
    return not isinstance(value, str) or value.isascii()
