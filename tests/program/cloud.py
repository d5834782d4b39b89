"""Declares what stacks have at Google under mocks and prints it as JSON: the graph and what comes of it.

``python -m tests.program.cloud`` reads a list of ``{"stack": ..., "gcp": ...}``, with settings as a stack's
file has them, and prints a list of ``{"resources": ..., "outputs": ...}``. A process of its own: the SDK's
mocks and event loop are global.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pulumi

from infra.google import Google, google
from onestack.gcp.settings import GcpSettings
from tests.program.engine import declared


def main() -> None:
    """Declares and prints."""
    json.dump(
        [_declared(one["stack"], GcpSettings.model_validate(one["gcp"])) for one in json.load(sys.stdin)],
        sys.stdout,
    )


def _declared(stack: str, settings: GcpSettings) -> dict[str, Any]:
    outputs: dict[str, Any] = {}

    async def declare() -> None:
        outputs.update(await _outputs(google(stack, settings)))

    return {"resources": declared(stack, declare).resources, "outputs": outputs}


async def _outputs(made: Google) -> dict[str, Any]:
    cluster = made.cluster
    return {
        "identifier": made.identifier,
        "cluster": await cluster.name.future(),
        "endpoint": await cluster.endpoint.future(),
        "dnsEndpoint": await cluster.dns_endpoint.future(),
        "ca": await cluster.ca_certificate.future(),
        "kubeconfig": await made.kubeconfig.future(),
        "kubeconfigIsSecret": await pulumi.Output.is_secret(made.kubeconfig),
        "caIsSecret": await pulumi.Output.is_secret(cluster.ca_certificate),
        "registry": made.registry,
        "pools": [await pool.pool.name.future() for pool in made.node_pools],
        "identities": dict(made.identities),
        "github": made.github and await made.github.provider.future(),
    }


if __name__ == "__main__":
    main()
