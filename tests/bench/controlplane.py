"""What the control plane does meanwhile: CPU of its processes, and requests to its API server."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

COMPONENTS: Final = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
_REQUESTS: Final = re.compile(r"^apiserver_request_total\{(.*)\} (\S+)$", re.MULTILINE)
_VERB: Final = re.compile(r'(?:^|,)verb="([^"]*)"')


def cpu(folder: Path) -> dict[str, float]:
    """CPU seconds so far of each component that works in ``folder``; empty where there is none."""
    found: defaultdict[str, float] = defaultdict(float)
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            arguments = process.cmdline()
            name = Path(arguments[0]).name if arguments else ""
            if name in COMPONENTS and any(f"{folder}/" in argument for argument in arguments[1:]):
                times = process.cpu_times()
                found[name] += times.user + times.system
    return dict(found)


def requests(kubectl: Path, kubeconfig: Path) -> dict[str, float]:
    """Requests to the API server so far, by verb; empty where it does not say."""
    if not kubeconfig.exists():
        return {}
    given = (str(kubectl), f"--kubeconfig={kubeconfig}", "get", "--raw=/metrics")
    said = subprocess.run(given, capture_output=True, text=True, timeout=60, check=False)
    return counted(said.stdout)


def counted(metrics: str) -> dict[str, float]:
    """The requests in what the API server says of itself, by verb. Pure."""
    found: defaultdict[str, float] = defaultdict(float)
    for labels, value in _REQUESTS.findall(metrics):
        if verb := _VERB.search(labels):
            found[verb[1]] += float(value)
    return dict(found)


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What was added; nothing of what wasn't there at the end. Pure."""
    added = {name: round(value - before.get(name, 0.0), 2) for name, value in after.items()}
    return {name: value for name, value in added.items() if value > 0}
