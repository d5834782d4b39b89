"""A severity as people write it in settings. Pure."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from onestack.validation.finding import Severity


def _off(value: Any) -> Any:
    """A plain ``off`` in YAML is false to kubectl, and so to our reader; here it can only mean the word."""
    return Severity.OFF if value is False else value


Weight = Annotated[Severity, Field(strict=False), BeforeValidator(_off)]
