"""What the components read besides their flags: rendered, not written. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import yaml

from onestack.local.plane.layout import Layout

NODE_NAME = "onestack-node"
POD_CIDR = "10.244.0.0/16"
# TEST-NET-1 (RFC 5737). Not a loopback address: endpoints may not have one.
NODE_ADDRESS = "192.0.2.10"
SECRET_KEY_BYTES = 32


def kubeconfig(server: str, authority: bytes, certificate: bytes, key: bytes, *, name: str) -> str:
    """A kubeconfig that holds everything itself, so that it can be copied elsewhere."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": server, "certificate-authority-data": _base64(authority)}}
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate-data": _base64(certificate),
                    "client-key-data": _base64(key),
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return _yaml([document])


def encryption(key: bytes) -> str:
    """Secrets are written with the key; what was written in the clear could still be read.

    https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
    """
    provider = {"secretbox": {"keys": [{"name": "key1", "secret": _base64(key)}]}}
    return _yaml(
        [
            {
                "apiVersion": "apiserver.config.k8s.io/v1",
                "kind": "EncryptionConfiguration",
                "resources": [{"resources": ["secrets"], "providers": [provider, {"identity": {}}]}],
            }
        ]
    )


def audit_policy() -> str:
    """Metadata of every request; never a body, which could hold a secret.

    Left out are what the plane's own parts do every second: probes, leases and reads.
    """
    return _yaml(
        [
            {
                "apiVersion": "audit.k8s.io/v1",
                "kind": "Policy",
                "omitStages": ["RequestReceived"],
                "rules": [
                    {
                        "level": "None",
                        "nonResourceURLs": [
                            "/healthz*",
                            "/livez*",
                            "/readyz*",
                            "/version",
                            "/openapi*",
                            "/api*",
                        ],
                    },
                    {
                        "level": "None",
                        "resources": [{"group": "coordination.k8s.io", "resources": ["leases"]}],
                    },
                    {
                        "level": "None",
                        "verbs": ["get", "list", "watch"],
                        "users": [
                            "system:apiserver",
                            "system:kube-controller-manager",
                            "system:kube-scheduler",
                            "onestack:kwok",
                        ],
                    },
                    {
                        "level": "None",
                        "verbs": ["get", "list", "watch"],
                        "userGroups": ["system:serviceaccounts:kube-system"],
                    },
                    {"level": "Metadata"},
                ],
            }
        ]
    )


def scheduler(layout: Layout) -> str:
    """The scheduler's configuration; its rate limits have no flags that aren't deprecated."""
    return _yaml(
        [
            {
                "apiVersion": "kubescheduler.config.k8s.io/v1",
                "kind": "KubeSchedulerConfiguration",
                "clientConnection": {
                    "kubeconfig": str(layout.kubeconfig("kube-scheduler")),
                    "qps": 1000,
                    "burst": 2000,
                },
                "leaderElection": {"leaderElect": False},
            }
        ]
    )


def kwok(stages: Sequence[Mapping[str, Any]], *, all_nodes: bool = False) -> str:
    """kwok's options and stages in one file. It opens no port: none is given.

    ``all_nodes``: it plays every node that the cluster has, not just the plane's own.
    """
    which = {"manageAllNodes": True} if all_nodes else {"manageSingleNode": NODE_NAME}
    options = {
        **which,
        "cidr": POD_CIDR,
        "nodeIP": NODE_ADDRESS,
        "nodeName": NODE_NAME,
        # Without one of these numbers kwok refuses to start.
        "podPlayStageParallelism": 32,
        "nodePlayStageParallelism": 1,
        "nodeLeaseParallelism": 1,
        "podsOnNodeSyncParallelism": 1,
    }
    configuration = {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokConfiguration",
        "options": options,
    }
    return _yaml([configuration, *stages])


def stages() -> tuple[Mapping[str, Any], ...]:
    """The stages that this package carries: how nodes, pods, volumes, load balancers and
    Ingresses come to life."""
    found: list[Mapping[str, Any]] = []
    folder = resources.files(__package__) / "stages"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            found.extend(document for document in yaml.safe_load_all(file.read_text()) if document)
    return tuple(found)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class _Dumper(yaml.SafeDumper):
    """Writes templates as blocks: these files are read by people looking for a fault."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _yaml(documents: Sequence[Mapping[str, Any]]) -> str:
    # The library leaves dump_all's result untyped for a stream of None.
    return str(yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False))
