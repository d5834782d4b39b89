"""Fields that a CEL rule names and its schema doesn't have: the API server refuses such a definition. Pure.

Of the server's type check (``apiserver/pkg/cel/common``: ``SchemaDeclType``) only this is done: what follows
``self`` or ``oldSelf`` field by field. A field that the schema preserves without naming it has no type, so it
doesn't exist for a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.validation.celrules import bare, escaped
from onestack.validation.fault import Fault, said
from onestack.validation.openapi import EMBEDDED, RULES, Schema
from onestack.validation.parts import Path

_CHAIN: Final = re.compile(r"(?<![\w.])(?:self|oldSelf)((?:\s*\.\s*[A-Za-z_]\w*(?!\w*\s*\())+)")
_OF_EVERY_OBJECT: Final = frozenset({"apiVersion", "kind", "metadata"})


def undefined(schema: Schema, path: Path, *, is_root: bool) -> Iterator[Fault]:
    """What is wrong with the rules that stand at one value of a schema."""
    rules = schema.get(RULES)
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        text = rule.get("rule") if isinstance(rule, Mapping) else None
        if isinstance(text, str) and (name := _undefined(text, schema, is_root=is_root)):
            what = f"the rule names {said(name)}, and the schema has no such field"
            expected = "add it to properties: rules see only what has a type there"
            yield Fault((*path, RULES, index, "rule"), what, expected)


def _undefined(text: str, schema: Schema, *, is_root: bool) -> str:
    """The first field that isn't there, or nothing."""
    for chain in _CHAIN.findall(bare(text)):
        below: Any = schema
        has_header = is_root
        for name in re.findall(r"\w+", chain):
            if not isinstance(below, Mapping) or below.get("type") != "object":
                break
            if (has_header or below.get(EMBEDDED)) and name in _OF_EVERY_OBJECT:
                break
            has_header = False
            if isinstance(below.get("additionalProperties"), Mapping):
                below = below["additionalProperties"]
                continue
            fields = {escaped(key): held for key, held in (below.get("properties") or {}).items()}
            if name not in fields:
                return str(name)
            below = fields[name]
    return ""
