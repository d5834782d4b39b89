"""Values written as YAML that kubectl reads back as they are. Pure.

PyYAML alone leaves ``y``, ``0o17`` and ``1e3`` plain, which are strings to it, but not to kubectl.

What is written may be printed where GitHub's runner looks for commands (see `onestack.harmless`): a string
that holds one is written in double quotes, with one letter of it escaped. It stays the same string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Final

import yaml

from onestack.manifests.scalars import Unheld, resolve

# Lines are folded at blanks, so a command may begin behind each. The first letter of one is what is escaped.
_COMMAND: Final = re.compile(r"(?:^|(?<=\s)):(?=:)|#(?=#\[)")


class _Dumper(yaml.CSafeDumper):
    """Writes strings; ``mark`` stands for letters to escape, which the library wouldn't."""

    mark = ""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(bodies: Iterable[Mapping[str, Any]]) -> str:
    """A YAML stream of the objects in their order, keys in theirs."""
    bodies = list(bodies)
    written = _dumped(bodies, "")
    if _COMMAND.search(written) is None:
        return written
    mark = next(mark for number in count() if (mark := f"escaped{number}x") not in written)
    return re.sub(f"{mark}([0-9a-f]{{2}})", r"\\x\1", _dumped(bodies, mark))


def _dumped(bodies: Iterable[Mapping[str, Any]], mark: str) -> str:
    dumper = type("_Marking", (_Dumper,), {"mark": mark}) if mark else _Dumper
    # The library leaves dump_all's result untyped.
    return str(yaml.dump_all(bodies, Dumper=dumper, sort_keys=False, allow_unicode=True, explicit_start=True))


def _string(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    if dumper.mark and _COMMAND.search(text):
        marked = _COMMAND.sub(lambda found: f"{dumper.mark}{ord(found[0]):02x}", text)
        return dumper.represent_scalar(tag, marked, style='"')
    return dumper.represent_scalar(tag, text, style=_style(text))


def _style(text: str) -> str | None:
    try:
        if resolve(text) != text:
            return '"'
    except Unheld:
        return '"'
    return "|" if "\n" in text else None


_Dumper.add_representer(str, _string)
