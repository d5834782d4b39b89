"""Everything that must lie on disk before a component is started."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from onestack.errors import PlaneBinaryUnusable, PlaneDamaged, PlaneDiskFull
from onestack.local.plane import certificates, configuration, files, process, stopping
from onestack.local.plane import marker as markers
from onestack.local.plane.certificates import Pki
from onestack.local.plane.commands import (
    APISERVER,
    COMPONENTS,
    CONTROLLER_MANAGER,
    ETCD,
    KWOK,
    SCHEDULER,
    Command,
    Tools,
    commands,
)
from onestack.local.plane.layout import Layout
from onestack.local.plane.ports import LOOPBACK, PortName, Ports, choose, choose_all, holder, is_free
from onestack.progress import Progress

_MEBIBYTE: Final = 1024**2
# etcd alone preallocates two logs of 64 MB.
_LEAST_FREE_BYTES: Final = 256 * _MEBIBYTE
_VERSION_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Prepared:
    """A directory that is ours, with certificates and keys in it."""

    layout: Layout
    kubernetes_version: str
    own_node: bool


@dataclass(frozen=True)
class StartPlan:
    """What is to run, and which of it already does (with the very same settings)."""

    layout: Layout
    ports: Ports
    commands: dict[str, Command]
    running: dict[str, process.Record]
    outdated: dict[str, process.Record]
    kubernetes_version: str
    own_node: bool


def prepare(
    layout: Layout, tools: Tools, progress: Progress, *, own_node: bool = True, authority: Pki | None = None
) -> Prepared:
    """Makes the directory, marks it and issues certificates and keys that are missing."""
    marker = markers.read(layout)
    version = _version(tools.path(APISERVER))
    if marker is not None:
        markers.check_version(marker, version, layout.directory)
    else:
        progress.step("making certificates and keys for a new control plane")
    for path in layout.folders()[:1]:
        files.folder(path)
    _check_space(layout.directory)
    now = datetime.now(UTC)
    if marker is None or (version and marker.kubernetes != version):
        created = marker.created if marker else now.isoformat(timespec="seconds")
        markers.save(layout, markers.Marker(version, created))
    for path in layout.folders():
        files.folder(path)
    with files.filesystem_errors(layout.pki):
        certificates.ensure(Pki(layout.pki), now, authority)
    _encryption(layout)
    files.write_if_changed(layout.audit_policy, configuration.audit_policy())
    files.write_if_changed(layout.scheduler_config, configuration.scheduler(layout))
    files.write_if_changed(
        layout.kwok_config, configuration.kwok(configuration.stages(), all_nodes=not own_node)
    )
    return Prepared(layout, version, own_node)


def configure(prepared: Prepared, tools: Tools, progress: Progress, *, durable: bool) -> StartPlan:
    """Settles the ports and the components' kubeconfigs; tells what must be started."""
    layout = prepared.layout
    live = stopping.live(layout)
    if len(live) < len(COMPONENTS):
        process.stop(stopping.strays(layout), 8.0)
    ports = _ports(layout, set(live), progress)
    for component in (CONTROLLER_MANAGER, SCHEDULER, KWOK):
        files.write_if_changed(
            layout.kubeconfig(component), render_kubeconfig(layout, ports, component, name="onestack-local")
        )
    wanted = commands(layout, ports, tools, _contents(layout), durable=durable)
    running = {
        name: record for name, record in live.items() if record.fingerprint == wanted[name].fingerprint
    }
    outdated = {name: record for name, record in live.items() if name not in running}
    return StartPlan(layout, ports, wanted, running, outdated, prepared.kubernetes_version, prepared.own_node)


def render_kubeconfig(layout: Layout, ports: Ports, user: str, *, name: str) -> str:
    """The kubeconfig of one of the plane's users."""
    pki = Pki(layout.pki)
    with files.filesystem_errors(layout.pki):
        return configuration.kubeconfig(
            f"https://{LOOPBACK}:{ports.apiserver}",
            pki.certificate("ca").read_bytes(),
            pki.certificate(user).read_bytes(),
            pki.key(user).read_bytes(),
            name=name,
        )


def write_admin_kubeconfig(plan: StartPlan, path: Path) -> None:
    """Writes the kubeconfig that people and programs use."""
    content = render_kubeconfig(plan.layout, plan.ports, "admin", name="onestack-local")
    files.write_if_changed(path, content)


def read_ports(layout: Layout) -> Ports | None:
    """The ports that were chosen, or None."""
    try:
        return Ports.from_json(layout.ports.read_text())
    except OSError:
        return None


def remove(layout: Layout) -> None:
    """Removes the directory; the marker goes last, so that a killed reset can go on."""
    for entry in layout.directory.iterdir():
        if entry == layout.marker:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    layout.marker.unlink(missing_ok=True)
    layout.directory.rmdir()


# The listeners of each component.
_LISTENERS: Final[dict[str, tuple[PortName, ...]]] = {
    ETCD: ("etcd", "etcd_peer"),
    APISERVER: ("apiserver",),
    CONTROLLER_MANAGER: ("controller_manager",),
    SCHEDULER: ("scheduler",),
}


def _ports(layout: Layout, live: set[str], progress: Progress) -> Ports:
    kept = read_ports(layout)
    ports = kept or choose_all()
    for component, names in _LISTENERS.items():
        if component in live:
            continue
        for name in names:
            port: int = getattr(ports, name)
            if is_free(port):
                continue
            ports = ports.with_port(name, choose(vars(ports).values()))
            progress.note(
                f"port {port} of {component} is taken by {holder(port) or 'another process'}: "
                f"it gets {getattr(ports, name)}"
                + (" and the kubeconfig is written anew" if name == "apiserver" else "")
            )
    if ports != kept:
        files.write(layout.ports, ports.to_json())
    return ports


def _contents(layout: Layout) -> dict[str, str]:
    """What each component reads when it starts, so that a change starts it anew.

    Certificates are in it where a component would not read them again by itself.
    """
    pki = Pki(layout.pki)
    with files.filesystem_errors(layout.config):
        trusted = "".join(pki.certificate(name).read_text() for name in certificates.AUTHORITIES)
        return {
            ETCD: trusted,
            APISERVER: trusted + layout.encryption.read_text() + layout.audit_policy.read_text(),
            CONTROLLER_MANAGER: layout.kubeconfig(CONTROLLER_MANAGER).read_text(),
            SCHEDULER: layout.kubeconfig(SCHEDULER).read_text() + layout.scheduler_config.read_text(),
            KWOK: layout.kubeconfig(KWOK).read_text() + layout.kwok_config.read_text(),
        }


def _encryption(layout: Layout) -> None:
    with files.filesystem_errors(layout.encryption):
        if layout.encryption.is_file() and layout.encryption.stat().st_size > 0:
            return
        # A new key would make every Secret that is already there unreadable.
        if (layout.etcd / "member").exists():
            raise PlaneDamaged(str(layout.encryption), "the key that Secrets are encrypted with is gone")
    files.write(
        layout.encryption, configuration.encryption(secrets.token_bytes(configuration.SECRET_KEY_BYTES))
    )


def _check_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < _LEAST_FREE_BYTES:
        raise PlaneDiskFull(
            str(directory),
            f"{free // _MEBIBYTE} MiB are free and {_LEAST_FREE_BYTES // _MEBIBYTE} MiB are needed to start",
        )


def _version(apiserver: Path) -> str:
    try:
        done = subprocess.run(
            [apiserver, "--version"], capture_output=True, text=True, timeout=_VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PlaneBinaryUnusable(str(apiserver), str(error)) from error
    return markers.parse_version(done.stdout)
