"""A stack as a picture: its resources folded into a few boxes, as Mermaid, SVG or JSON. Pure."""

from onestack.graph.document import document
from onestack.graph.mermaid import mermaid
from onestack.graph.model import Graph, Resource, from_state, from_steps
from onestack.graph.picture import Box, Count, Edge, Group, Picture, fold
from onestack.graph.svg import svg

__all__ = [
    "Box",
    "Count",
    "Edge",
    "Graph",
    "Group",
    "Picture",
    "Resource",
    "document",
    "fold",
    "from_state",
    "from_steps",
    "mermaid",
    "svg",
]
