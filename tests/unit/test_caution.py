"""What a verb on a cloud refuses before anything is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onestack import caution, engine
from onestack.engine import State, Workspace
from onestack.errors import OfficialPluginMissing, Protected
from onestack.local.simulation import Simulation
from onestack.local.toolchain.found import FoundTool, Source, Toolchain
from onestack.repository import Repository
from onestack.settings import Settings
from onestack.stack import Stack

PREFIX = "urn:pulumi:prod::onestack::onestack:google:Network$gcp:compute"
STATE = State(
    {
        "resources": [
            {"urn": f"{PREFIX}/network:Network::network", "type": "t", "protect": True},
            {"urn": f"{PREFIX}/router:Router::router", "type": "t"},
        ]
    }
)


def stack(tmp_path: Path, *, source: Source = "path", simulated: bool = False, cloud: bool = True) -> Stack:
    """A stack whose plugin comes from ``source``."""
    workspace = Workspace(
        root=tmp_path,
        project="onestack",
        stack="prod",
        bin_dirs=(),
        kubeconfig=tmp_path / "kubeconfig",
        pulumi_home=tmp_path,
        cloud=cloud,
        simulation=Simulation(tmp_path) if simulated else None,
    )
    settings: Any = Settings.model_validate(
        {"stack": "prod", "platform": "embedded", "manifests": {"applications": {}}}
    )
    plugin = FoundTool("pulumi-resource-gcp", "10.2.0", tmp_path / "plugin", source)
    return Stack(Repository(tmp_path, "onestack"), settings, Toolchain((plugin,)), workspace, None)


def test_a_real_cloud_is_never_simulated_by_accident(tmp_path: Path) -> None:
    with pytest.raises(OfficialPluginMissing, match="only simulates Google Cloud") as caught:
        caution.require_official(stack(tmp_path, source="offline"))
    assert caught.value.exit_code == 4
    caution.require_official(stack(tmp_path, source="path"))
    caution.require_official(stack(tmp_path, source="offline", simulated=True))
    caution.require_official(stack(tmp_path, source="offline", cloud=False))


def test_only_what_is_protected_and_would_go_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "read_state", lambda _workspace: STATE)
    caution.require_unprotected(stack(tmp_path), [f"{PREFIX}/router:Router::router"])
    with pytest.raises(Protected) as caught:
        caution.require_unprotected(stack(tmp_path))
    assert caught.value.why == "Network network"
