"""Manifests with references that hold and that don't, read for a test."""

from __future__ import annotations

from pathlib import Path

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import Kind
from onestack.manifests.text import Text

CASES = Path(__file__).parent / "data" / "references"
# What the cluster has from elsewhere; the cases hold no CRDs, so that they are short.
CUSTOM = [
    Kind(group, kind, (version,), namespaced=True)
    for group, version, kinds in (
        ("argoproj.io", "v1alpha1", ["Rollout"]),
        ("bitnami.com", "v1alpha1", ["SealedSecret"]),
        ("cert-manager.io", "v1", ["Certificate"]),
        ("example.com", "v1", ["Cluster"]),
        ("external-secrets.io", "v1", ["ExternalSecret"]),
        ("gateway.networking.k8s.io", "v1", ["Gateway", "GRPCRoute", "HTTPRoute"]),
        ("gateway.networking.k8s.io", "v1beta1", ["ReferenceGrant"]),
        ("hnc.x-k8s.io", "v1alpha2", ["SubnamespaceAnchor"]),
        ("keda.sh", "v1alpha1", ["ScaledObject"]),
        ("monitoring.coreos.com", "v1", ["ServiceMonitor"]),
    )
    for kind in kinds
]
CUSTOM.append(Kind("trust.cert-manager.io", "Bundle", ("v1alpha1",), namespaced=False))


def read(case: Path, *, rendered: bool = False) -> tuple[Manifest, ...]:
    """The manifests of one file. Raises: InvalidManifests."""
    application = Application("app", namespace="default")
    return load([Text(application, "it.yaml", case.read_bytes(), rendered)], known_kinds=CUSTOM)
