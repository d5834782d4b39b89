"""The user's cache for onestack, shared by all clones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from onestack.errors import InvalidSwitch

CACHE_VARIABLE = "ONESTACK_CACHE"


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The folder, outside any clone. ``ONESTACK_CACHE`` moves it.

    Raises: InvalidSwitch for an unknown user's home.
    """
    moved = (os.environ if environ is None else environ).get(CACHE_VARIABLE)
    if not moved:
        return platformdirs.user_cache_path("onestack")
    try:
        return Path(moved).expanduser().absolute()
    except RuntimeError:
        raise InvalidSwitch(CACHE_VARIABLE, moved, ("a folder",)) from None
