"""A label, annotation or datum without a value is an empty text, as the API server has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import clone

pytestmark = pytest.mark.e2e

BLANK = """\
apiVersion: v1
kind: Namespace
metadata: {name: blank}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: it
  namespace: blank
  labels:
    tier:
  annotations:
    note:
data:
  key:
"""


@pytest.mark.torture
def test_blanks_are_applied_as_kubectl_applies_them(tmp_path: Path, plane: Plane) -> None:
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=None)
    made.write("manifests/shop/all.yaml", BLANK)
    made.deploy()
    assert made.planned() == {}
    ours = made.shell("kubectl get configmap it -n blank -o json").out
    made.write("other.yaml", BLANK.replace("name: it", "name: other"))
    theirs = made.shell(
        "kubectl apply --server-side -f other.yaml >&2; kubectl get configmap other -n blank -o json"
    )
    assert theirs.code == 0, theirs.err
    assert texts(ours) == texts(theirs.out) == {"tier": "", "note": "", "key": ""}
    made.destroy()


def texts(said: str) -> dict[str, str]:
    """The labels, annotations and data of an object, without onestack's own."""
    one = json.loads(said)
    held = {**one["metadata"].get("labels", {}), **one["metadata"].get("annotations", {}), **one["data"]}
    return {key: value for key, value in held.items() if "/" not in key}
