"""Registers a few manifests under mocks and prints, as JSON, what the engine would have been asked.

A process of its own: the SDK's mocks and event loop are global.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, cast

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from components.secret_values import properties
from components.workloads import Registry
from onestack.errors import SecretNotSet
from onestack.manifests.aliases import Aliases
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.order import dependencies


class Recorder(Mocks):
    """Stands in for the engine and remembers what was registered, in order."""

    def __init__(self) -> None:
        self.registered: list[tuple[str, str]] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.registered.append((args.typ, args.name))
        return args.name, dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)


def manifest(api_version: str, kind: str, name: str, namespace: str | None, **content: Any) -> Manifest:
    """A manifest made by code."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    return Manifest("shop", api_version, kind, name, namespace, body, Location("f.yaml", 1, 1))


MANIFESTS = (
    manifest("v1", "Secret", "token", "shop", stringData={"t": "not-a-real-secret"}),
    manifest(
        "v1",
        "Secret",
        "filled",
        "shop",
        stringData={"u": "db://app:${secrets:pw}@db"},
        data={"p": "JHtzZWNyZXRzOnB3fQ=="},
    ),
    manifest("apps/v1", "Deployment", "web", "shop"),
    manifest("v1", "Namespace", "shop", None),
)


def main() -> None:
    """Declares, then looks which inputs of each manifest are secret."""
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="onestack", stack="test", preview=False)
    pulumi.runtime.set_all_config({"secrets:pw": "given"}, ["secrets:pw"])
    secret: dict[str, list[str]] = {}
    filled: dict[str, Any] = {}

    async def declare() -> None:
        registry = Registry(kubernetes.Provider("cluster"), Aliases(MANIFESTS), hook_seconds=60)
        registry.register(MANIFESTS, dependencies(MANIFESTS))
        for one in MANIFESTS:
            values = properties(one.body).items()
            marked = [
                key for key, value in values if isinstance(value, pulumi.Output) and await value.is_secret()
            ]
            secret[f"{one.kind} {one.name}"] = sorted(marked)
            if one.name == "filled":
                filled.update({key: await value.future() for key, value in values if key in marked})

    run = cast(Callable[[Callable[[], object]], Callable[[], object]], pulumi.runtime.test)
    run(declare)()
    json.dump(
        {"registered": recorder.registered, "secret": secret, "filled": filled, "missing": missing()},
        sys.stdout,
    )


def missing() -> str:
    """What is said of a value that the run was not given."""
    try:
        properties(manifest("v1", "Secret", "s", "shop", stringData={"a": "${secrets:gone}"}).body)
    except SecretNotSet as error:
        return error.message()
    return ""


main()
