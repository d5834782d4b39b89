"""Labels, annotations and other mappings of strings."""

from __future__ import annotations

from pathlib import Path

from onestack.manifests.application import Application
from tests.reading import loaded

OBJECTS = """\
x-held: &held {a: , b: x}
apiVersion: v1
kind: ConfigMap
metadata:
  name: it
  labels: {<<: *held, c: ~}
  annotations: *held
data: {key: }
"""


def test_a_key_without_a_value_is_an_empty_text_as_to_the_api_server(tmp_path: Path) -> None:
    file = tmp_path / "manifests" / "app" / "it.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(OBJECTS)
    (one,) = loaded(tmp_path, "manifests", [Application("app", namespace="app")])
    assert one.body["metadata"]["labels"] == {"a": "", "b": "x", "c": ""}
    assert one.body["metadata"]["annotations"] == {"a": "", "b": "x"}
    assert one.body["data"] == {"key": ""}
