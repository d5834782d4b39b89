"""Keeps programs off every network, this machine's own services with it, where the kernel lets us.

Proxies that lead nowhere don't do that: Go asks no proxy for loopback. On Linux a program gets a network
namespace of its own, in which there is nothing to reach; elsewhere, and where namespaces are forbidden,
what was looked at before is all that keeps it from asking.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from typing import Final

# Without rights of its own a user makes one inside a namespace of users, where he has them.
_WAYS: Final = (("--net",), ("--user", "--map-root-user", "--net"))
_PROBE_SECONDS: Final = 5.0
_SAID: Final = "unshare: "


@cache
def prefix() -> tuple[str, ...]:
    """What to put before a command to keep it off the network; nothing where that can't be done."""
    program = shutil.which("unshare") if sys.platform == "linux" else None
    if program is None:
        return ()
    for way in _WAYS:
        if _works(before := (program, *way, "--"), program):
            return before
    return ()


def failure(code: int, said: str) -> str:
    """Why a command with the prefix was not started at all; empty if it was."""
    return said.removeprefix(_SAID).strip() if code > 0 and said.startswith(_SAID) else ""


def _works(before: tuple[str, ...], program: str) -> bool:
    try:
        ran = subprocess.run(
            (*before, program, "--version"),
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return ran.returncode == 0
