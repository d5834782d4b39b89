"""Where a Secret's values come from encrypted stack configuration: ``${secrets:db-password}``. Pure.

A placeholder may be a whole value or stand inside a longer one, in ``stringData`` as it is and in
``data`` inside the base64 text, where generators (kustomize, Helm's ``b64enc``) put it. Directly before
``{secrets:``, ``$$`` means one ``$``: ``$${secrets:x}`` is the text ``${secrets:x}``. What only looks
like a placeholder because another system writes its own that way (``${secrets:ns/name:key}`` of
Strimzi) is refused in a Secret and left alone elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import orjson

Path = tuple[str | int, ...]
Fault = Literal["", "name", "unclosed", "raw", "place"]

CONFIG: Final = "secrets"
"""The namespace of the stack's configuration that holds the values."""
FIELDS: Final = ("data", "stringData")

_MARK: Final = b"{secrets:"
_NAME: Final = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")
_FOUND: Final = re.compile(rb"(?P<dollars>\$+)\{secrets:(?P<inner>[^{}\s]*)(?P<end>\}?)")


@dataclass(frozen=True)
class Placeholder:
    """One placeholder. ``path`` leads to the value that holds it, or, with ``key``, to that of its key.

    ``fault`` says what is wrong: its ``name``, that it is ``unclosed``, that it stands ``raw`` in
    ``data``, which wants base64, or at a ``place`` that is not for secrets.
    """

    name: str
    path: Path
    fault: Fault = ""
    key: bool = False


def is_secret(body: Mapping[str, Any]) -> bool:
    """Whether an object is a core/v1 Secret."""
    return body.get("kind") == "Secret" and body.get("apiVersion") == "v1"


def right_name(name: str) -> bool:
    """Whether a placeholder can ask for this name."""
    return _NAME.fullmatch(name.encode()) is not None


def command(stack: str, name: str) -> str:
    """How to set the value of a placeholder, as a person types it: it is asked for, so no shell keeps it."""
    chosen = f'eval "$(onestack env {stack})" && pulumi stack select --create {stack}'
    return f"{chosen} && pulumi config set --secret {CONFIG}:{name}"


def placeholders(body: Mapping[str, Any]) -> tuple[Placeholder, ...]:
    """Every placeholder of an object, right or wrong."""
    if not is_secret(body):
        return tuple(_misplaced(body)) if _MARK in orjson.dumps(body) else ()
    found = [one for path, text, raw in _held(body) for one in _in_text(path, text, raw=raw)]
    rest = {key: held for key, held in body.items() if key not in FIELDS}
    keys = {field: dict.fromkeys(body[field]) for field in FIELDS if isinstance(body.get(field), dict)}
    return (*found, *_misplaced(rest | keys))


def names(body: Mapping[str, Any]) -> frozenset[str]:
    """The names that the placeholders of a Secret ask for; none of anything else."""
    if not is_secret(body):
        return frozenset()
    return frozenset(one.name for one in placeholders(body) if not one.fault)


def values(body: Mapping[str, Any]) -> Iterator[tuple[Path, bytes]]:
    """The values of a Secret, by path, as they would be in the cluster: base64 taken off.

    What stands in ``data`` and is no base64 is given as it is written.
    """
    return ((path, text) for path, text, _raw in _held(body))


def substituted(field: str, held: Mapping[str, Any], value: Callable[[str], str]) -> dict[str, Any]:
    """``data`` or ``stringData`` of a Secret, placeholders replaced by what ``value`` gives."""
    return {key: _filled(field, one, value) if isinstance(one, str) else one for key, one in held.items()}


def literal(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object with its escapes made the text they stand for; a Secret's are left to `substituted`."""
    if is_secret(body) or _MARK not in orjson.dumps(body):
        return body
    made: Mapping[str, Any] = _unescaped(body)
    return made


def plaintext(body: Mapping[str, Any]) -> bool:
    """Whether a Secret, or one in a list, has a value that is not empty and takes no placeholder."""
    if is_secret(body):
        return bool(plaintext_paths(body))
    items = body.get("items") if str(body.get("kind", "")).endswith("List") else None
    return isinstance(items, list) and any(plaintext(item) for item in items if isinstance(item, Mapping))


def plaintext_paths(body: Mapping[str, Any]) -> tuple[Path, ...]:
    """The paths of a Secret's values that are not empty and take no placeholder."""
    return tuple(path for path, held in values(body) if held and not takes(held))


def takes(text: bytes) -> bool:
    """Whether a text takes the value of a placeholder."""
    return any(not one.fault for one in _in_text((), text))


def _held(body: Mapping[str, Any]) -> Iterator[tuple[Path, bytes, bool]]:
    """Path, text and whether it is ``data`` without base64, of each value."""
    for field in FIELDS:
        held = body.get(field)
        for key, value in held.items() if isinstance(held, Mapping) else ():
            written = value if isinstance(value, str) else "" if value is None else str(value)
            decoded = _decoded(written) if field == "data" else None
            text = written.encode(errors="surrogatepass") if decoded is None else decoded
            yield (field, key), text, field == "data" and decoded is None


def _in_text(path: Path, text: bytes, *, raw: bool = False) -> Iterator[Placeholder]:
    if _MARK not in text:
        return
    for match in _FOUND.finditer(text):
        if len(match["dollars"]) % 2:
            inner = match["inner"]
            right = _NAME.fullmatch(inner) is not None
            fault: Fault = "unclosed" if not match["end"] else "raw" if raw else "" if right else "name"
            yield Placeholder(inner.decode(errors="replace"), path, fault)


def _misplaced(body: Mapping[str, Any]) -> Iterator[Placeholder]:
    """Right placeholders where they can't be; keys and values of whatever depth, without recursion."""
    waiting: list[tuple[Path, Any]] = [((), body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Mapping):
            for key, held in value.items():
                waiting.append(((*path, key), held))
                yield from _elsewhere((*path, key), key, key=True)
        elif isinstance(value, list):
            waiting.extend(((*path, index), held) for index, held in enumerate(value))
        elif isinstance(value, str):
            yield from _elsewhere(path, value)


def _elsewhere(path: Path, text: str, *, key: bool = False) -> Iterator[Placeholder]:
    for one in _in_text(path, text.encode(errors="surrogatepass")):
        if not one.fault:
            yield replace(one, fault="place", key=key)


def _filled(field: str, written: str, value: Callable[[str], str]) -> str:
    decoded = _decoded(written) if field == "data" else None
    text = written.encode(errors="surrogatepass") if decoded is None else decoded
    if _MARK not in text:
        return written
    made = _FOUND.sub(lambda match: _put(match, value), text)
    return made.decode(errors="surrogatepass") if decoded is None else base64.b64encode(made).decode()


def _put(match: re.Match[bytes], value: Callable[[str], str]) -> bytes:
    dollars, inner = match["dollars"], match["inner"]
    if not match["end"] or _NAME.fullmatch(inner) is None:
        return match[0]
    kept = b"$" * (len(dollars) // 2)
    if len(dollars) % 2 == 0:
        return kept + b"{secrets:" + inner + b"}"
    return kept + value(inner.decode()).encode(errors="surrogatepass")


def _unescaped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _unescaped(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_unescaped(held) for held in value]
    if not isinstance(value, str) or "{secrets:" not in value:
        return value
    made = _FOUND.sub(
        lambda match: _put(match, "${{secrets:{}}}".format), value.encode(errors="surrogatepass")
    )
    return made.decode(errors="surrogatepass")


def _decoded(text: str) -> bytes | None:
    """What base64 text says, as the API server reads it (line breaks are skipped), or None."""
    try:
        return base64.b64decode(text.translate(_BREAKS), validate=True)
    except (binascii.Error, ValueError):
        return None


_BREAKS: Final = {ord("\n"): None, ord("\r"): None}
