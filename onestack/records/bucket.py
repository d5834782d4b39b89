"""A store in a bucket of Google Cloud Storage: one object per text."""

from __future__ import annotations

import threading
import weakref
from contextlib import ExitStack
from typing import Final

from onestack.cloud.storage import Objects, storage_api
from onestack.errors import CloudRefused, RecordChanged, RecordsUnreadable
from onestack.records.store import Stored, checked

_NONE: Final = "0"
"""Google's generation of an object that isn't there."""


class Bucket:
    """A `Store`. A version is the object's generation, which the bucket compares with as it writes.

    Threads may share one: a lease's heartbeat does. Each has a connection of its own.
    """

    def __init__(self, bucket: str, folder: str) -> None:
        self._bucket = bucket
        self._folder = folder
        self._own = threading.local()
        self._closing = ExitStack()
        weakref.finalize(self, self._closing.close)

    @property
    def place(self) -> str:
        """The address of its folder."""
        return f"gs://{self._bucket}/{self._folder}"

    @property
    def note(self) -> str:
        """Nothing."""
        return ""

    def read(self, name: str) -> Stored | None:
        """The text of that name; None where there is none. Raises: as `onestack.cloud.api.Api.call`."""
        try:
            content, generation = self._objects().found(self._path(name))
        except CloudRefused as error:
            if error.missing:
                return None
            raise
        return Stored(content.decode(errors="replace"), generation)

    def create(self, name: str, content: str) -> str:
        """Writes a new text. Raises: RecordChanged; as `onestack.cloud.api.Api.call`."""
        return self._written(name, content, _NONE)

    def replace(self, name: str, content: str, version: str) -> str:
        """Writes a text in the place of a version. Raises: RecordChanged; as `Api.call`."""
        return self._written(name, content, version)

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """All names that begin so, sorted. Raises: as `onestack.cloud.api.Api.call`."""
        found = [name for name, _generation in self._objects().below(f"{self._folder}/{prefix}")]
        return tuple(sorted(name.removeprefix(f"{self._folder}/") for name in found))

    def _written(self, name: str, content: str, generation: str) -> str:
        """Writes, if the bucket still holds that generation.

        A request of ours may be sent twice; where the first did it, the second finds what it wrote.
        """
        try:
            return self._objects().write(self._path(name), content.encode(), generation)
        except CloudRefused as error:
            if not error.outdated and not error.missing:
                raise
            there = self.read(name) if error.outdated else None
            if there is not None and there.content == content:
                return there.version
            if error.missing and generation == _NONE:
                raise RecordsUnreadable(self.place, "there is no such bucket") from None
            raise RecordChanged(name, self.place) from None

    def _objects(self) -> Objects:
        found: Objects | None = getattr(self._own, "objects", None)
        if found is None:
            api = self._closing.enter_context(storage_api(seconds=10.0, retries=3))
            found = self._own.objects = Objects(api, self._bucket)
        return found

    def _path(self, name: str) -> str:
        return f"{self._folder}/{checked(name)}"
