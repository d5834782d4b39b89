"""What the program declares has no error in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onestack.declaration import declared
from onestack.errors import InvalidManifests
from onestack.rendering.options import on_path
from onestack.settings import from_file


def test_what_is_checked_as_wrong_is_not_declared(tmp_path: Path) -> None:
    (tmp_path / "manifests" / "app").mkdir(parents=True)
    (tmp_path / "manifests" / "app" / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatum: {}\n"
    )
    manifests = {"applications": {"app": {"namespace": "default"}}}
    config = {"onestack:platform": "embedded", "onestack:manifests": manifests}
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.test.yaml").write_text(json.dumps({"config": config}))
    with pytest.raises(InvalidManifests, match="there is no such field in ConfigMap"):
        declared(tmp_path, from_file(tmp_path, "test"), project="shop", tools=on_path)
