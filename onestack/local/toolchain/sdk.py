"""The versions of the installed Pulumi SDKs, read without importing them (an import costs a second)."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

from onestack.local.toolchain.files import read_json
from onestack.local.toolchain.version import Version, parse


def engine_version() -> Version:
    """The version of the installed ``pulumi`` package, which the engine's must match or exceed."""
    version = parse(importlib.metadata.version("pulumi"))
    if version is None:  # pragma: no cover - a package index accepts no such version
        msg = "the installed pulumi package has no version"
        raise RuntimeError(msg)
    return version


def plugin_version(package: str) -> str | None:
    """The plugin version that an SDK asks the engine for; None where the SDK is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    version = read_json(Path(spec.origin).parent / "pulumi-plugin.json").get("version")
    return version if isinstance(version, str) else None
