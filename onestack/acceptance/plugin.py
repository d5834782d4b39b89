"""The pytest plugin of acceptance tests: the fixtures ``stack``, ``cluster`` and ``address``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, Final

import pytest

from onestack.acceptance import handed
from onestack.acceptance.cluster import Cluster
from onestack.acceptance.handed import TestedStack
from onestack.addresses import Address, of_object

NO_TRAFFIC: Final = "pods are simulated here: nothing answers at an address"
_MOST_LINES: Final = 50


@pytest.fixture(scope="session")
def stack() -> TestedStack:
    """The stack that was deployed: its name, its outputs, its namespaces, what it declares."""
    given = handed.given()
    if given is None:
        pytest.fail("acceptance tests are run by 'onestack verify STACK', which says what they look at")
    return given


@pytest.fixture(scope="session")
def cluster(stack: TestedStack) -> Iterator[Cluster]:
    """The live cluster."""
    with Cluster(stack.kubeconfig, stack.context) as running:
        yield running


class Addresses:
    """Where Services and Ingresses answer."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def __call__(self, service: str, namespace: str) -> Address:
        """The first address of a Service, its own or that of an Ingress which leads to it.

        Where pods are simulated the test is skipped: nothing would answer. Raises: LookupError where it has
        none.
        """
        if self._cluster.simulated:
            pytest.skip(NO_TRAFFIC)
        live = self._cluster.get("Service", service, namespace, api_version="v1")
        ingresses = self._cluster.list("Ingress", namespace, api_version="networking.k8s.io/v1")
        for one in (live, *(found for found in ingresses if service in served(found))):
            for address in of_object(one):
                return address
        raise LookupError(
            f"Service {namespace}/{service} has no address, and no Ingress that leads to it has"
        )


@pytest.fixture
def address(cluster: Cluster) -> Addresses:
    """``address(service, namespace)``: where it answers."""
    return Addresses(cluster)


def served(ingress: dict[str, Any]) -> frozenset[str]:
    """The names of the Services that an Ingress leads to. Pure."""
    spec = ingress.get("spec") or {}
    backends = [spec.get("defaultBackend") or {}]
    for rule in spec.get("rules") or ():
        backends += [path.get("backend") or {} for path in (rule.get("http") or {}).get("paths") or ()]
    return frozenset(name for one in backends if (name := (one.get("service") or {}).get("name")))


def pytest_runtest_logstart(nodeid: str) -> None:
    """Tells whoever waits which test runs, and, when that has to be ended, ran."""
    if file := os.environ.get(handed.VARIABLE):
        Path(file).with_name(handed.NOW).write_text(nodeid, encoding="utf-8")


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str]:
    """What differs, whole: pytest's own would wrap long texts, and of a piece nobody knows what to mask."""
    found = islice(differing(left, right), _MOST_LINES) if op == "==" else ()
    return [f"{left!r} {op} {right!r}", *found]


def differing(left: object, right: object, path: str = "") -> Iterator[str]:
    """Where two values differ, one line each. Pure."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys((*left, *right)):
            yield from differing(left.get(key, _ABSENT), right.get(key, _ABSENT), f"{path}[{key!r}]")
    elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
        for number, (one, other) in enumerate(zip_longest(left, right, fillvalue=_ABSENT)):
            yield from differing(one, other, f"{path}[{number}]")
    elif left != right and path:
        yield f"{path}: {left!r} != {right!r}"


class _Absent:
    def __repr__(self) -> str:
        return "(absent)"


_ABSENT: Final = _Absent()
