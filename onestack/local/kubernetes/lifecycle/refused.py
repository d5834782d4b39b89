"""Resources and functions that only the official plugin has."""

from __future__ import annotations

from typing import Final

from onestack.errors import NotServedOffline
from onestack.local.kubernetes.identity import Urn

_INSTEAD: Final = {
    "helm": "render the chart with 'helm template' and declare its objects",
    "kustomize": "build it with 'kustomize build' and declare its objects",
    "yaml": "declare its objects one by one",
}


def refuse_components(urn: Urn) -> None:
    """Raises NotServedOffline for Helm releases and charts, Kustomize and YAML components."""
    if _instead(urn.type):
        raise refusal(urn.type)


def refusal(token: str) -> NotServedOffline:
    """The error for a type or function such as ``kubernetes:yaml/v2:ConfigGroup``."""
    instead = _instead(token) or "do without it, or use the official plugin"
    return NotServedOffline(f'"{token}"', instead)


def _instead(token: str) -> str:
    module = token.partition(":")[2].partition(":")[0].partition("/")[0]
    # Helm's resources are in the module helm.sh/v3, its functions in helm.
    return _INSTEAD.get(module.removesuffix(".sh"), "")
