"""The file that says a directory is a control plane's, and which Kubernetes wrote its data."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from onestack.errors import PlaneDamaged, PlaneDirectoryForeign, PlaneVersionMismatch
from onestack.local.plane.files import filesystem_errors, write
from onestack.local.plane.layout import MARKER_NAME, Layout

FORMAT = 1


@dataclass(frozen=True)
class Marker:
    """``kubernetes`` is the version that last ran on the data, such as ``1.36.3``; empty
    where its binary does not know (built without it)."""

    kubernetes: str
    created: str
    format: int = FORMAT


def read(layout: Layout) -> Marker | None:
    """The directory's marker, or None where there is no control plane yet.

    Raises:
        PlaneDirectoryForeign: the directory holds something and no marker.
        PlaneDamaged: the marker can't be understood.
        PlaneNotPermitted: the directory can't be read.
    """
    with filesystem_errors(layout.directory):
        if layout.directory.exists() and not layout.directory.is_dir():
            raise PlaneDirectoryForeign(str(layout.directory), "it is not a directory")
        if not layout.marker.exists():
            if layout.directory.is_dir() and any(map(_foreign, layout.directory.iterdir())):
                raise PlaneDirectoryForeign(
                    str(layout.directory), f"it is not empty and has no {layout.marker.name}"
                )
            return None
        text = layout.marker.read_text(errors="replace")
    return _parse(text, layout.marker)


def save(layout: Layout, marker: Marker) -> None:
    """Writes the marker. Raises PlaneDiskFull and PlaneNotPermitted."""
    write(layout.marker, json.dumps(asdict(marker), indent=2) + "\n")


def parse_version(output: str) -> str:
    """The version in what ``kube-apiserver --version`` prints, such as ``1.36.3``; empty
    for a build that was not told its own (``v0.0.0-master+$Format``)."""
    found = re.search(r"v(\d+\.\d+\.\d+)", output)
    return found.group(1) if found and not found.group(1).startswith("0.0.") else ""


def check_version(marker: Marker, running: str, directory: Path) -> None:
    """Kubernetes upgrades its data by one minor version at a time and never back:
    https://kubernetes.io/releases/version-skew-policy/

    Raises:
        PlaneVersionMismatch: ``running`` can't be trusted with the data.
    """
    if not marker.kubernetes or not running:
        return
    was, now = _minor(marker.kubernetes), _minor(running)
    if was[0] != now[0] or not 0 <= now[1] - was[1] <= 1:
        raise PlaneVersionMismatch(str(directory), marker.kubernetes, running)


def _foreign(entry: Path) -> bool:
    """Not what an `up` leaves that was killed while it wrote the very first file."""
    return not entry.name.startswith(f".{MARKER_NAME}.")


def _minor(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


def _parse(text: str, path: Path) -> Marker:
    try:
        values = json.loads(text)
        marker = Marker(str(values["kubernetes"]), str(values["created"]), int(values["format"]))
    except (ValueError, KeyError, TypeError) as error:
        raise PlaneDamaged(str(path), f"the marker can't be read: {error}") from error
    if marker.format != FORMAT:
        raise PlaneDamaged(str(path), f"it has format {marker.format}, this onestack knows {FORMAT}")
    if marker.kubernetes and not re.fullmatch(r"\d+\.\d+\.\d+", marker.kubernetes):
        raise PlaneDamaged(str(path), f"'{marker.kubernetes}' is no Kubernetes version")
    return marker
