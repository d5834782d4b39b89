"""A picture as a document for programs (schema: docs/json.md). Pure."""

from __future__ import annotations

from typing import Any

from onestack.graph.picture import Box, Picture


def document(picture: Picture) -> dict[str, Any]:
    """The folded graph with every kind that there is; nothing is shortened or escaped."""
    return {
        "stack": picture.stack,
        "groups": [
            {"id": group.id, "title": group.title, "boxes": [_box(box) for box in group.boxes]}
            for group in picture.groups
        ],
        "edges": [{"from": edge.source, "to": edge.target} for edge in picture.edges],
    }


def _box(box: Box) -> dict[str, Any]:
    return {
        "id": box.id,
        "title": box.title,
        "resources": box.resources,
        "protected": box.protected,
        "note": box.note or None,
        "kinds": [
            {"kind": one.kind, "count": one.count, "protected": one.protected, "names": list(one.names)}
            for one in box.counts
        ],
    }
