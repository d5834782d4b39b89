"""Runs the Pulumi SDK's own installer; started as a process of its own, so that it can be stopped.

Usage: ``python -m onestack.local.toolchain.installer FOLDER SOCKET_SECONDS``
"""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path


def main(folder: Path, socket_seconds: float) -> int:
    """Installs the CLI of the SDK's version into a folder. 0 if it is there and runs, else 1."""
    # The SDK passes no timeout, and without one a network that drops packets is waited for.
    socket.setdefaulttimeout(socket_seconds)
    from pulumi.automation import PulumiCommand  # noqa: PLC0415 - slow; the timeout comes first

    # Whoever watches starts the clock here: importing the SDK can take longer than connecting.
    print("installing", flush=True)  # noqa: T201 - output is how a child process reports
    try:
        PulumiCommand.install(root=str(folder))
    except subprocess.CalledProcessError as error:
        print((error.output or b"").decode("utf-8", "replace"), flush=True)  # noqa: T201 - as above
        return 1
    except Exception as error:  # whatever the SDK raises, its words are the report
        print(f"{type(error).__name__}: {error}", flush=True)  # noqa: T201 - as above
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2])))
