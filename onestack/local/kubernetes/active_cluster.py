"""Which cluster a provider's configuration points at, to tell whether it has become another one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onestack.errors import ProviderError
from onestack.manifests.reader import read


def active_cluster(inputs: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The active cluster's entry in the kubeconfig that the inputs name; None where there is none.

    Raises:
        ProviderError: the kubeconfig is malformed.
    """
    kubeconfig = _load(inputs.get("kubeconfig"))
    context = inputs.get("context") or kubeconfig.get("current-context")
    entry = _named(kubeconfig, "contexts", "context", context)
    cluster = inputs.get("cluster") or (entry or {}).get("cluster")
    return _named(kubeconfig, "clusters", "cluster", cluster) if entry is not None else None


def _load(value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or not value:
        return {}
    text = value
    if "\n" not in value and len(value) < 4096:  # noqa: PLR2004 - the longest path there is on Linux
        path = Path(value).expanduser()
        text = path.read_text() if path.is_file() else value
    reading = read(text.encode("utf-8", "surrogatepass"), "kubeconfig")
    if reading.problems:
        raise ProviderError(f"failed to parse kubeconfig: {reading.problems[0]}")
    loaded = reading.documents[0].value if reading.documents else None
    return loaded if isinstance(loaded, dict) else {}


def _named(kubeconfig: Mapping[str, Any], list_: str, field: str, name: Any) -> Mapping[str, Any] | None:
    for entry in kubeconfig.get(list_) or ():
        if isinstance(entry, dict) and entry.get("name") == name:
            found = entry.get(field)
            return found if isinstance(found, dict) else None
    return None
