"""Stands in for ``gke-gcloud-auth-plugin``: the credentials of the administrator of a simulated cluster.

https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from onestack.local.gcp.clusters import planes
from onestack.local.simulation import VARIABLE


def main() -> int:
    """Answers client-go, or says on standard error why it can't; the exit code."""
    try:
        asked = json.loads(os.environ.get("KUBERNETES_EXEC_INFO", ""))
        server = str(asked["spec"]["cluster"]["server"])
    except (ValueError, KeyError, TypeError):
        print("called by hand? KUBERNETES_EXEC_INFO names no cluster", file=sys.stderr)  # noqa: T201
        return 1
    pair = planes(Path(os.environ.get(VARIABLE, "."))).credentials(server)
    if pair is None:
        print(f"no simulated cluster answers at {server}", file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(_answer(asked, *pair)))  # noqa: T201 - the protocol's way to answer
    return 0


def _answer(asked: dict[str, Any], certificate: str, key: str) -> dict[str, Any]:
    status = {"clientCertificateData": certificate, "clientKeyData": key}
    return {"apiVersion": asked["apiVersion"], "kind": "ExecCredential", "status": status}


if __name__ == "__main__":
    sys.exit(main())
