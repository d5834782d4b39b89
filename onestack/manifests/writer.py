"""Values written as YAML that kubectl reads back as they are. Pure.

PyYAML alone leaves ``y``, ``0o17`` and ``1e3`` plain, which are strings to it, but not to kubectl.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from onestack.manifests.scalars import Unheld, resolve


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(bodies: Iterable[Mapping[str, Any]]) -> str:
    """A YAML stream of the objects in their order, keys in theirs."""
    return yaml.dump_all(bodies, Dumper=_Dumper, sort_keys=False, allow_unicode=True, explicit_start=True)


def _string(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    try:
        if resolve(text) != text:
            return '"'
    except Unheld:
        return '"'
    return "|" if "\n" in text else None


_Dumper.add_representer(str, _string)
