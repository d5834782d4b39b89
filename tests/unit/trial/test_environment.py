"""What a stranger's code gets to see of the environment, and what a stack's file says to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from onestack.engine.workspace import PUBLIC_SALT
from onestack.trial.environment import apart, stripped
from onestack.trial.settings_file import READY_SECONDS, STAND_IN, own_secrets, placed

ROOT = Path(__file__).parents[3]
CREDENTIALS = (
    "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_CONFIG", "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN", "KUBECONFIG",
    "SSH_AUTH_SOCK", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_BACKEND_URL", "GIT_ASKPASS",
    "SLACK_BOT_TOKEN", "NPM_TOKEN", "ONESTACK_HANDOVER", "XDG_CONFIG_HOME", "LD_PRELOAD", "GOAUTH",
)  # fmt: skip


def test_nothing_that_proves_who_calls_stays() -> None:
    kept = {"PATH": "/bin", "HOME": "/home/ada", "LC_ALL": "C", "HTTPS_PROXY": "http://proxy"}
    assert stripped(kept | dict.fromkeys(CREDENTIALS, "x")) == kept
    assert stripped(stripped(kept)) == kept


def test_what_the_command_itself_sets_stays() -> None:
    """Else a trial, which begins anew without what doesn't stay, would do so for ever."""
    code = (
        "import os, onestack.cli.entry, onestack.cli.trial, onestack.trial\n"
        "from onestack.trial.environment import stripped\n"
        "assert stripped(os.environ) == dict(os.environ), set(os.environ) - set(stripped(os.environ))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=stripped(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_is_so_inside_and_as_before_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "x")
    before = dict(os.environ)

    def inside() -> None:
        with apart(tmp_path):
            assert "GITHUB_TOKEN" not in os.environ
            assert os.environ["HOME"] == str(tmp_path)
            assert os.environ["ONESTACK_CACHE"]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inside()
    assert dict(os.environ) == before


def test_a_cloud_stack_is_put_on_the_throwaway_cluster() -> None:
    content = {
        "secretsprovider": "gcpkms://key",
        "encryptedkey": "x",
        "config": {
            "onestack:platform": "gcp",
            "onestack:gcp": {"project": "p"},
            "onestack:manifests": {"applications": {"shop": None}},
            "secrets:token": {"secure": "v1:a:b"},
            "other:nested": {"list": [{"secure": "v1:a:b"}, 1]},
        },
    }
    assert not own_secrets(content)
    assert placed(content) == {
        "encryptionsalt": PUBLIC_SALT,
        "config": {
            "onestack:platform": "embedded",
            "onestack:manifests": {"applications": {"shop": None}},
            "onestack:readiness": {"timeoutSeconds": READY_SECONDS},
            "secrets:token": {"secure": STAND_IN},
            "other:nested": {"list": [{"secure": STAND_IN}, 1]},
        },
    }


def test_what_everybody_can_read_stays() -> None:
    content: dict[str, Any] = yaml.safe_load((ROOT / "stacks/Pulumi.local.yaml").read_text())
    made = placed(content)
    assert own_secrets(content)
    assert made["config"]["secrets:database-password"] == content["config"]["secrets:database-password"]


@pytest.mark.parametrize(("given", "bound"), [(30, 30), (600, READY_SECONDS), ("soon", "soon")])
def test_waiting_is_bounded_and_what_is_wrong_stays_wrong(given: Any, bound: Any) -> None:
    made = placed({"config": {"onestack:readiness": {"timeoutSeconds": given}}})
    assert made["config"]["onestack:readiness"] == {"timeoutSeconds": bound}
