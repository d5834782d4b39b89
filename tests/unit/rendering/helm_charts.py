"""Small charts to write into a repository."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.rendering.conftest import Write

CHART = "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: shelves.example.org
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Shelf, plural: shelves}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object}}
"""


def config_map(line: str) -> str:
    """A template of a ConfigMap with one line of data, which is the sixth of the file."""
    return f"{OBJECT}  {line}\n"


def add(
    write: Write,
    templates: Mapping[str, str],
    *,
    application: str = "app",
    chart: str = CHART,
    helm: str = "chart: ./chart\nnamespace: web\n",
    files: Mapping[str, str] | None = None,
) -> None:
    """Writes an application made with a chart; ``files`` are relative to the application's folder."""
    write(f"{application}/helm.yaml", helm)
    write(f"{application}/chart/Chart.yaml", chart)
    for name, text in templates.items():
        write(f"{application}/chart/templates/{name}", text)
    for name, text in (files or {}).items():
        write(f"{application}/{name}", text)
