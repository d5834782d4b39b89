"""Objects that move between plain YAML and Kustomize stay what they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.rendering.options import Options
from tests.reading import had
from tests.unit.rendering.conftest import Write

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ONESTACK_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
AWKWARD = """# a comment
apiVersion: v1
kind: ConfigMap
metadata:
  name: awkward
  creationTimestamp: null
  annotations: {"a/b": "1", empty: ""}
data:
  version-like: "1.10"
  'yes': "yes"
  "on": 'on'
  octal: "0o17"
  exponent: "1e3"
  time: "12:30:00"
  date: "2024-01-01"
  tilde: "~"
  nothing: ""
  leading: "  two"
  trailing: "two  \\n"
  tab: "a\\tb"
  umlaut: "Grüße \\U0001F600"
  backslash: 'C:\\path'
  hash: "a # b"
  colon: "a: b"
  folded: >-
    one
    two
  kept: |+
    one

  stripped: |-
    #!/bin/sh
      exit 0
  escapes: "\\x07\\u00a0"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: &labels {app: web}}
spec:
  replicas: 0x10
  selector: {matchLabels: *labels}
  template:
    metadata: {labels: *labels}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: web
        image: web:1
        command: ["sh", "-c", "echo $(HOME)"]
        resources: {limits: {cpu: 0.5, memory: 1Gi}}
        volumeMounts: []
      volumes:
      - {name: files, configMap: {name: awkward, defaultMode: 0644}}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: web}}
"""


def loaded(repository: Path, tools: Toolchain) -> dict[str, Manifest]:
    options = Options(repository, "manifests", "dev", "1.36", tools.path, repository / ".cache")
    found = had([Application("app", namespace="default")], options)
    return {str(one.identity): one for one in load(found.texts, found=found.problems)}


@pytest.mark.parametrize(
    "name", ["awkward", "online-boutique/kubernetes-manifests.yaml", "argo-cd/install.yaml"]
)
def test_objects_moved_to_kustomize_are_the_same(
    name: str, repository: Path, write: Write, tools: Toolchain
) -> None:
    if name != "awkward" and not (CORPUS / name).is_file():
        pytest.skip("the corpus is not on this machine")
    text = AWKWARD if name == "awkward" else (CORPUS / name).read_text()
    write("app/objects.yaml", text)
    plain = loaded(repository, tools)
    write("app/kustomization.yaml", "resources: [objects.yaml]\n")
    moved = loaded(repository, tools)
    assert {one: manifest.body for one, manifest in moved.items()} == {
        one: manifest.body for one, manifest in plain.items()
    }
    assert all(manifest.location.line == 0 for manifest in moved.values())
