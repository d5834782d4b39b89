"""The table of built-in kinds is what a live API server serves.

After a new Kubernetes release, ``ONESTACK_REFRESH=1 pytest <this file>`` writes the table anew.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from onestack.local.plane import Plane
from onestack.local.toolchain import Toolchain
from onestack.manifests import scope
from onestack.manifests.scope import KUBERNETES, Kind, builtin

pytestmark = pytest.mark.e2e

HEAD = f"""\
# The kinds that Kubernetes {KUBERNETES} serves by default and that can be declared, preferred version first.
# Made from a live API server's discovery; tests/e2e/test_manifests_kinds.py compares and can rewrite it.
"""


def test_the_table_is_what_the_api_server_serves(plane: Plane, toolchain: Toolchain) -> None:
    served = _served(plane, toolchain)
    if os.environ.get("ONESTACK_REFRESH"):
        table = Path(scope.__file__).with_name("kinds.yaml")
        table.write_text(HEAD + "".join(map(_row, served)), encoding="utf-8")
        builtin.cache_clear()
    assert sorted(builtin().values(), key=_key) == served


def _served(plane: Plane, toolchain: Toolchain) -> list[Kind]:
    """Every kind that can be patched, of the groups that Kubernetes itself has (a plane may hold CRDs)."""
    groups = {"name": "", "versions": [{"groupVersion": "v1"}], "preferredVersion": {"groupVersion": "v1"}}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for group in [groups, *_get(plane, toolchain, "/apis")["groups"]]:
        for version in (entry["groupVersion"] for entry in group["versions"]):
            path = f"/apis/{version}" if "/" in version else f"/api/{version}"
            for resource in _get(plane, toolchain, path)["resources"]:
                _add(found, group["name"], version.rpartition("/")[2], resource)
    kinds = [Kind(**{**fields, "versions": tuple(fields["versions"])}) for fields in found.values()]
    return sorted(
        (kind for kind in kinds if kind.group.endswith(".k8s.io") or "." not in kind.group), key=_key
    )


def _add(
    found: dict[tuple[str, str], dict[str, Any]], group: str, version: str, resource: dict[str, Any]
) -> None:
    name, _, subresource = resource["name"].partition("/")
    if subresource == "status":
        for fields in found.values():
            if fields["group"] == group and fields["kind"] == resource["kind"]:
                fields["status"] = True
    elif not subresource and "patch" in resource["verbs"] and name:
        empty = {
            "group": group,
            "kind": resource["kind"],
            "versions": [],
            "namespaced": resource["namespaced"],
        }
        found.setdefault((group, resource["kind"]), {**empty, "status": False})["versions"].append(version)


def _get(plane: Plane, toolchain: Toolchain, path: str) -> Any:
    command = [str(toolchain.path("kubectl")), f"--kubeconfig={plane.kubeconfig}", "get", "--raw", path]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def _key(kind: Kind) -> tuple[str, str]:
    return (kind.group, kind.kind)


def _row(kind: Kind) -> str:
    namespaced, status = str(kind.namespaced).lower(), str(kind.status).lower()
    return (
        f'- {{group: "{kind.group}", kind: {kind.kind}, versions: [{", ".join(kind.versions)}], '
        f"namespaced: {namespaced}, status: {status}}}\n"
    )
