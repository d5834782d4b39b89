"""What the components are told: loopback alone, Secrets encrypted, no bodies in the audit log."""

from __future__ import annotations

import base64
import ipaddress
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from onestack.local.plane import bootstrap, configuration
from onestack.local.plane.commands import COMPONENTS, Command, commands
from onestack.local.plane.layout import Layout
from onestack.local.plane.ports import Ports

PORTS = Ports(20001, 20002, 20003, 20004, 20005)
LAYOUT = Layout(Path("/somewhere/plane"))


class Tools:
    def path(self, name: str) -> Path:
        return Path("/tools") / name


def told(
    *, durable: bool = True, contents: dict[str, str] | None = None, ports: Ports = PORTS
) -> dict[str, Command]:
    return commands(LAYOUT, ports, Tools(), contents or {}, durable=durable)


def flags(command: Command) -> dict[str, str]:
    return {
        name: value
        for name, _, value in (flag.removeprefix("--").partition("=") for flag in command.argv[1:])
    }


def test_every_component_has_a_command() -> None:
    assert tuple(told()) == COMPONENTS


@pytest.mark.parametrize("component", COMPONENTS)
def test_nothing_listens_beyond_loopback(component: str) -> None:
    given = flags(told()[component])
    for name, value in given.items():
        if name.startswith("listen-"):
            assert ipaddress.ip_address(urlsplit(value).hostname or "").is_loopback, name
        if name == "bind-address":
            assert ipaddress.ip_address(value).is_loopback
    if "secure-port" in given:
        assert "bind-address" in given
    if component == "etcd":
        assert {"listen-client-urls", "listen-peer-urls"} <= set(given)
    assert "0.0.0.0" not in " ".join(told()[component].argv)  # noqa: S104 - that it is not there


def test_each_port_is_some_components() -> None:
    opened = [name for command in told().values() for name in command.ports]
    assert sorted(opened) == sorted(vars(PORTS))


def test_both_sides_of_the_database_want_certificates() -> None:
    given = flags(told()["etcd"])
    assert "client-cert-auth" in given
    assert "peer-client-cert-auth" in given
    assert given["trusted-ca-file"] == given["peer-trusted-ca-file"] == "/somewhere/plane/pki/etcd-ca.crt"
    assert {urlsplit(value).scheme for name, value in given.items() if name.endswith("-urls")} == {"https"}


def test_only_throwaway_planes_give_up_durability() -> None:
    assert flags(told()["etcd"])["unsafe-no-fsync"] == "false"
    assert flags(told(durable=False)["etcd"])["unsafe-no-fsync"] == "true"


def test_the_api_server_authorizes_encrypts_and_audits_within_bounds() -> None:
    given = flags(told()["kube-apiserver"])
    assert given["authorization-mode"] == "Node,RBAC"
    assert given["anonymous-auth"] == "false"
    assert given["encryption-provider-config"] == str(LAYOUT.encryption)
    assert given["audit-policy-file"] == str(LAYOUT.audit_policy)
    assert int(given["audit-log-maxsize"]) * (1 + int(given["audit-log-maxbackup"])) <= 100


def test_a_fingerprint_changes_with_flags_and_contents_and_with_nothing_else() -> None:
    before = told()
    moved = told(ports=PORTS.with_port("etcd", 1))
    rewritten = told(contents={"kwok": "other stages"})
    changed = {name for name in COMPONENTS if before[name].fingerprint != moved[name].fingerprint}
    assert changed == {"etcd", "kube-apiserver"}
    changed = {name for name in COMPONENTS if before[name].fingerprint != rewritten[name].fingerprint}
    assert changed == {"kwok"}
    assert told() == before


def test_secrets_are_written_with_the_key_before_they_are_written_in_the_clear() -> None:
    key = bytes(range(32))
    [resource] = yaml.safe_load(configuration.encryption(key))["resources"]
    assert resource["resources"] == ["secrets"]
    assert [next(iter(provider)) for provider in resource["providers"]] == ["secretbox", "identity"]
    stored = resource["providers"][0]["secretbox"]["keys"][0]["secret"]
    assert base64.b64decode(stored) == key


def test_the_audit_policy_never_asks_for_a_body() -> None:
    policy = yaml.safe_load(configuration.audit_policy())
    assert {rule["level"] for rule in policy["rules"]} == {"None", "Metadata"}
    assert policy["rules"][-1] == {"level": "Metadata"}
    for rule in policy["rules"][:-1]:
        assert set(rule) > {"level"}, "a rule that leaves out everything"


def test_the_audit_policy_records_every_write_but_leases() -> None:
    policy = yaml.safe_load(configuration.audit_policy())
    for rule in policy["rules"][:-1]:
        writes = set(rule.get("verbs", ["write"])) - {"get", "list", "watch"}
        resources = [name for group in rule.get("resources", []) for name in group["resources"]]
        assert not writes or "nonResourceURLs" in rule or resources == ["leases"]


def test_a_kubeconfig_holds_all_that_it_needs() -> None:
    document = yaml.safe_load(configuration.kubeconfig("https://127.0.0.1:1", b"A", b"B", b"C", name="n"))
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    assert cluster["server"] == "https://127.0.0.1:1"
    assert [
        base64.b64decode(data)
        for data in (
            cluster["certificate-authority-data"],
            user["client-certificate-data"],
            user["client-key-data"],
        )
    ] == [b"A", b"B", b"C"]
    assert document["current-context"] == document["contexts"][0]["name"] == "n"


def stages() -> list[dict[str, Any]]:
    return [dict(stage) for stage in configuration.stages()]


def test_stages_are_valid_and_distinct() -> None:
    names = [stage["metadata"]["name"] for stage in stages()]
    assert len(names) == len(set(names)) >= 9
    assert all(
        stage["kind"] == "Stage" and stage["spec"]["selector"]["matchExpressions"] for stage in stages()
    )


def test_kwok_may_do_what_its_stages_do() -> None:
    """A stage of a kind that the role leaves out would fail without anybody noticing."""
    role = next(item.body for item in bootstrap.objects("1.36.3") if item.body["kind"] == "ClusterRole")
    may = {
        (group, resource): rule["verbs"]
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        if "list" in rule["verbs"]
    }
    for stage in stages():
        reference = stage["spec"]["resourceRef"]
        group = reference["apiGroup"].rpartition("/")[0]
        plural = re.sub("s$", "se", reference["kind"].lower()) + "s"
        assert (group, plural) in may, stage["metadata"]["name"]


def test_kwoks_file_has_options_and_every_stage_and_opens_no_port() -> None:
    first, *rest = yaml.safe_load_all(configuration.kwok(configuration.stages()))
    assert first["kind"] == "KwokConfiguration"
    assert not {"serverAddress", "nodePort"} & set(first["options"])
    assert first["options"]["manageSingleNode"] == configuration.NODE_NAME
    assert rest == stages()


def test_the_node_has_the_labels_that_real_manifests_select() -> None:
    node = next(item.body for item in bootstrap.objects("1.36.3") if item.body["kind"] == "Node")
    labels = node["metadata"]["labels"]
    assert labels["kubernetes.io/os"] == "linux"
    assert labels["kubernetes.io/arch"] in {"amd64", "arm64"}
    assert {"kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"} <= set(
        labels
    )
