from __future__ import annotations

from typing import Any

import pytest

from onestack.errors import ProviderError
from onestack.local.kubernetes.wait_for import parse_wait_for

OBJECT: dict[str, Any] = {
    "metadata": {"generation": 1},
    "status": {
        "phase": "Bound",
        "done": True,
        "list": [{"x": 1}, {"x": 2}],
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}


@pytest.mark.parametrize(
    ("expression", "state"),
    [
        ("condition=Ready", "ready"),
        ("condition=ready=true", "ready"),
        ("condition=Ready=False", "waiting"),
        ("condition=Synced", "waiting"),
        ("jsonpath={.status.phase}=Bound", "ready"),
        ("jsonpath={.status.phase}=Lost", "waiting"),
        ("jsonpath={.status.done}=true", "ready"),
        ("jsonpath={$.status.list[1].x}=2", "ready"),
        ("jsonpath={.status.list[*].x}", "ready"),
        ("jsonpath={.status['phase']}", "ready"),
        ("jsonpath={.status.nothing}", "waiting"),
        ('["condition=Ready", "jsonpath={.status.phase}=Lost"]', "waiting"),
        ("jsonpath={.status.list}=x", "failed"),
    ],
)
def test_expressions(expression: str, state: str) -> None:
    assert parse_wait_for(expression).judge(OBJECT).state == state


def test_a_status_about_an_older_version_does_not_count() -> None:
    status = {**OBJECT["status"], "observedGeneration": 1}
    newer = {"metadata": {"generation": 2}, "status": status}

    assert parse_wait_for("condition=Ready").judge(newer).state == "waiting"


@pytest.mark.parametrize(
    "expression", ["Ready", "jsonpath=.status", "jsonpath={.a}=", "[]", "jsonpath={.a[?(@.b)]}"]
)
def test_malformed_expressions_are_refused(expression: str) -> None:
    with pytest.raises(ProviderError):
        parse_wait_for(expression)
