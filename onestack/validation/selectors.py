"""Label selectors, as the API server understands them. Pure.

The rules are those of ``metav1.LabelSelectorAsSelector`` and ``labels.Requirement.Matches``: no selector
selects nothing, an empty one everything, and ``NotIn`` also what doesn't have the key at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from onestack.validation.parts import EACH, Path, each, labels, text

IN: Final = "In"
NOT_IN: Final = "NotIn"
EXISTS: Final = "Exists"
DOES_NOT_EXIST: Final = "DoesNotExist"
_WITH_VALUES: Final = frozenset({IN, NOT_IN})
_OPERATORS: Final = (IN, NOT_IN, EXISTS, DOES_NOT_EXIST)


@dataclass(frozen=True)
class Requirement:
    """One condition; ``values`` is empty for Exists and DoesNotExist."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, held: Mapping[str, str]) -> bool:
        """Whether labels meet it."""
        value = held.get(self.key)
        if self.operator == IN:
            return value in self.values
        if self.operator == NOT_IN:
            return value not in self.values
        return (value is not None) is (self.operator == EXISTS)


@dataclass(frozen=True)
class Selector:
    """All of the requirements must be met: none means everything. Hashable."""

    requirements: frozenset[Requirement]

    def matches(self, held: Mapping[str, str]) -> bool:
        """Whether labels meet all requirements."""
        return all(requirement.matches(held) for requirement in self.requirements)


def equal(wanted: Mapping[str, str]) -> Selector:
    """The selector of a Service: each label must have just this value."""
    return Selector(frozenset(Requirement(key, IN, frozenset({value})) for key, value in wanted.items()))


def selector(value: Any) -> Selector | None:
    """A ``LabelSelector``; None where there is none, which selects nothing.

    What the API server would refuse (see ``faults``) is left out.
    """
    if not isinstance(value, Mapping):
        return None
    exact = equal(labels(value, "matchLabels"))
    return Selector(exact.requirements.union(*(one.requirements for one in expressions(value) if one)))


def expressions(value: Any) -> Iterator[Selector | None]:
    """Each of a ``LabelSelector``'s expressions on its own; None for one that the API server would refuse."""
    for _, expression in each(value, "matchExpressions", EACH):
        if next(_faults(expression), None) is not None:
            yield None
        else:
            values = frozenset(expression.get("values") or ())
            yield Selector(frozenset({Requirement(expression["key"], expression["operator"], values)}))


def faults(value: Any) -> Iterator[tuple[Path, str, str]]:
    """What the API server refuses in a ``LabelSelector``: where, what, and what to write."""
    for path, expression in each(value, "matchExpressions", EACH):
        for step, what, expected in _faults(expression):
            yield (*path, *step), what, expected


def _faults(expression: Any) -> Iterator[tuple[Path, str, str]]:
    if not isinstance(expression, Mapping):
        yield (), "an expression of a selector is no mapping", "write key, operator and values"
        return
    if not text(expression, "key"):
        yield (), "an expression of a selector has no key", "name the label"
    operator, values = expression.get("operator"), expression.get("values") or []
    if operator not in _OPERATORS:
        said = (
            f"the operator '{operator}' is not known" if isinstance(operator, str) else "there is no operator"
        )
        yield ("operator",), f"in a selector's expression {said}", f"write one of {', '.join(_OPERATORS)}"
    elif not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        yield ("values",), "the values of a selector's expression are no list of strings", "write a list"
    elif operator in _WITH_VALUES and not values:
        yield ("operator",), f"the operator {operator} has no values to compare with", "list them in 'values'"
    elif operator not in _WITH_VALUES and values:
        yield ("values",), f"the operator {operator} takes no values", "remove them, or write In or NotIn"
