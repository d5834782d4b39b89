"""Where a benchmark runs and with what."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

from onestack.local.toolchain import Toolchain
from tests.bench.results import Machine

PROVIDER: Final = "pulumi-resource-kubernetes"


def look(toolchain: Toolchain) -> Machine:
    """This machine and the versions of all that takes part."""
    versions = {tool.name: tool.version for tool in toolchain.tools if not tool.name.startswith("pulumi-res")}
    packages = {"pulumi (SDK)": "pulumi", "pulumi-kubernetes (SDK)": "pulumi-kubernetes"}
    versions |= {shown: version(package) for shown, package in packages.items()}
    return Machine(
        processor=_processor(),
        cores=psutil.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.release()}",
        versions=versions | {"python": platform.python_version()},
        provider=_provider(toolchain),
    )


def _provider(toolchain: Toolchain) -> str:
    for tool in toolchain.tools:
        if tool.name == PROVIDER:
            if tool.source == "offline":
                return f"offline (onestack's stand-in for {tool.name} {tool.version})"
            return f"official ({tool.name} {tool.version})"
    return "none"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    for line in facts.read_text().splitlines() if facts.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
