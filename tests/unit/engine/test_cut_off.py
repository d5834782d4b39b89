"""Creations that an interrupt cut off are written down, and looked for by the next run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onestack.engine import Workspace, pending
from onestack.engine.events import parse
from onestack.engine.heard import Heard

NETWORK = "urn:pulumi:dev::onestack::gcp:compute/network:Network::network"
ROUTER = "urn:pulumi:dev::onestack::gcp:compute/router:Router::router"


def said(kind: str, op: str, urn: str) -> Any:
    """One of the engine's events about a resource."""
    token = urn.split("::")[2]
    new = {"urn": urn, "type": token, "inputs": {"name": "dev"}}
    return parse({kind: {"metadata": {"op": op, "urn": urn, "type": token, "new": new}}})


def workspace(root: Path) -> Workspace:
    """A workspace of a stack 'dev'."""
    return Workspace(
        root=root,
        project="onestack",
        stack="dev",
        bin_dirs=(),
        kubeconfig=root / "kubeconfig",
        pulumi_home=root,
        cloud=True,
    )


def test_what_was_begun_and_not_ended_is_known() -> None:
    heard = Heard()
    for event in (
        said("resourcePreEvent", "create", NETWORK),
        said("resourcePreEvent", "create-replacement", ROUTER),
        said("resOutputsEvent", "create", NETWORK),
    ):
        heard.take(event)
    assert [one["urn"] for one in heard.creating] == [ROUTER]
    assert [step.urn for step in heard.steps] == [NETWORK]


def test_it_is_kept_over_runs_until_it_is_forgotten(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    config_map = {"urn": "u", "type": "kubernetes:core/v1:ConfigMap"}
    pending.note(made, [config_map])
    assert pending.cut_off(made) == ()
    network, router = ({"urn": urn, "type": urn.split("::")[2]} for urn in (NETWORK, ROUTER))
    pending.note(made, [network, config_map])
    pending.note(made, [router])
    assert [one["resource"]["urn"] for one in pending.cut_off(made)] == [NETWORK, ROUTER]
    assert {one["type"] for one in pending.cut_off(made)} == {"creating"}
    pending.forget(made)
    assert pending.cut_off(made) == ()


def test_what_an_earlier_run_replaced_and_did_not_delete_is_a_deletion() -> None:
    heard = Heard()
    for event in (
        said("resourcePreEvent", "replace", NETWORK),
        said("resourcePreEvent", "delete-replaced", NETWORK),
        said("resourcePreEvent", "delete-replaced", ROUTER),
    ):
        heard.take(event)
    assert [(step.op, step.urn) for step in heard.outcome.steps] == [("replace", NETWORK), ("delete", ROUTER)]
    assert heard.outcome.changes == {"delete": 1}
