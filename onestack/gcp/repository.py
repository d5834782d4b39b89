"""The GitHub repository whose workflows may act for the stack, as a setting. Pure."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from onestack.frozen import Frozen

# Names as GitHub allows them; nothing in them can end a string of the condition that they are written into.
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?/[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")


def _repository(value: str) -> str:
    if not _REPOSITORY.fullmatch(value):
        message = f"'{value}' is no repository of GitHub: write owner/name, such as 'acme/shop'"
        raise ValueError(message)
    return value


def _branch(value: str) -> str:
    if value.startswith("refs/"):
        message = f"'{value}': write the branch alone, such as 'main'"
        raise ValueError(message)
    if not _BRANCH.fullmatch(value) or ".." in value or value.endswith(("/", ".", ".lock")):
        message = f"'{value}' is no name of a single branch, such as 'main'"
        raise ValueError(message)
    return value


def _pool(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{4,32}", value) or value.startswith("gcp-"):
        message = (
            f"'{value}' can't name a workload identity pool: 4 to 32 lower-case letters, digits and '-', "
            "not beginning with 'gcp-'"
        )
        raise ValueError(message)
    return value


class Github(Frozen):
    """Workflows of ``repository`` may look at the stack, those of its ``branch`` may deploy it.

    ``pool`` names the workload identity pool, ``<stack>-github`` by default. Google keeps the name of a
    deleted pool for 30 days: a stack that is made again before that takes another one here.
    """

    repository: Annotated[str, AfterValidator(_repository)]
    branch: Annotated[str, AfterValidator(_branch)] = "main"
    pool: Annotated[str, AfterValidator(_pool)] | None = None
