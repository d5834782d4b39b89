from __future__ import annotations

from typing import Any

import pytest

from onestack.errors import ProviderError
from onestack.local.kubernetes.active_cluster import active_cluster
from onestack.local.kubernetes.config import diff, problems, read
from onestack.local.serving.codec import UNKNOWNS

UNKNOWN = next(iter(UNKNOWNS.values()))
ONE: dict[str, Any] = {"server": "https://one"}
TWO: dict[str, Any] = {"server": "https://two"}


def test_settings_beat_the_environment_and_that_beats_the_default() -> None:
    variable = {"PULUMI_K8S_ENABLE_SECRET_MUTABLE": "true"}

    assert read({}, {}).mutable_secrets is False
    assert read({}, variable).mutable_secrets is True
    assert read({"kubernetes:config:enableSecretMutable": "false"}, variable).mutable_secrets is False
    assert read({}, {}).server_side_apply is True


def test_an_unchanged_configuration_has_no_diff() -> None:
    assert diff({"kubeconfig": "a"}, {"kubeconfig": "a"}, ONE, ONE).changed is False


def test_another_cluster_replaces_everything_and_other_credentials_nothing() -> None:
    changed = ({"kubeconfig": "a"}, {"kubeconfig": "b"})

    assert diff(*changed, ONE, TWO).replaces == ("kubeconfig",)
    assert diff(*changed, ONE, ONE).replaces == ()
    assert diff(*changed, ONE, ONE).diffs == ("kubeconfig",)


def test_with_a_cluster_identifier_only_its_change_replaces() -> None:
    old = {"kubeconfig": "a", "clusterIdentifier": "x"}
    other = {"kubeconfig": "a", "clusterIdentifier": "y"}

    assert diff(old, {"kubeconfig": UNKNOWN, "clusterIdentifier": "x"}, ONE, TWO).replaces == ()
    assert diff(old, {"kubeconfig": "b", "clusterIdentifier": "x"}, ONE, TWO).replaces == ()
    assert diff(old, other, ONE, ONE).replaces == ("clusterIdentifier",)
    assert diff({"kubeconfig": "a"}, old, ONE, ONE).replaces == ()


def test_an_unknown_kubeconfig_may_be_another_cluster() -> None:
    assert diff({"kubeconfig": "a"}, {"kubeconfig": UNKNOWN}, ONE, None).replaces == ("kubeconfig",)


def test_strict_mode_wants_everything_said() -> None:
    kind, found = "pulumi:providers:kubernetes", {"strictMode": "true"}

    assert [p.setting for p in problems(kind, "default_4_34_2", found, {})] == ["", "kubeconfig", "context"]
    assert problems(kind, "cluster", {"kubeconfig": "a", "context": "b", **found}, {}) == []


def test_the_active_cluster_is_the_contexts() -> None:
    kubeconfig = {
        "current-context": "a",
        "contexts": [
            {"name": "a", "context": {"cluster": "one"}},
            {"name": "b", "context": {"cluster": "two"}},
        ],
        "clusters": [{"name": "one", "cluster": ONE}, {"name": "two", "cluster": TWO}],
    }

    assert active_cluster({"kubeconfig": kubeconfig}) == ONE
    assert active_cluster({"kubeconfig": kubeconfig, "context": "b"}) == TWO
    assert active_cluster({"kubeconfig": kubeconfig, "cluster": "two"}) == TWO
    assert active_cluster({"kubeconfig": kubeconfig, "context": "c"}) is None


def test_a_malformed_kubeconfig_is_not_quoted() -> None:
    with pytest.raises(ProviderError) as failure:
        active_cluster({"kubeconfig": "{token: hunter2\n"})

    assert "hunter2" not in str(failure.value)
