"""What numbers and times of a record may be: whoever can write the file could write anything. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

Count = Annotated[int, Field(ge=0, lt=2**53)]
"""A number that counts up, and that any reader of JSON can hold."""
Seconds = Annotated[float, Field(ge=0, lt=1e9, allow_inf_nan=False)]
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC))
]
"""One that can be told in any time zone."""
