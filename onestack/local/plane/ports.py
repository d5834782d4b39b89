"""Loopback ports: chosen once, kept, and chosen anew only where another process took one."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Literal

import psutil

from onestack.errors import NoFreePort

LOOPBACK = "127.0.0.1"

# Below the ports that systems hand out to outgoing connections (Linux 32768, RFC 6335
# 49152) and below Kubernetes' node ports (30000), so that a kept port is rarely taken.
LOWEST = 20000
HIGHEST = 29999
_ATTEMPTS = 200

PortName = Literal["etcd", "etcd_peer", "apiserver", "controller_manager", "scheduler"]


@dataclass(frozen=True)
class Ports:
    """The port of each listener of one control plane."""

    etcd: int
    etcd_peer: int
    apiserver: int
    controller_manager: int
    scheduler: int

    def with_port(self, name: PortName, port: int) -> Ports:
        """The same ports but one."""
        return replace(self, **{name: port})

    def to_json(self) -> str:
        """As it is kept in a file."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Ports | None:
        """Reads what `to_json` wrote; None where the text is anything else."""
        try:
            values = json.loads(text)
            ports = {field.name: values[field.name] for field in fields(cls)}
        except (ValueError, KeyError, TypeError):
            return None
        if not all(isinstance(port, int) and 0 < port < 65536 for port in ports.values()):  # noqa: PLR2004 - 16 bits
            return None
        return cls(**ports)


def is_free(port: int) -> bool:
    """Whether the port can be listened on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Go's listeners do: a connection that is only winding down does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(taken: Iterable[int] = (), *, free: Callable[[int], bool] = is_free) -> int:
    """A free port that is not in ``taken``.

    Raises:
        NoFreePort: none was found.
    """
    avoid = set(taken)
    for _ in range(_ATTEMPTS):
        port = random.randint(LOWEST, HIGHEST)  # noqa: S311 - to spread, not to hide
        if port not in avoid and free(port):
            return port
    raise NoFreePort(LOWEST, HIGHEST)


def choose_all() -> Ports:
    """Free ports for a new control plane."""
    chosen: list[int] = []
    for _ in fields(Ports):
        chosen.append(choose(chosen))
    return Ports(*chosen)


def holder(port: int) -> str:
    """Who listens on the port, as well as this user may know: ``name (process 12)``, or
    an empty string."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.Error, OSError):
        return ""
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            if connection.pid is None:
                return ""
            try:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.Error:
                return f"process {connection.pid}"
    return ""
