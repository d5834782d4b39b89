"""Which repository at which forge, and with what token: from the environment, as in GitHub Actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A repository at a forge. ``repository`` is ``owner/name``; the token is in no representation.

    ``commit``, ``ref``, ``pull`` and ``run_url`` are what the job at hand runs for, as far as it says so.
    ``login`` is who the token speaks as, where the environment names it.
    """

    api: str
    server: str
    repository: str
    token: str = field(repr=False)
    commit: str | None = None
    ref: str | None = None
    pull: int | None = None
    run: str | None = None
    run_url: str | None = None
    login: str | None = None


def place(
    environ: Mapping[str, str],
    root: Path | None = None,
    *,
    repository: str | None = None,
    api: str | None = None,
) -> Place:
    """Where to speak to: options first, then the environment, then git's remote ``origin`` in ``root``.

    Raises: NoForge, NoForgeToken.
    """
    raise NotImplementedError
