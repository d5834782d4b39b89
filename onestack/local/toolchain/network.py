"""Whether downloads are worth trying: what the user said, and what was found lately."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from onestack.errors import InvalidSwitch
from onestack.local.toolchain.files import read_json, replace_file
from onestack.local.toolchain.places import Places

VARIABLE = "ONESTACK_DOWNLOADS"
REMEMBERED_SECONDS = 86_400.0
"""A closed network seldom opens, and finding out costs every verb that tries seconds."""
LOOK_AGAIN_SECONDS = 600.0
"""When whoever asks for the tools, and for nothing else, has them looked for anew."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

Policy = Literal["auto", "never", "always"]
_POLICIES: dict[str, Policy] = {"auto": "auto", "never": "never", "always": "always"}


@dataclass(frozen=True)
class Patience:
    """How long, in seconds, a download may go without a byte: at its start, and later."""

    first_byte: float
    stalled: float


def policy(environ: Mapping[str, str]) -> Policy:
    """What ``ONESTACK_DOWNLOADS`` says.

    ``never`` tries nothing. ``auto``, the default, gives up on a closed network within seconds and
    remembers it for a day. ``always`` forgets what was remembered and waits for slow networks.
    Raises InvalidSwitch.
    """
    value = environ.get(VARIABLE) or "auto"
    if value not in _POLICIES:
        raise InvalidSwitch(VARIABLE, value, tuple(_POLICIES))
    return _POLICIES[value]


def patience(environ: Mapping[str, str]) -> Patience:
    """The waits that go with the policy."""
    return Patience(60.0, 120.0) if policy(environ) == "always" else Patience(4.0, 15.0)


def why_closed(places: Places, subject: str, *, now: float | None = None) -> str:
    """Why a download is not worth trying now; empty if it is.

    ``subject`` is what would be downloaded: one that failed for its own reasons is also remembered.
    """
    chosen = policy(places.environ)
    if chosen == "never":
        return f"{VARIABLE}=never"
    if chosen == "always":
        return ""
    record = read_json(places.closed)
    if record.get("proxies") != _proxies(places.environ):
        return ""
    moment = time.time() if now is None else now
    for key in ("network", subject):
        entry = record.get(key)
        if isinstance(entry, dict) and _holds(entry, moment, REMEMBERED_SECONDS):
            return str(entry.get("why", ""))
    return ""


def remember_closed(places: Places, subject: str, why: str, *, now: float | None = None) -> None:
    """Keeps a failure for a day. Subject ``network`` stands for all downloads."""
    proxies = _proxies(places.environ)
    record = read_json(places.closed)
    if record.get("proxies") != proxies:
        record = {"proxies": proxies}
    moment = time.time() if now is None else now
    record[subject] = {"at": moment, "why": why}
    replace_file(places.closed, json.dumps(record, indent=1))


def forget_old(places: Places, *, now: float | None = None) -> None:
    """Forgets what failed more than ten minutes ago, so that it is tried again. Raises OSError."""
    record = read_json(places.closed)
    moment = time.time() if now is None else now
    fresh = {
        key: entry
        for key, entry in record.items()
        if not isinstance(entry, dict) or _holds(entry, moment, LOOK_AGAIN_SECONDS)
    }
    if fresh != record:
        replace_file(places.closed, json.dumps(fresh, indent=1))


def forget_closed(places: Places) -> None:
    """A download succeeded: what was remembered no longer holds."""
    places.closed.unlink(missing_ok=True)


def _holds(entry: Mapping[str, Any], moment: float, seconds: float) -> bool:
    """Whether it happened in the last ``seconds``; a clock that was set back must not shut it for years."""
    at = entry.get("at")
    return isinstance(at, int | float) and 0 <= moment - at < seconds


def _proxies(environ: Mapping[str, str]) -> str:
    """A digest, since a proxy's address may carry a password: other proxies, another network."""
    lowered = {name.lower(): value for name, value in environ.items()}
    chosen = "\n".join(f"{name}={lowered.get(name, '')}" for name in _PROXIES)
    return hashlib.sha256(chosen.encode()).hexdigest()[:16]
