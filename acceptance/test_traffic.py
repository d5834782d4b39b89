"""Requests find their way: through Services to pods, and from outside to the storefront."""

from __future__ import annotations

from typing import Any

import requests


def test_every_service_leads_to_a_pod(stack: Any, cluster: Any) -> None:
    selecting = [one for one in stack.declared("Service") if one["spec"].get("selector")]
    assert selecting, "the stack declares no Service"
    for service in selecting:
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        slices = cluster.list("EndpointSlice", namespace, labels={"kubernetes.io/service-name": name})
        ready = [
            address
            for one in slices
            for endpoint in one.get("endpoints") or ()
            if endpoint.get("conditions", {}).get("ready")
            for address in endpoint["addresses"]
        ]
        assert ready, f"Service {namespace}/{name} has no ready endpoint"


def test_the_storefront_answers(stack: Any, address: Any) -> None:
    answer = requests.get(f"http://{address('storefront', 'bookshop').url}/healthz", timeout=10)
    assert answer.status_code == requests.codes.ok
