"""What a schema's validator found, in plain words at the right place: one message per cause. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs
import orjson

from onestack.manifests.manifest import dotted
from onestack.validation.effort import MOST_FAULTS, Effort, Work
from onestack.validation.fault import Fault, by_path, said
from onestack.validation.parts import Path
from onestack.validation.shape import KEYS, Shape, duplicates
from onestack.validation.values import words

Kind = jsonschema_rs.ValidationErrorKind
_FEW: Final = 8


@dataclass(frozen=True)
class _Case:
    """An error with what is needed to explain it. ``secret``: no string of the object may be repeated."""

    shape: Shape
    error: jsonschema_rs.ValidationError
    path: Path
    value: Any
    body: Any
    secret: bool

    @property
    def field(self) -> str:
        return dotted(self.path) or "it"


def faults(shape: Shape, body: Any, *, secret: bool = False) -> list[Fault]:
    """What is wrong with an object, or a part of one, of a shape; by path. ``secret``: repeat no string."""
    return _faults(shape, body, shape.errors(body), secret=secret)


def faults_within(shape: Shape, body: Any, work: Work, effort: Effort) -> list[Fault]:
    """As `faults`, of a schema that anyone may have written: told as far as the effort reaches."""
    if shape.validator.is_valid(body):
        return []
    if effort.explains(work.errors):
        return faults(shape, body)
    more = "its schema is too large beside the object for all faults to be told"
    first = _faults(shape, body, shape.first(body)) if effort.explains(work.first) else []
    return [*first, Fault((), f"does not fit its schema: {more}", "mend what is told, or use fewer forms")]


def _faults(
    shape: Shape, body: Any, errors: Iterator[jsonschema_rs.ValidationError], *, secret: bool = False
) -> list[Fault]:
    cases = [_case(shape, error, body, secret) for error in itertools.islice(errors, MOST_FAULTS)]
    is_more = next(errors, None) is not None
    found = {fault for case in cases for fault in itertools.islice(_explained(case), MOST_FAULTS + 1)}
    told = by_path(_causes(found, cases))
    if is_more or len(told) > MOST_FAULTS:
        what = f"more is wrong with it than the {len(told[:MOST_FAULTS])} faults that are told"
        return [Fault((), what, "mend these first"), *told[:MOST_FAULTS]]
    return told


def _case(shape: Shape, error: jsonschema_rs.ValidationError, body: Any, secret: bool) -> _Case:
    path: Path = ()
    value = body
    for said_step in error.instance_path:
        step = _step(value, said_step)
        path, value = (*path, step), value[step]
    return _Case(shape, error, path, value, body, secret)


def _step(value: Any, step: str | int) -> str | int:
    """The validator gives keys that are numbers as numbers."""
    if not isinstance(value, Mapping) or step in value:
        return step
    return str(next(key for key in value if key.isdecimal() and int(key) == step))


def _explained(case: _Case) -> Iterator[Fault]:
    kind = case.error.kind
    explain = _EXPLAINED.get(type(kind))
    if explain is not None:
        yield from explain(case, kind)
        return
    what, expected = words(case.value, kind, secret=case.secret) or ("is not what the schema asks for", "")
    yield Fault(case.path, f"{case.field}{what if what.startswith(':') else f' {what}'}", expected)


def _unknown(case: _Case, kind: Any) -> Iterator[Fault]:
    type_name = case.shape.type_name(case.path)
    holder = f"in {type_name}" if type_name else f"in {dotted(case.path)}" if case.path else "in this kind"
    for name in kind.unexpected:
        path = (*case.path, name)
        yield Fault(
            path, f"{dotted(path)[:200]}: there is no such field {holder}", _instead(case, name), key=True
        )


def _instead(case: _Case, name: str) -> str:
    near = case.shape.nearest(case.path, name)
    if near:
        return f"did you mean '{near}'?"
    inner = case.shape.below(case.path, name)
    if inner:
        return f"did you mean {dotted((*case.path, *inner))}?"
    for length in range(len(case.path) - 1, -1, -1):
        if name in case.shape.fields(case.path[:length]):
            return f"it belongs to {dotted(case.path[:length]) or 'the object itself'}; mind the indentation"
    known = sorted(case.shape.fields(case.path))
    return f"its fields are {', '.join(known)}" if 0 < len(known) <= _FEW else "remove it"


def _missing(case: _Case, kind: Any) -> Iterator[Fault]:
    path = (*case.path, kind.property)
    type_name = case.shape.type_name(case.path)
    yield Fault(
        path, f"{dotted(path)} is missing", f"{type_name} needs it" if type_name else "it is required"
    )


def _repeated(case: _Case, kind: Any) -> Iterator[Fault]:
    del kind
    seen: set[bytes] = set()
    for index, item in enumerate(case.value):
        same = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
        if same in seen:
            path = (*case.path, index)
            shown = said(item, secret=case.secret)
            yield Fault(
                path, f"{dotted(path)} says {shown} again", f"{dotted(case.path)} is a set: remove one"
            )
        seen.add(same)


def _custom(case: _Case, kind: Any) -> Iterator[Fault]:
    del kind
    keys = case.shape.at(case.path).get(KEYS, ())
    for index, before in duplicates(case.value, keys):
        path = (*case.path, index)
        held = " and ".join(
            f"{key} {said(case.value[index].get(key, 'TCP'), secret=case.secret)}" for key in keys
        )
        where = dotted((*case.path, before))
        yield Fault(path, f"{dotted(path)} has the same {held} as {where}", "rename or remove one")


def _choice(case: _Case, kind: Any) -> Iterator[Fault]:
    forms = f"the {len(kind.context)} forms that are asked for"
    if isinstance(kind, Kind.OneOfMultipleValid):
        yield Fault(case.path, f"{case.field} fits more than one of {forms}", "only one may fit")
        return
    which = ", of which one must fit" if isinstance(kind, Kind.OneOfNotValid) else ""
    why = "; or ".join(_forms(case, kind.context[:_FEW]))
    further = len(kind.context) - _FEW
    if further > 0:
        why += f"; or {further} more"
    yield Fault(case.path, f"{case.field} fits none of {forms}{which}", why)


def _forms(case: _Case, context: Sequence[Sequence[jsonschema_rs.ValidationError]]) -> Iterator[str]:
    """What keeps the value from each of the forms."""
    for errors in context:
        for error in errors[:1]:
            inner = _case(case.shape, error, case.body, case.secret)
            for fault in list(_explained(inner))[:1]:
                yield fault.what


_EXPLAINED: Final[Mapping[type, Callable[[_Case, Any], Iterator[Fault]]]] = {
    Kind.AdditionalProperties: _unknown,
    Kind.AnyOf: _choice,
    Kind.Custom: _custom,
    Kind.OneOfMultipleValid: _choice,
    Kind.OneOfNotValid: _choice,
    Kind.Required: _missing,
    Kind.UniqueItems: _repeated,
}


def _causes(found: Iterable[Fault], cases: Sequence[_Case]) -> Iterator[Fault]:
    """Without what only follows from another fault: a needed field that was merely misspelt."""
    meant = {
        (*case.path, case.shape.nearest(case.path, name))
        for case in cases
        if isinstance(case.error.kind, Kind.AdditionalProperties)
        for name in case.error.kind.unexpected[:MOST_FAULTS]
    }
    mistyped = {case.path for case in cases if isinstance(case.error.kind, (Kind.Type, Kind.Not))}
    for fault in found:
        follows = fault.what.endswith(" is missing") and fault.path in meant
        if not follows and not any(fault.path[: len(path)] == path != fault.path for path in mistyped):
            yield fault
