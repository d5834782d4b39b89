"""A profile is grouped into causes; what is no Python code counts for those who call it."""

from __future__ import annotations

import pytest

from tests.bench.causes import Function, added, cause_of, grouped
from tests.bench.profile import cause_table, document
from tests.unit.bench.canned import measured, results

YAML: Function = ("/x/site-packages/yaml/scanner.py", 3, "scan")
GRPC: Function = ("/x/site-packages/grpc/_channel.py", 3, "send")
LENGTH: Function = ("~", 0, "<built-in method builtins.len>")


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (("/x/yaml/__init__.py", 1, "<module>"), "starting and importing"),
        (("<frozen importlib._bootstrap>", 1, "_load"), "starting and importing"),
        (YAML, "reading and rendering manifests"),
        (("/r/onestack/validation/rules.py", 1, "check"), "checking"),
        (GRPC, "registering"),
        (("~", 0, "<built-in method orjson.loads>"), "state"),
        (("/x/site-packages/aiohttp/client.py", 1, "get"), "the API server"),
        (("~", 0, "<method 'poll' of 'select.epoll' objects>"), "waiting"),
        (("/usr/lib/python3.11/re/__init__.py", 1, "match"), "the rest"),
    ],
)
def test_a_function_has_the_cause_of_its_module(function: Function, cause: str) -> None:
    assert cause_of(function) == cause


def test_a_built_in_function_counts_for_its_callers() -> None:
    callers = {YAML: (1, 1, 2.0, 2.0), GRPC: (1, 1, 1.0, 1.0)}
    stats = {YAML: (1, 1, 4.0, 9.0, {}), LENGTH: (2, 2, 3.0, 3.0, callers)}
    assert grouped(stats) == {"reading and rendering manifests": 6.0, "registering": 1.0}


def test_the_document_has_both_tables_and_leaves_out_next_to_nothing() -> None:
    found = {
        ("first up", "onestack"): added([{"waiting": 1.0}, {"waiting": 0.5}]),
        ("destroy", "pip"): {"state": 0.4},
    }
    assert cause_table(found, 500).rows == (
        ("first up", "onestack", "0.0", "0.0", "0.0", "0.0", "0.0", "0.0", "1.5", "0.0"),
    )
    text = document(results(measured("onestack", 500, "first up", 2.0)), {500: found})
    assert "| first up | engine | 1.0 | 100 |" in text
    assert "## 500 objects, by cause" in text
