"""Key rings and keys of Cloud KMS (https://cloud.google.com/kms/docs/reference/rest)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from onestack.cloud.api import Api
from onestack.cloud.refusal import Ask, fields
from onestack.errors import CloudRefused
from onestack.state_home import DAY, DESTROY_DAYS, LABELS, PURPOSE, ROTATION_DAYS, Key, StateHome

ENDPOINT: Final = "GOOGLE_KMS_CUSTOM_ENDPOINT"
"""The variable with which Google's provider plugin is sent elsewhere, as ``https://host/v1/``."""
SERVICE: Final = "cloudkms.googleapis.com"


def keys_api(**bounds: Any) -> Api:
    """The interface, or the one that the environment names. ``bounds`` are those of `Api`."""
    base = os.environ.get(ENDPOINT) or f"https://{SERVICE}/v1"
    return Api(base.rstrip("/"), **bounds)


class Keys:
    """The key ring and the key of one home of state; ``now`` says when a rotation is reckoned from."""

    def __init__(self, api: Api, home: StateHome, now: datetime) -> None:
        self._api = api
        self._home = home
        self._now = now

    def find_ring(self) -> bool:
        """Whether the key ring is there. Raises as `Api.call`."""
        return self._found("looking for the key ring", self._home.key_ring_name) is not None

    def create_ring(self) -> bool:
        """Makes the key ring; False where another made it meanwhile. Raises as `Api.call`."""
        parent, _, _name = self._home.key_ring_name.rpartition("/")
        ask = self._ask(f"creating the key ring '{self._home.key_ring}'")
        try:
            self._api.call(ask, "POST", f"/{parent}", {"keyRingId": self._home.key_ring}, {})
        except CloudRefused as error:
            if error.conflict:
                return False
            raise
        return True

    def find(self) -> Key | None:
        """The key, if it is there. Raises as `Api.call`."""
        found = self._found("looking for the key", self._home.key_name)
        return None if found is None else _key(found)

    def create(self) -> Key | None:
        """Makes the key; None where another made it meanwhile. Raises as `Api.call`."""
        ask, path = (
            self._ask(f"creating the key '{self._home.key}'"),
            f"/{self._home.key_ring_name}/cryptoKeys",
        )
        try:
            return _key(self._api.call(ask, "POST", path, {"cryptoKeyId": self._home.key}, wanted(self._now)))
        except CloudRefused as error:
            if error.conflict:
                return None
            raise

    def change(self, found: Key, changes: Mapping[str, Any]) -> Key:
        """Changes a key; a rotation that is begun also gets its first date. Raises as `Api.call`."""
        body = dict(changes)
        if "rotationPeriod" in body:
            body["nextRotationTime"] = _first_rotation(self._now)
        ask = self._ask(f"changing the key '{self._home.key}'")
        return _key(
            self._api.call(ask, "PATCH", f"/{found.name}", {"updateMask": ",".join(sorted(body))}, body)
        )

    def _found(self, doing: str, name: str) -> dict[str, Any] | None:
        try:
            return self._api.call(self._ask(doing), "GET", f"/{name}")
        except CloudRefused as error:
            if error.missing:
                return None
            raise

    def _ask(self, doing: str) -> Ask:
        grant = f"gcloud projects add-iam-policy-binding {self._home.project} --member=user:YOU"
        return Ask(doing, self._home.project, SERVICE, f"{grant} --role=roles/cloudkms.admin")


def wanted(now: datetime) -> dict[str, Any]:
    """The key as it is created (``CryptoKey`` of Google's interface)."""
    return {
        "purpose": PURPOSE,
        "versionTemplate": {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "SOFTWARE"},
        "rotationPeriod": f"{ROTATION_DAYS * DAY}s",
        "nextRotationTime": _first_rotation(now),
        "destroyScheduledDuration": f"{DESTROY_DAYS * DAY}s",
        "labels": dict(LABELS),
    }


def _first_rotation(now: datetime) -> str:
    return (now + timedelta(days=ROTATION_DAYS)).isoformat(timespec="seconds").replace("+00:00", "Z")


def _key(found: Mapping[str, Any]) -> Key:
    return Key(
        name=str(found.get("name", "")),
        purpose=str(found.get("purpose", "")),
        state=str(fields(found, "primary", "state") or ""),
        rotation=_seconds(found.get("rotationPeriod")),
        destroy=_seconds(found.get("destroyScheduledDuration")),
        labels=dict(found.get("labels") or {}),
    )


def _seconds(duration: Any) -> int:
    """Google writes a duration as ``7776000s``."""
    return int(float(str(duration).removesuffix("s"))) if duration else 0
