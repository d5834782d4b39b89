"""Lists of objects, as kubectl takes them apart. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.manifests.node import Node
from onestack.manifests.problems import Report

_SUFFIX: Final = "List"


def flattened(document: Node, report: Report) -> Iterator[Node]:
    """The objects of a document: those of a ``List`` (also a typed one, ``RoleList``), else itself."""
    kind, items = document.get("kind"), document.get("items")
    name = kind.value if kind is not None and isinstance(kind.value, str) else ""
    if not name.endswith(_SUFFIX) or (items is None and name != _SUFFIX):
        yield document
        return
    if items is None or (items.value is not None and not isinstance(items.children, list)):
        report(
            items or document,
            f"the items of the {name} are {items.said() if items else 'missing'}",
            "write a list",
        )
        return
    for item in items.items():
        if item.value is None:
            report(item, f"an item of the {name} is empty", "remove it, or write an object")
            continue
        yield from flattened(_typed(item, document, name), report)


def _typed(item: Node, listing: Node, name: str) -> Node:
    """The item with the kind that a typed list gives to items that say none."""
    if name == _SUFFIX or not isinstance(item.children, dict) or "kind" in item.children:
        return item
    api_version = listing.get("apiVersion")
    kind = Node(name.removesuffix(_SUFFIX), item.line, item.column)
    typed = Node({**item.value, "kind": kind.value}, item.line, item.column)
    typed.children = {**item.children, "kind": kind}
    if api_version is not None and "apiVersion" not in item.children:
        typed.value["apiVersion"] = api_version.value
        typed.children["apiVersion"] = api_version
    return typed
