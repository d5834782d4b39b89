"""The program under mocks: names, types, order and secrets as the engine would see them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, cast

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from components.workloads import properties, register
from onestack.manifests.manifest import Location, Manifest

HERE = Location("f.yaml", 1, 1)


class Recorder(Mocks):
    """Stands in for the engine and remembers what was registered, in order."""

    def __init__(self) -> None:
        self.registered: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.registered.append(args)
        return args.name, dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)


def manifest(api_version: str, kind: str, name: str, namespace: str | None, **content: Any) -> Manifest:
    """A manifest made by code."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    return Manifest("shop", api_version, kind, name, namespace, body, HERE)


MANIFESTS = (
    manifest("v1", "Secret", "token", "shop", stringData={"t": "not-a-real-secret"}),
    manifest("apps/v1", "Deployment", "web", "shop"),
    manifest("v1", "Namespace", "shop", None),
)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """What the engine's stand-in was asked to register for the manifests."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)  # the SDK's mocks take the current one, and other tests leave none
    made = Recorder()
    pulumi.runtime.set_mocks(made, project="onestack", stack="test", preview=False)

    def declare() -> None:
        register(MANIFESTS, kubernetes.Provider("cluster"))

    _run(declare)
    yield made
    loop.close()


def test_each_manifest_is_one_resource_named_by_namespace_and_name(recorder: Recorder) -> None:
    objects = [one for one in recorder.registered if one.typ.startswith("kubernetes:")]
    assert {(one.typ, one.name) for one in objects} == {
        ("kubernetes:core/v1:Secret", "shop/token"),
        ("kubernetes:apps/v1:Deployment", "shop/web"),
        ("kubernetes:core/v1:Namespace", "shop"),
    }
    assert objects[0].name == "shop", "the namespace comes first, whatever the files say"


@pytest.mark.usefixtures("recorder")
def test_the_values_of_a_secret_are_secret_and_all_else_is_plain() -> None:
    values = properties(MANIFESTS[0])
    assert {key for key, value in values.items() if isinstance(value, pulumi.Output)} == {"stringData"}
    found: list[bool] = []

    async def look() -> None:
        found.append(await values["stringData"].is_secret())

    _run(look)
    assert found == [True]
    assert properties(MANIFESTS[1]) is MANIFESTS[1].body


def _run(part: Callable[[], object]) -> None:
    """Runs a part of a program to its end, registrations included."""
    run = cast(Callable[[Callable[[], object]], Callable[[], object]], pulumi.runtime.test)
    run(part)()
