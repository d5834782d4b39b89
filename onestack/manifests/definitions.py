"""The kinds that CustomResourceDefinitions among the manifests define. Pure."""

from __future__ import annotations

from onestack.manifests.node import Node
from onestack.manifests.problems import Report
from onestack.manifests.scope import Kind

GROUP = "apiextensions.k8s.io"
KIND = "CustomResourceDefinition"


def defined(definition: Node, report: Report) -> Kind | None:
    """The kind that a CustomResourceDefinition defines; what keeps it from being one is reported."""
    group = _text(definition, report, "spec", "group")
    kind = _text(definition, report, "spec", "names", "kind")
    scope = _text(definition, report, "spec", "scope")
    versions = _versions(definition, report)
    if scope and scope not in {"Namespaced", "Cluster"}:
        report(definition.nearest("spec", "scope"), f"the scope is '{scope}'", "write Namespaced or Cluster")
        return None
    if not (group and kind and scope and versions):
        return None
    _check_name(definition, group, report)
    return Kind(group, kind, versions, namespaced=scope == "Namespaced")


def _text(definition: Node, report: Report, *path: str) -> str:
    node = definition.get(*path)
    if node is not None and isinstance(node.value, str) and node.value:
        return node.value
    said = "missing" if node is None else node.said()
    report(
        definition.nearest(*path),
        f"{'.'.join(path)} is {said}",
        "a CustomResourceDefinition needs it as a string",
    )
    return ""


def _versions(definition: Node, report: Report) -> tuple[str, ...]:
    node = definition.get("spec", "versions")
    served = []
    for version in node.items() if node is not None else ():
        name, is_served = version.get("name"), version.get("served")
        if name is None or not isinstance(name.value, str):
            report(
                version,
                "a version of the CustomResourceDefinition has no name",
                "write for example 'name: v1'",
            )
        elif is_served is not None and is_served.value is True:
            served.append(name.value)
    if not served:
        at = definition.nearest("spec", "versions")
        report(
            at,
            "the CustomResourceDefinition serves no version",
            "list one in spec.versions with 'served: true'",
        )
    return tuple(served)


def _check_name(definition: Node, group: str, report: Report) -> None:
    plural = definition.get("spec", "names", "plural")
    name = definition.get("metadata", "name")
    if plural is None or name is None or not isinstance(plural.value, str):
        return
    if name.value != f"{plural.value}.{group}":
        report(
            name,
            f"the CustomResourceDefinition is called '{name.value}'",
            f"its name must be '{plural.value}.{group}'",
        )
