"""Places of built-in kinds that want strings, where YAML easily gives something else. Pure.

The schemas will check every field; these are the places where a plain ``yes``, ``8080`` or ``0644``
is written by mistake, so that the message can say to quote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.manifests import labels
from onestack.manifests.node import Node
from onestack.manifests.problems import Report

_POD_TEMPLATES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
_MAPS: Final[dict[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    ("", "ConfigMap"): (("data",), ("binaryData",)),
    ("", "PersistentVolumeClaim"): (("spec", "selector", "matchLabels"),),
    ("", "ReplicationController"): (("spec", "selector"),),
    ("", "Secret"): (("data",), ("stringData",)),
    ("", "Service"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector", "matchLabels"),),
    ("apps", "Deployment"): (("spec", "selector", "matchLabels"),),
    ("apps", "ReplicaSet"): (("spec", "selector", "matchLabels"),),
    ("apps", "StatefulSet"): (("spec", "selector", "matchLabels"),),
    ("networking.k8s.io", "NetworkPolicy"): (("spec", "podSelector", "matchLabels"),),
    ("policy", "PodDisruptionBudget"): (("spec", "selector", "matchLabels"),),
    ("storage.k8s.io", "StorageClass"): (("parameters",),),
}
_CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")


def template_path(group: str, kind: str) -> tuple[str, ...] | None:
    """Where the pod template of a workload stands; empty for a Pod, None for what has none."""
    return _POD_TEMPLATES.get((group, kind))


def pod_template(group: str, kind: str, document: Node) -> Node | None:
    """The pod template of a workload, the pod itself for a Pod, or None."""
    path = _POD_TEMPLATES.get((group, kind))
    return None if path is None else document.get(*path)


def check(group: str, kind: str, document: Node, report: Report) -> None:
    """Reports every value that isn't a string in a place that wants one."""
    for path in _MAPS.get((group, kind), ()):
        holder = document.get(*path[:-1])
        if holder is not None:
            labels.string_map(holder, path[-1], report, secret=(group, kind) == ("", "Secret"))
    template = pod_template(group, kind, document)
    if template is None:
        return
    metadata = template.get("metadata")
    if metadata is not None and template is not document:
        labels.check(metadata, report)
    spec = template.get("spec")
    if spec is not None:
        labels.string_map(spec, "nodeSelector", report)
        for container in _containers(spec):
            _container(container, report)


def _containers(spec: Node) -> Iterator[Node]:
    for field in _CONTAINERS:
        node = spec.get(field)
        if node is not None:
            yield from node.items()


def _container(container: Node, report: Report) -> None:
    for field in ("name", "image"):
        _text(container, field, field, report)
    for field in ("command", "args"):
        node = container.get(field)
        for index, argument in enumerate(node.items() if node is not None else ()):
            if not isinstance(argument.value, str):
                labels.not_a_string(argument, f"{field}[{index}]", report)
    env = container.get("env")
    for variable in env.items() if env is not None else ():
        _text(variable, "name", "the name of an environment variable", report)
        name = variable.get("name")
        shown = name.value if name is not None and isinstance(name.value, str) else "?"
        _text(variable, "value", f"the value of the environment variable {shown}", report)


def _text(holder: Node, field: str, name: str, report: Report) -> None:
    node = holder.get(field)
    if node is not None and node.value is not None and not isinstance(node.value, str):
        labels.not_a_string(node, name, report)
