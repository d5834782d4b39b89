"""What a provider knows of a resource that exists and isn't as it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onestack.errors import ProviderError


class PartialFailure(ProviderError):
    """The object exists, but isn't as it should be: Pulumi records it with what is wrong.

    ``reasons`` come after the message itself; ``state`` and ``inputs`` are recorded.
    """

    def __init__(
        self,
        message: str,
        *,
        object_id: str,
        reasons: Sequence[str],
        state: Mapping[str, Any],
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.object_id = object_id
        self.reasons = (message, *reasons)
        self.state = state
        self.inputs = inputs
