"""Labels and annotations, as the API server takes them. Pure."""

from __future__ import annotations

from typing import Final

from onestack.manifests.names import wrong_label_value, wrong_qualified
from onestack.manifests.node import Node
from onestack.manifests.problems import Report

ANNOTATION_BYTES: Final = 256 * 1024
STACK: Final = "onestack.dev/stack"
ID: Final = "onestack.dev/id"


def check(metadata: Node, report: Report, *, ours: bool = False) -> None:
    """Reports what the API server would refuse. ``ours`` is for an object's own metadata."""
    labels = string_map(metadata, "labels", report)
    for key, node in labels.items():
        if rule := wrong_qualified(key):
            report(node, f"'{key[:80]}' is no key for a label", rule, key=True)
        if rule := wrong_label_value(node.value):
            report(node, f"'{node.value[:80]}' is no value for the label {key[:80]}", rule)
    annotations = string_map(metadata, "annotations", report)
    for key, node in annotations.items():
        if rule := wrong_qualified(key.lower()):
            report(node, f"'{key[:80]}' is no key for an annotation", rule, key=True)
    size = sum(len(key.encode()) + len(node.value.encode()) for key, node in annotations.items())
    if size > ANNOTATION_BYTES:
        report(
            metadata.nearest("annotations"),
            f"the annotations have {size} bytes",
            f"at most {ANNOTATION_BYTES} are allowed",
        )
    if ours:
        for key, found in ((STACK, labels.get(STACK)), (ID, annotations.get(ID))):
            if found is not None:
                report(found, f"onestack itself writes {key} to know its objects", "remove it", key=True)


def string_map(holder: Node, field: str, report: Report, *, secret: bool = False) -> dict[str, Node]:
    """The entries of a mapping of strings; what isn't one is reported and left out, a secret unseen.

    A key without a value gets the empty string that the API server makes of it.
    """
    node = holder.get(field)
    if node is None or node.value is None:
        return {}
    if not isinstance(node.children, dict):
        report(node, f"{field} is {node.said()}", "write a mapping of strings")
        return {}
    held = {}
    for key, value in node.fields():
        if node.value[key] is None:
            value.value = node.value[key] = ""
        if isinstance(value.value, str):
            held[key] = value
        else:
            not_a_string(value, f"{field}.{key}", report, secret=secret)
    return held


def not_a_string(node: Node, name: str, report: Report, *, secret: bool = False) -> None:
    """Reports a value that must be a string, and how to write it as one; a secret is not repeated."""
    if secret and node.value is not None:
        report(node, f"{name[:80]} is not a string to kubectl", "write the value in quotes")
    elif node.children is not None:
        report(node, f"{name[:80]} is {node.said()}, not a string", "write a string")
    elif node.value is None:
        report(
            node,
            f"{name[:80]} is {node.said()}, not a string",
            f"write {node.quoted()} in quotes, or remove it",
        )
    else:
        report(
            node,
            f"{name[:80]} is {node.said()}, not a string, to kubectl",
            f"write {node.quoted()} in quotes",
        )
