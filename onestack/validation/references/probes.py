"""The ports that probes call. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.validation.parts import text, texts
from onestack.validation.pods import PodTemplate, declared_ports
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.near import listed, meant

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS: Final = ("httpGet", "tcpSocket")


def probes(pod: PodTemplate, _: Index) -> Iterator[Broken]:
    """The ports that probes call by name must be their container's."""
    for at, container in pod.containers():
        names = [name for name, _, _ in declared_ports(container) if name]
        for probe in _PROBES:
            for handler in _HANDLERS:
                for path, name in texts(container, probe, handler, "port"):
                    if name not in names:
                        what = f"the container '{text(container, 'name')}' has no port called '{name}'"
                        other = (
                            f"it has {listed(names)}" if names else "write its number, or name it in 'ports'"
                        )
                        yield Broken(pod.manifest, (*at, *path), what, meant(name, names) or other)
