"""What the parts of one pod template say of each other: mounts of volumes, probes of ports. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.validation.parts import EACH, Path, mapping, mappings, text, texts
from onestack.validation.pods import PodTemplate, claim_templates, declared_ports
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.near import listed, meant
from onestack.validation.references.unselected import described
from onestack.validation.selectors import expressions

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS: Final = ("httpGet", "tcpSocket")


def mounts(pod: PodTemplate, _: Index) -> Iterator[Broken]:
    """What containers mount must be a volume of the pod; of a StatefulSet also a claim's template."""
    volumes = [name for _, name in texts(pod.spec, "volumes", EACH, "name")]
    volumes += claim_templates(pod.manifest)
    known = frozenset(volumes)
    for at, container in pod.containers():
        for field in ("volumeMounts", "volumeDevices"):
            for path, name in texts(container, field, EACH, "name"):
                if name not in known:
                    what = f"the pod has no volume '{name}'"
                    other = f"it has {listed(volumes)}" if volumes else "declare it under 'volumes'"
                    yield Broken(pod.manifest, (*at, *path), what, meant(name, volumes) or other)


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


def own_selector(pod: PodTemplate, _: Index) -> Iterator[Broken]:
    """A workload must select the pods that it makes; the API server refuses it otherwise."""
    manifest = pod.manifest
    if manifest.group != "apps":
        return
    said = mapping(manifest.body, "spec").get("selector")
    for number, one in enumerate(expressions(said)):
        if one is not None and not one.matches(pod.labels):
            what = f"the {manifest.kind} selects {described(one)}, but its own template isn't so"
            path: Path = ("spec", "selector", "matchExpressions", number)
            yield Broken(manifest, path, what, "write what the template's labels are")
    for path, wanted in mappings(manifest.body, "spec", "selector", "matchLabels"):
        for key, value in wanted.items():
            if isinstance(value, str) and pod.labels.get(key) != value:
                has = f"there it is {key}={pod.labels[key]}" if key in pod.labels else meant(key, pod.labels)
                what = f"the {manifest.kind} selects {key}={value}, but its own template hasn't this label"
                yield Broken(manifest, (*path, key), what, has or "write the same labels in both places")
