"""Inputs of a resource without what must not be told: secrets are gone before a plan is made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from onestack.plan.model import Missing
from onestack.plan.planned import Tree

Hide = Callable[[str], str]
"""Takes secret values out of a text, such as `onestack.masking.Mask`."""

MARK: Final = "4dabf18193072939515e22adb298388d"
"""The key by which the engine marks a value as a secret, or as something else that is no plain value."""
_MASKED: Final = "[secret]"
"""What the engine and our own masks write in the place of a secret value."""
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that is known only when it has been made."""
_SECRETS: Final = "kubernetes:core/v1:Secret"
_DATA: Final = ("data", "stringData")


def veiled(token: str, inputs: Tree, hide: Hide) -> Tree:
    """The inputs of a resource of a type: what is secret is ``HIDDEN``, what isn't known yet ``UNSEEN``.

    Secret is what the engine marks so, all data of a Secret, and every text that ``hide`` takes something
    out of.
    """
    if not inputs:
        return inputs
    # One look at all of it: hardly any object holds something.
    written = orjson.dumps(inputs).decode()
    clean = hide(written) == written and MARK not in written and _MASKED not in written
    tree: Tree = inputs if clean and _UNKNOWN not in written else _value(inputs, hide)
    if token != _SECRETS:
        return tree
    return {key: _hidden(value) if key in _DATA else value for key, value in tree.items()}


def _value(value: Any, hide: Hide) -> Any:
    if isinstance(value, Mapping):
        if MARK in value:
            return Missing.HIDDEN
        return {key: _value(held, hide) for key, held in value.items()}
    if isinstance(value, list):
        return [_value(held, hide) for held in value]
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    if text == _UNKNOWN:
        return Missing.UNSEEN
    # A word that is a secret is one only where it is all of a value: as quoted in JSON.
    told = f'"{text}"'
    return Missing.HIDDEN if _MASKED in text or hide(text) != text or hide(told) != told else value


def _hidden(data: Any) -> Any:
    """The keys of a Secret's data, where they are known, without the values."""
    return dict.fromkeys(data, Missing.HIDDEN) if isinstance(data, Mapping) else Missing.HIDDEN
