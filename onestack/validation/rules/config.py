"""ConfigMaps and Secrets (``core/validation``: ``ValidateConfigMap``, ``ValidateSecret``). Pure.

No value is ever part of a message.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.validation.fault import Fault
from onestack.validation.parts import mapping, text

_KEY: Final = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")
_MOST: Final = 1024 * 1024
# The keys without which a Secret of the type is refused; of basic-auth either one.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_EITHER: Final[Mapping[str, tuple[str, ...]]] = {"kubernetes.io/basic-auth": ("username", "password")}


def config_map(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateConfigMap``."""
    yield from _keys(body, "data", "binaryData")
    for key in mapping(body, "data"):
        if key in mapping(body, "binaryData"):
            what = f"the key {key[:80]} is in both data and binaryData"
            yield Fault(("binaryData", key), what, "keep one", key=True)
    size = sum(len(value.encode()) for value in mapping(body, "data").values() if isinstance(value, str))
    size += sum(_decoded(value) for value in mapping(body, "binaryData").values())
    yield from _too_large("ConfigMap", "data", size)


def secret(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateSecret``; stringData is merged into data before it."""
    yield from _keys(body, "data", "stringData")
    held = {**mapping(body, "data"), **mapping(body, "stringData")}
    kind = text(body, "type")
    for key in _NEEDED.get(kind, ()):
        if key not in held:
            yield Fault(
                ("type",), f"a Secret of type {kind} needs the key {key}", "add it to data or stringData"
            )
    either = _EITHER.get(kind, ())
    if either and not set(either) & set(held):
        what = f"a Secret of type {kind} needs the key {' or '.join(either)}"
        yield Fault(("type",), what, "add it to data or stringData")
    if kind == "kubernetes.io/service-account-token":
        name = "kubernetes.io/service-account.name"
        if not mapping(body, "metadata", "annotations").get(name):
            what = f"a Secret of type {kind} needs the annotation {name}"
            yield Fault(("type",), what, "name the ServiceAccount there")
    size = sum(
        len(value.encode()) for value in mapping(body, "stringData").values() if isinstance(value, str)
    )
    size += sum(_decoded(value) for value in mapping(body, "data").values())
    yield from _too_large("Secret", "data" if "data" in body else "stringData", size)


def _keys(body: Mapping[str, Any], *fields: str) -> Iterator[Fault]:
    """``IsConfigMapKey``."""
    for field in fields:
        for key in mapping(body, field):
            if not _KEY.match(key) or key in {".", ".."} or key.startswith(".."):
                what = f"'{key[:80]}' is no key for {field}"
                yield Fault(
                    (field, key), what, "use letters, digits, '-', '_' and '.', at most 253", key=True
                )


def _decoded(value: Any) -> int:
    if not isinstance(value, str):
        return 0
    try:
        return len(base64.b64decode(value))
    except (binascii.Error, ValueError):
        return 0


def _too_large(kind: str, field: str, size: int) -> Iterator[Fault]:
    if size > _MOST:
        yield Fault((field,), f"the {kind} holds {size} bytes", f"at most {_MOST} are allowed: split it")
