"""The program under mocks: names, types, order and secrets as the engine would see them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """What `tests.program.declare` says was registered."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.declare"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_each_manifest_is_one_resource_named_by_namespace_and_name(declared: dict[str, Any]) -> None:
    objects = [(kind, name) for kind, name in declared["registered"] if kind.startswith("kubernetes:")]
    assert sorted(objects) == [
        ("kubernetes:apps/v1:Deployment", "shop/web"),
        ("kubernetes:core/v1:Namespace", "shop"),
        ("kubernetes:core/v1:Secret", "shop/filled"),
        ("kubernetes:core/v1:Secret", "shop/token"),
    ]


def test_what_others_need_comes_first_whatever_the_files_say(declared: dict[str, Any]) -> None:
    names = [name for kind, name in declared["registered"] if kind.startswith("kubernetes:")]
    assert names[0] == "shop"


def test_the_values_of_a_secret_are_secret_and_all_else_is_plain(declared: dict[str, Any]) -> None:
    assert declared["secret"] == {
        "Secret token": ["stringData"],
        "Secret filled": ["data", "stringData"],
        "Deployment web": [],
        "Namespace shop": [],
    }


def test_placeholders_are_filled_from_the_configuration_through_base64_too(declared: dict[str, Any]) -> None:
    assert declared["filled"] == {
        "stringData": {"u": "db://app:given@db"},
        "data": {"p": base64.b64encode(b"given").decode()},
    }


def test_our_request_is_that_of_the_sdk_but_for_where_it_was_made(declared: dict[str, Any]) -> None:
    ours, theirs = declared["compared"]["ours"], declared["compared"]["theirs"]
    assert ours["object"]["metadata"]["name"] == "web"
    for name in ("sourcePosition", "stackTrace"):
        theirs.pop(name, None)
    assert ours == theirs


def test_a_value_that_the_run_was_not_given_is_told_with_the_command(declared: dict[str, Any]) -> None:
    assert "the engine was given no secret 'gone' for stack 'test'" in declared["missing"]
    assert "pulumi config set --secret secrets:gone" in declared["missing"]
