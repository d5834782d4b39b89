"""kubeconform gets the schemas that onestack takes, each standing by itself."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.schemas import standing_alone, write_schemas

REFERENCE = '"/api/_definitions.json#/$defs/'


def test_a_schema_takes_along_what_it_refers_to_and_no_more() -> None:
    schema = f'{{"properties": {{"spec": {{"$ref": {REFERENCE}a"}}}}}}'
    definitions = {
        "a": {"items": {"$ref": "/api/_definitions.json#/$defs/b"}},
        "b": {"items": {"$ref": "#/$defs/a"}},
        "c": {},
    }
    assert json.loads(standing_alone(schema, definitions)) == {
        "properties": {"spec": {"$ref": "#/$defs/a"}},
        "$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"items": {"$ref": "#/$defs/a"}}},
    }


def test_the_files_are_named_as_kubeconform_looks_for_them(tmp_path: Path) -> None:
    write_schemas(tmp_path / "schemas", "1.36")
    deployment = (tmp_path / "schemas" / "deployment-apps-v1.json").read_text()
    assert "_definitions.json" not in deployment
    assert "io.k8s.api.core.v1.PodSpec" in json.loads(deployment)["$defs"]
