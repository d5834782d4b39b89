"""What applications may do at Google: a project's roles by Kubernetes service account, as settings. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

_NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_IDENTITY = re.compile(rf"{_NAME}/[a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?")
_ROLE = re.compile(
    r"roles/[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+"
    r"|projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/roles/[A-Za-z0-9_.]{3,64}"
    r"|organizations/[0-9]+/roles/[A-Za-z0-9_.]{3,64}"
)
_BASIC: Final = ("roles/owner", "roles/editor", "roles/viewer")


def _identity(value: str) -> str:
    if not _IDENTITY.fullmatch(value):
        message = f"'{value}': write namespace/serviceaccount of Kubernetes, such as 'bookshop/server'"
        raise ValueError(message)
    return value


def _role(value: str) -> str:
    if value in _BASIC:
        message = f"'{value}' is a basic role, with rights on all of the project; name what is needed"
        raise ValueError(message)
    if not _ROLE.fullmatch(value):
        message = f"'{value}' is no role: write it in full, such as 'roles/storage.objectViewer'"
        raise ValueError(message)
    return value


def _some(roles: tuple[str, ...]) -> tuple[str, ...]:
    if not roles:
        message = "there is no role here; name one or leave the identity out"
        raise ValueError(message)
    return roles


Role = Annotated[str, AfterValidator(_role)]
Grants = dict[
    Annotated[str, AfterValidator(_identity)],
    Annotated[tuple[Role, ...], Field(strict=False), AfterValidator(_some)],
]
"""Roles by ``namespace/serviceaccount``."""
