"""Every form in which programs write a value: escaped, quoted, encoded. Pure.

Base64 is the hard one. Inside a longer text a value is encoded at one of three alignments, and
the letters at its edges hold bits of its neighbours, too. So each alignment gives the letters that
depend on the value alone, and a letter at either edge is taken along where it is one of base64.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import AnyStr, Final
from urllib.parse import quote, quote_plus

import yaml

SHORTEST: Final = 4
"""Shorter values are not looked for: three letters stand in every other word, and a text full of masks
would say where the value is rather than hide it."""

_LINE: Final = 8
# Longer values come in pieces, so many at most. A whole one is quoted by nobody.
_PIECE: Final = 1024
_PIECES: Final = 16
_HEAD: Final = 32
# Longer pieces are looked for in the forms that tools write long values in: plain, JSON and base64.
_SMALL: Final = 256
# No secrets, and in every other line of what we say.
_COMMON: Final = frozenset({"true", "false", "null", "none"})
# What frames a key, and a bare YAML key: no secrets either.
_FRAME: Final = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----|[\w.-]+:")
_TELLING: Final = re.compile("pass|secret|token|auth|key|credential", re.IGNORECASE)


def forms(value: bytes) -> Iterator[tuple[str, bool]]:
    """Texts to look for, and whether letters of base64 at their edges belong to them."""
    for piece in _pieces(value):
        for text in _written(piece):
            if len(text) >= SHORTEST:
                yield text, False
        for text in _encoded(piece):
            if len(text) >= SHORTEST:
                yield text, True


def encoded(word: bytes) -> Iterator[tuple[str, bool]]:
    """The same without the word as it is."""
    return ((text, edges) for text, edges in forms(word) if text.encode() != word)


def quoted(word: bytes) -> tuple[str, ...]:
    """The word between quotes, as other programs write values, and between those of JSON in a text."""
    text = _text(word)
    if text is None or len(text) < SHORTEST or text.casefold() in _COMMON:
        return ()
    return f'"{text}"', f'"{text}\\'


def beginnings(value: bytes) -> Iterator[tuple[str, bool]]:
    """The same of a value's beginning alone, and only plain, in JSON and in base64: the least there is."""
    whole = _text(value)
    head = value[:_HEAD] if whole is None else whole.strip()[:_HEAD].encode()
    text = _text(head)
    if len(head) >= SHORTEST and (text is None or text.casefold() not in _COMMON):
        yield from ((one, False) for one in ({text, *_json(text)} if text is not None else ()))
        yield from ((one, True) for one in _aligned(head) if len(one) >= SHORTEST)


def _pieces(value: bytes) -> Iterator[bytes]:
    """The value, without the blanks around it, its lines, and secrets inside its JSON; long ones cut."""
    text = _text(value)
    if text is None:
        yield from _cut(value)
        return
    for whole in {text, text.strip()}:
        if len(whole) >= SHORTEST and whole.strip().casefold() not in _COMMON:
            yield from (piece.encode() for piece in _cut(whole))
    lines = text.splitlines()
    for line in {line.strip() for line in lines} if len(lines) > 1 else ():
        if len(line) >= _LINE and not _FRAME.fullmatch(line):
            yield from (piece.encode() for piece in _cut(line))
    for held in _inside(text):
        yield from (piece.encode() for piece in _cut(held))


def _inside(text: str) -> Iterator[str]:
    """What a JSON document says under keys like password, such as the credentials of a registry."""
    try:
        waiting = [json.loads(text)] if text.lstrip().startswith("{") else []
    except (ValueError, RecursionError):
        return
    while waiting:
        one = waiting.pop()
        waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        for key, held in one.items() if isinstance(one, dict) else ():
            if isinstance(held, str) and len(held) >= _LINE and _TELLING.search(key):
                yield held


def _cut(whole: AnyStr) -> Iterator[AnyStr]:
    if len(whole) >= SHORTEST:
        for start in range(0, min(len(whole), _PIECE * _PIECES), _PIECE):
            yield whole[start : start + _PIECE]


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _written(value: bytes) -> set[str]:
    """How programs write a value as text."""
    text, small = _text(value), len(value) <= _SMALL
    found = {value.hex(), value.hex().upper(), quote(value, safe=""), *_bytes(value)} if small else set()
    if text is None:
        return found
    found |= {text, *_json(text)}
    return found | set(_quoted(text)) if small else found


def _bytes(value: bytes) -> Iterator[str]:
    """As Python writes bytes, and as the numbers that Go's formats and JSON make of them."""
    yield repr(value)[2:-1]
    yield repr(value + b"'\"")[2:-4]
    yield from (" ".join(map(str, value)), ", ".join(map(str, value)), ",".join(map(str, value)))


def _json(text: str) -> set[str]:
    """In JSON, as Python writes it (ASCII only or not) and as Go does, which also escapes for HTML."""
    plain, ascii_only = json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]
    found = {plain, ascii_only}
    for one in (plain, ascii_only):
        found |= {one.replace("/", "\\/"), _for_html(one)}
    # JSON in a JSON string, as in an error that quotes a patch; and that in a log of JSON.
    deeper = {json.dumps(one, ensure_ascii=False)[1:-1] for one in found if one != text}
    deepest = {json.dumps(one, ensure_ascii=False)[1:-1] for one in deeper} if len(text) <= _SMALL else set()
    return found | deeper | deepest


def _for_html(text: str) -> str:
    return text.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def _quoted(text: str) -> Iterator[str]:
    encoded = (quote(text, safe=""), quote(text), quote_plus(text), quote_plus(text, safe="/"))
    for one in encoded:
        yield one
        yield from (quote(one), quote(one, safe=""))  # in the query of another URL
    escaped = html.escape(text)
    yield from (escaped, html.escape(text, quote=False), html.escape(text).replace("&#x27;", "&#39;"))
    yield escaped.replace("&#x27;", "&#39;").replace("&quot;", "&#34;").replace("+", "&#43;")
    yield from (repr(text)[1:-1], ascii(text)[1:-1], repr(text + "'\"")[1:-4])
    yield text.replace("'", "''")  # single quotes of YAML
    yield text.replace("'", "'\\''")  # and of shells
    yield text.replace("'", "'\"'\"'")
    if not (text.isascii() and text.isprintable()):
        for as_it_is in (True, False):
            written = yaml.dump(
                text, Dumper=yaml.CSafeDumper, default_style='"', width=2**20, allow_unicode=as_it_is
            )
            yield written.strip()[1:-1]


def _encoded(value: bytes) -> set[str]:
    """The letters of base64 that hold the value, at each alignment; and those of that in base64 again."""
    once = _aligned(value)
    text = _text(value)
    if text is not None:
        for one in _json(text) - {text}:
            once |= _aligned(one.encode())
    if len(value) > _SMALL:
        return once
    found = once | {deeper for one in once for deeper in _aligned(one.encode())}
    return found | {form for one in found for form in (quote(one, safe=""), one.replace("/", "\\/"))}


def _aligned(value: bytes) -> set[str]:
    found: set[str] = set()
    for before in range(3):
        letters = base64.b64encode(bytes(before) + value + bytes(-(before + len(value)) % 3)).decode()
        first, last = -(-before * 8 // 6), (before + len(value)) * 8 // 6
        inner = letters[first:last]
        found |= {inner, inner.translate(_URL_SAFE)}
    return found


_URL_SAFE: Final = str.maketrans("+/", "-_")
