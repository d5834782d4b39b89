"""What is written into a box."""

from __future__ import annotations

import pytest

from onestack.graph import Box, Count
from onestack.graph.words import lines, plural, title


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Service", "Services"),
        ("Ingress", "Ingresses"),
        ("NetworkPolicy", "NetworkPolicies"),
        ("Gateway", "Gateways"),
        ("Endpoints", "Endpoints"),
        ("Mesh", "Meshes"),
        ("", "s"),
    ],
)
def test_kinds_in_the_plural(kind: str, said: str) -> None:
    assert plural(kind) == said


def test_workloads_come_first_and_what_is_too_much_is_summed_up() -> None:
    kinds = ["Secret", "ConfigMap", "A", "B", "C", "D", "E", "Service", "Deployment"]
    counts = tuple(Count(kind, number) for number, kind in enumerate(kinds, start=1))
    assert lines(Box("b", "shop", counts)) == (
        "9 Deployments", "8 Services", "7 Es", "6 Ds", "5 Cs", "4 Bs", "3 As", "3 more of 2 kinds",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (Box("b", "Cluster", (Count("Cluster", 1, 0, ("cluster",)),)), ()),
        (Box("b", "Cluster", (Count("Cluster", 1, 1, ("cluster",)),)), ("protected",)),
        (Box("b", "NodePool spot", (Count("NodePool", 1, 0, ("spot",)),)), ()),
        (Box("b", "NodePool spot", (Count("NodePool", 1, 0, ("other",)),)), ("NodePool other",)),
        (
            Box("b", "Network", (Count("Network", 1, 0, ("network",)), Count("Router", 2))),
            ("Network", "2 Routers"),
        ),
    ],
)
def test_a_title_is_not_said_again(box: Box, said: tuple[str, ...]) -> None:
    assert lines(box) == said


def test_names_are_told_where_they_say_more() -> None:
    counts = (
        Count("Cluster", 1, 1, ("dev",)),
        Count("NodePool", 2, 1, ("default", "spot")),
        Count("Account", 2, 0, ("a" * 30, "b")),
        Count("Router", 1, 0, ("edge",)),
    )
    assert lines(Box("b", "Cluster dev", counts, "a note")) == (
        "Cluster, protected",
        "2 NodePools (default, spot), 1 protected",
        "2 Accounts",
        "Router edge",
        "a note",
    )


def test_a_name_is_one_printable_line_of_forty_characters() -> None:
    assert title("a\n  b\x1b[31m") == "a | b\\x1b[31m"
    assert title("x" * 41) == "x" * 39 + "…"
    assert title("\u202eevil") == "\\u202eevil"
