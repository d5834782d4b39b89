"""How a cluster at Google is reached, as a kubeconfig without a secret in it. Pure."""

from __future__ import annotations

import json
from typing import Final

PLUGIN: Final = "gke-gcloud-auth-plugin"
_HINT: Final = (
    "install gke-gcloud-auth-plugin: "
    "https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin"
)


def kubeconfig(name: str, server: str, ca: str | None) -> str:
    """A kubeconfig as JSON, which is YAML, whose user is asked of Google's plugin whenever it is needed.

    ``server`` is a host, a host and port, or an address with its scheme. ``ca`` is the certificate authority
    as PEM in base64, as Google's API gives it, or None for the DNS endpoint: its certificate is one that
    everybody trusts. https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#dns-based_endpoint
    """
    cluster = {"server": server if "://" in server else f"https://{server}"}
    if ca:
        cluster["certificate-authority-data"] = ca
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": PLUGIN,
        # As whom the provider acts, not as whoever gcloud has logged in.
        "args": ["--use_application_default_credentials"],
        "installHint": _HINT,
        "interactiveMode": "Never",
        "provideClusterInfo": True,
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"exec": plugin}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return json.dumps(document, indent=2) + "\n"
