"""Where an embedded control plane keeps its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

MARKER_NAME: Final = "onestack-plane.json"


@dataclass(frozen=True)
class Layout:
    """The paths below one control plane's directory. Computes; touches nothing."""

    directory: Path

    @property
    def marker(self) -> Path:
        """Says that the directory is ours; `reset` removes nothing without it."""
        return self.directory / MARKER_NAME

    @property
    def lock(self) -> Path:
        """Beside the directory, so that it outlives a reset."""
        return self.directory.with_name(f"{self.directory.name}.lock")

    @property
    def ports(self) -> Path:
        """The ports that were chosen, kept over restarts."""
        return self.directory / "ports.json"

    @property
    def pki(self) -> Path:
        """Keys and certificates."""
        return self.directory / "pki"

    @property
    def config(self) -> Path:
        """What the components read besides their flags."""
        return self.directory / "config"

    @property
    def etcd(self) -> Path:
        """The database: everything that is kept over down and up."""
        return self.directory / "etcd"

    @property
    def run(self) -> Path:
        """One record per started process."""
        return self.directory / "run"

    @property
    def logs(self) -> Path:
        """Output of the components, and the audit log."""
        return self.directory / "logs"

    @property
    def audit_log(self) -> Path:
        """Who asked the API server for what."""
        return self.logs / "audit.log"

    @property
    def encryption(self) -> Path:
        """The key that Secrets are encrypted with at rest."""
        return self.config / "encryption.yaml"

    @property
    def audit_policy(self) -> Path:
        """What the audit log records."""
        return self.config / "audit-policy.yaml"

    @property
    def scheduler_config(self) -> Path:
        """The scheduler's configuration file."""
        return self.config / "scheduler.yaml"

    @property
    def kwok_config(self) -> Path:
        """kwok's options and its stages."""
        return self.config / "kwok.yaml"

    def kubeconfig(self, component: str) -> Path:
        """The kubeconfig that a component of the plane uses."""
        return self.config / f"{component}.kubeconfig"

    def record(self, component: str) -> Path:
        """The record of a component's process."""
        return self.run / f"{component}.json"

    def log(self, component: str) -> Path:
        """A component's output."""
        return self.logs / f"{component}.log"

    def folders(self) -> tuple[Path, ...]:
        """Every folder that must be there before anything is written."""
        return (self.directory, self.pki, self.config, self.etcd, self.run, self.logs)
