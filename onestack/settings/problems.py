"""What is wrong with a stack's settings, in words and with its place in the file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from onestack.errors import Problem, UsageError
from onestack.gcp.faults import KIND
from onestack.gcp.settings import REQUIRED
from onestack.manifests.node import Node
from onestack.manifests.scope import KUBERNETES
from onestack.nearest import nearest
from onestack.repository import find
from onestack.settings.model import Settings

PREFIX: Final = "onestack:"

# What to write where a pattern is not met, by the whole setting or its first part.
_PATTERNS = {
    "delivery.github": "write the repository as 'owner/name'",
    "gcp.cluster.maintenance.start": "write the time in UTC, such as '02:00'",
    "gcp.registry.name": "write lower-case letters, digits and '-', beginning with a letter",
    "kubernetesVersion": f"write a minor version, such as '{KUBERNETES}'",
    "rendering": "write a host, or host:port, in lower case, without scheme and path",
    "notify.slack.channel": "write '#name', or the channel's id, such as 'C0123456789'",
    "manifests": "write for example 'Certificate.cert-manager.io: Namespaced', and versions as 'v1'",
}
# A prefix that differs from ours by at most two letters is at least as like it as this.
_NEAR = 0.8
# Like ours, but a provider's.
_NOT_US = frozenset({"openstack"})


def whole(where: str, what: str) -> Problem:
    """A problem of the file as a whole."""
    return Problem(where, 0, 0, what)


def misspelt(root: Path, where: str, config: Node) -> Iterator[Problem]:
    """Keys that were most likely meant for us; those of other providers and projects are not ours."""
    for key, node in config.fields():
        if key == f"{PREFIX}stack":
            what = f"{key}: is not a setting; the stack is named by the file's name"
            yield Problem(where, node.key_line, node.key_column, what)
        prefix, colon, name = key.partition(":")
        if prefix in {PREFIX.rstrip(":"), *_NOT_US} or not colon:
            continue
        near = difflib.get_close_matches(prefix.casefold(), [PREFIX.rstrip(":")], cutoff=_NEAR)
        if near and prefix != _project(root):
            what = f"{key}: did you mean {PREFIX}{name}?"
            yield Problem(where, node.key_line, node.key_column, what)


def _project(root: Path) -> str:
    try:
        return find(root).project
    except UsageError:
        return ""


def _near(given: Any, options: str) -> str:
    words = {word.casefold(): word for word in re.findall(r"'(.+?)'", options)}
    near = difflib.get_close_matches(str(given).casefold(), words, n=1)
    return f"did you mean {words[near[0]]}?" if near else ""


def problems(found: Any, where: str, config: Node | None) -> Iterator[Problem]:
    """One of pydantic's findings in words, with its place where the file is known."""
    loc = tuple(step for step in found["loc"] if step != "[key]")
    if found["type"] == KIND:
        for fault in found["ctx"]["faults"]:
            yield _placed((*loc, *fault.at), fault.what, fault.expected, where, config)
        return
    message, expected = _said(found, [str(step) for step in loc])
    yield _placed(loc, message, expected, where, config)


def _said(found: Any, steps: list[str]) -> tuple[str, str]:
    """What is wrong and what to write instead."""
    message = str(found["msg"]).removeprefix("Value error, ")
    kind, given = found["type"], found["input"]
    if kind == "extra_forbidden":
        return "is not a setting that onestack knows", nearest(Settings, steps)
    if kind == "missing":
        return message, REQUIRED.get(".".join(steps), "")
    if kind == "string_type" and isinstance(given, bool | int | float):
        return message, "put it in quotes"
    if kind == "string_pattern_mismatch":
        return f"'{given}' can't be that", _PATTERNS.get(".".join(steps), _PATTERNS.get(steps[0], ""))
    if kind == "literal_error":
        return message, _near(given, str(found["ctx"]["expected"]))
    return _WORDS.get(kind, message), ""


_WORDS: Final = dict.fromkeys(("model_type", "dict_type"), "it has to be a mapping of names to values")
"""For what pydantic says in words of Python."""


def _placed(loc: tuple[Any, ...], message: str, expected: str, where: str, config: Node | None) -> Problem:
    if not loc:
        return whole(where, f"{message}; {expected}" if expected else message)
    said = f"{PREFIX}{'.'.join(map(str, loc))}: {message}"
    node = config.nearest(PREFIX + loc[0], *loc[1:]) if config else None
    place = (node.key_line, node.key_column) if node else (0, 0)
    return Problem(where, *place, said, expected)
