"""Buckets and objects of Google Cloud Storage (https://cloud.google.com/storage/docs/json_api/v1)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from onestack.cloud.api import Api
from onestack.cloud.refusal import Ask, fields
from onestack.errors import CloudRefused
from onestack.state_home import (
    DAY,
    ENFORCED,
    KEPT_DAYS,
    KEPT_VERSIONS,
    LABELS,
    SOFT_DELETE_DAYS,
    Bucket,
    StateHome,
)

EMULATOR: Final = "STORAGE_EMULATOR_HOST"
"""The variable with which Google's own libraries are sent to an emulator, as ``host:port`` or an address."""
SERVICE: Final = "storage.googleapis.com"


def storage_api(**bounds: Any) -> Api:
    """The interface, or the emulator that the environment names. ``bounds`` are those of `Api`."""
    host = os.environ.get(EMULATOR, "")
    base = host if "://" in host else f"http://{host}" if host else f"https://{SERVICE}"
    return Api(base.rstrip("/"), **bounds)


class Buckets:
    """The buckets of one project."""

    def __init__(self, api: Api, project: str) -> None:
        self._api = api
        self._project = project

    def find(self, name: str) -> Bucket | None:
        """The bucket, if it is one of this project's. Raises as `Api.call`.

        It is looked for among the project's own: by its name alone a stranger's would be found, too, who
        took the name first and lets us write there.
        """
        params = {"project": self._project, "prefix": name, "projection": "noAcl"}
        ask = self._ask(f"listing buckets of '{self._project}'")
        while True:
            page = self._api.call(ask, "GET", "/storage/v1/b", params)
            for item in page.get("items") or ():
                if item.get("name") == name:
                    return _bucket(item)
            if not (token := page.get("nextPageToken")):
                return None
            params = {**params, "pageToken": token}

    def create(self, home: StateHome) -> Bucket | None:
        """Makes the bucket; None where the name is taken, be it by us a moment ago. Raises as `Api.call`."""
        ask = self._ask(f"creating the bucket '{home.bucket}'")
        params = {"project": self._project, "projection": "noAcl"}
        try:
            return _bucket(self._api.call(ask, "POST", "/storage/v1/b", params, wanted(home)))
        except CloudRefused as error:
            if error.conflict:
                return None
            raise

    def change(self, found: Bucket, changes: Mapping[str, Any]) -> Bucket:
        """Changes settings, if nobody else changed any since they were read. Raises as `Api.call`."""
        ask = self._ask(f"changing the bucket '{found.name}'")
        params = {"projection": "noAcl"}
        if found.generation:
            params["ifMetagenerationMatch"] = found.generation
        return _bucket(self._api.call(ask, "PATCH", f"/storage/v1/b/{found.name}", params, changes))

    def _ask(self, doing: str) -> Ask:
        grant = f"gcloud projects add-iam-policy-binding {self._project}"
        return Ask(doing, self._project, SERVICE, f"{grant} --member=user:YOU --role=roles/storage.admin")


class Objects:
    """The objects of one bucket."""

    def __init__(self, api: Api, bucket: str) -> None:
        self._api = api
        self._bucket = bucket

    def below(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Name and generation of every object whose name starts so. Raises as `Api.call`."""
        params = {"prefix": prefix}
        while True:
            page = self._api.call(
                self._ask("listing objects"), "GET", f"/storage/v1/b/{self._bucket}/o", params
            )
            yield from ((one["name"], str(one.get("generation", ""))) for one in page.get("items") or ())
            if not (token := page.get("nextPageToken")):
                return
            params = {**params, "pageToken": token}

    def read(self, name: str) -> bytes:
        """An object's content. Raises as `Api.call`."""
        return self._api.content(self._ask(f"reading {name}"), self._path(name), {"alt": "media"})

    def found(self, name: str) -> tuple[bytes, str]:
        """An object's content and generation. Raises as `Api.call`."""
        return self._api.generation(self._ask(f"reading {name}"), self._path(name), {"alt": "media"})

    def write(self, name: str, content: bytes, generation: str) -> str:
        """Makes an object the next generation of that one ("0": there is none yet); returns the new one.

        Raises as `Api.call`; what is refused because another generation is there is ``outdated``.
        """
        place = f"/upload/storage/v1/b/{self._bucket}/o"
        params = {"uploadType": "media", "name": name, "ifGenerationMatch": generation}
        done = self._api.upload(self._ask(f"writing {name}"), place, params, content)
        return str(done.get("generation", ""))

    def delete(self, name: str, generation: str) -> None:
        """Deletes an object, if it is still the one that was read. Raises as `Api.call`."""
        params = {"ifGenerationMatch": generation} if generation else {}
        try:
            self._api.call(self._ask(f"deleting {name}"), "DELETE", self._path(name), params)
        except CloudRefused as error:
            if not error.missing:
                raise

    def _path(self, name: str) -> str:
        return f"/storage/v1/b/{self._bucket}/o/{quote(name, safe='')}"

    def _ask(self, doing: str) -> Ask:
        grant = f"gcloud storage buckets add-iam-policy-binding gs://{self._bucket} --member=user:YOU"
        doing = f"{doing} in the bucket '{self._bucket}'"
        return Ask(doing, "", SERVICE, f"{grant} --role=roles/storage.objectUser")


def wanted(home: StateHome) -> dict[str, Any]:
    """The bucket as it is created (``Bucket`` of Google's interface)."""
    condition = {"isLive": False, "numNewerVersions": KEPT_VERSIONS, "daysSinceNoncurrentTime": KEPT_DAYS}
    return {
        "name": home.bucket,
        "location": home.region.upper(),
        "storageClass": "STANDARD",
        "versioning": {"enabled": True},
        "iamConfiguration": {
            "uniformBucketLevelAccess": {"enabled": True},
            "publicAccessPrevention": ENFORCED,
        },
        "softDeletePolicy": {"retentionDurationSeconds": str(SOFT_DELETE_DAYS * DAY)},
        "lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": condition}]},
        "labels": dict(LABELS),
    }


def _bucket(found: Mapping[str, Any]) -> Bucket:
    return Bucket(
        name=str(found.get("name", "")),
        location=str(found.get("location", "")),
        versioned=fields(found, "versioning", "enabled") is True,
        uniform_access=fields(found, "iamConfiguration", "uniformBucketLevelAccess", "enabled") is True,
        public_access_prevention=str(fields(found, "iamConfiguration", "publicAccessPrevention") or ""),
        soft_delete=int(fields(found, "softDeletePolicy", "retentionDurationSeconds") or 0),
        retention=int(fields(found, "retentionPolicy", "retentionPeriod") or 0),
        rules=tuple(fields(found, "lifecycle", "rule") or ()),
        labels=dict(found.get("labels") or {}),
        generation=str(found.get("metageneration") or ""),
    )
