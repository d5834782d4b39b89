"""A stack's file for a trial: the same manifests, on another cluster, without anything secret. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.engine.workspace import PUBLIC_SALT

READY_SECONDS: Final = 120
"""Simulated pods are ready in seconds or never."""
STAND_IN: Final = "v1:K/4wRQtA2xIYKecM:uYG439KyYVAgz9/4JBFZtOPKyjHxxQk2c9IwrOcH72bPpso="
"""``stand-in-of-a-trial``, encrypted with the public passphrase and `PUBLIC_SALT`."""
_ELSEWHERE: Final = frozenset({"onestack:platform", "onestack:kubeconfig", "onestack:gcp"})
_READINESS: Final = "onestack:readiness"
_SECURE: Final = "secure"


def placed(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the file of the stack is to hold in a trial.

    Secrets that take a key to read are stand-ins, under the passphrase that everybody knows; what is under
    that already stays.
    """
    config = {key: held for key, held in (content.get("config") or {}).items() if key not in _ELSEWHERE}
    ready = config.get(_READINESS) or {}
    if isinstance(ready, Mapping):
        seconds = ready.get("timeoutSeconds", READY_SECONDS)
        bound = min(seconds, READY_SECONDS) if isinstance(seconds, int) else seconds
        config[_READINESS] = {**ready, "timeoutSeconds": bound}
    config["onestack:platform"] = "embedded"
    if not own_secrets(content):
        config = _stood_in(config)
    kept = {key: held for key, held in content.items() if key not in {"secretsprovider", "encryptedkey"}}
    return kept | {"config": config, "encryptionsalt": PUBLIC_SALT}


def own_secrets(content: Mapping[str, Any]) -> bool:
    """Whether everybody can read the secrets in the file."""
    return content.get("encryptionsalt") == PUBLIC_SALT and not content.get("secretsprovider")


def _stood_in(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_SECURE}:
            return {_SECURE: STAND_IN}
        return {key: _stood_in(held) for key, held in value.items()}
    return [_stood_in(held) for held in value] if isinstance(value, list) else value
