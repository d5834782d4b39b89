"""Secret values: from the stack's encrypted configuration to the cluster, and found nowhere else."""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from onestack.cache import cache_folder
from onestack.local.plane import Plane
from tests.e2e.clone import Clone, Finished, clone
from tests.e2e.leaks import Canary, canary, leaking

pytestmark = pytest.mark.e2e

SPACE = "vault"
# What marks a secret in a state, from sdk/go/common/resource/sig of Pulumi.
SIGNATURE = "4dabf18193072939515e22adb298388d"
RECORD = "ConfigMap onestack-system/onestack-release-test"
POD = {"containers": [{"name": "web", "image": "example.org/web:1.0.0"}]}
TAKING = {"containers": [{**POD["containers"][0], "envFrom": [{"secretRef": {"name": "taken"}}]}]}


@dataclass
class Vault:
    """A deployed repository with canaries; ``said`` is all that any command printed.

    ``quoted`` are one in plain text and one from the configuration, for the API server to quote.
    """

    repository: Clone
    password: Canary
    token: Canary
    plain: Canary
    quoted: tuple[Canary, Canary]
    temporary: Path
    said: list[str] = field(default_factory=list)

    @property
    def canaries(self) -> tuple[Canary, ...]:
        return (self.password, self.token, self.plain)

    def onestack(self, *arguments: str) -> Finished:
        done = self.repository.onestack(*arguments, TMPDIR=str(self.temporary))
        self.said.append(f"$ {' '.join(arguments)}\n{done.out}\n{done.err}")
        return done

    def verb(self, *arguments: str) -> Finished:
        done = self.onestack(*arguments)
        assert done.code == 0, done.err
        return done

    def planned(self) -> dict[str, str]:
        steps = self.verb("preview", "test", "--json").document()["steps"]
        return {f"{one['type'].rpartition(':')[2]} {one['name']}": one["op"] for one in steps}

    def configure(self, name: str, value: str) -> None:
        script = f"printf %s {shlex.quote(value)} | pulumi config set --secret secrets:{name}"
        done = self.repository.shell(f"pulumi stack select --create test && {script}")
        assert done.code == 0, done.err

    def live(self, kind: str, name: str) -> dict[str, Any]:
        done = self.repository.shell(f"kubectl get {kind} {name} -n {SPACE} -o json")
        assert done.code == 0, done.err
        found: dict[str, Any] = json.loads(done.out)
        return found

    def held(self, name: str) -> dict[str, str]:
        data = self.live("secret", name)["data"]
        return {key: base64.b64decode(value).decode() for key, value in data.items()}


def workload(name: str, pod: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }


def secret(name: str, **content: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, **content}


@pytest.fixture(scope="module")
def passphrase() -> Iterator[None]:
    """One of the stack's own, as for any cluster that others use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_CONFIG_PASSPHRASE", "of-this-test-alone")
        yield


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, plane: Plane, passphrase: None) -> Iterator[Vault]:
    """One Secret of placeholders, one in plain text; a workload that takes the first and one that doesn't."""
    folder = tmp_path_factory.mktemp("vault")
    made = clone(folder / "repository", plane.kubeconfig)
    made.applications(shop=SPACE, made=SPACE)
    one = Vault(made, canary(), canary(), canary(), (canary(), canary()), folder / "temporary")
    one.temporary.mkdir()
    token = base64.b64encode(b"token=${secrets:token}\n").decode()
    objects = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
        secret(
            "taken",
            stringData={"password": "${secrets:password}", "url": "db://app:${secrets:password}@db"},
            data={"token": token},
        ),
        workload("web", TAKING),
        workload("other", POD),
    ]
    made.write("manifests/shop/all.yaml", yaml.safe_dump_all(objects))
    plain = [
        secret("plain", stringData={"pin": one.plain.value}),
        secret("quoted", stringData={"a": one.quoted[0].value, "b": "${secrets:quoted}"}),
    ]
    made.write("manifests/shop/plain.yaml", yaml.safe_dump_all(plain))
    generated = {
        "namespace": SPACE,
        "generatorOptions": {"disableNameSuffixHash": True},
        "secretGenerator": [
            {"name": "made", "literals": ["token=${secrets:token}", f"pin={one.plain.value}"]},
        ],
    }
    made.write("manifests/made/kustomization.yaml", yaml.safe_dump(generated))
    one.configure("quoted", one.quoted[1].value)
    one.configure("password", one.password.value)
    one.configure("token", one.token.value)
    one.verb("deploy", "test", "--json")
    yield one
    made.onestack("destroy", "test")


def silent(vault: Vault, plane: Plane, but: Sequence[Path] = ()) -> None:
    """No canary in what was printed, nor in any file that isn't a manifest in git.

    The API server's audit log has the messages of its refusals, so it may hold what was to be quoted.
    """
    for said in vault.said:
        assert not any(one.leaks(said.encode()) for one in (*vault.canaries, *vault.quoted)), said
    root = vault.repository.root
    named = ("shop/plain.yaml", "shop/quoted.yaml", "made/kustomization.yaml")
    git = [root / "manifests" / name for name in named]
    folders = [
        root,
        vault.temporary,
        plane.directory,
        *(cache_folder() / name for name in ("rendering", "pulumi-home", "locks", "logs")),
    ]
    assert leaking(vault.canaries, folders, but=[*git, *but]) == []
    assert leaking(vault.quoted, folders, but=[*git, *but, plane.layout.audit_log]) == []


def test_the_search_finds_what_is_there(vault: Vault, tmp_path: Path) -> None:
    """Else the other tests here would find nothing, whatever leaks."""
    value = vault.password.value
    forms: list[Callable[[str], str]] = [
        str,
        json.dumps,
        lambda text: base64.b64encode(f"x{text}y".encode()).decode(),
        lambda text: base64.b64encode(f"xx{text}".encode()).decode(),
    ]
    for number, form in enumerate(forms):
        (tmp_path / f"{number}.txt").write_text(form(value))
    (tmp_path / "clean.txt").write_text("clean")
    found = leaking([vault.password], [tmp_path])
    assert sorted(found) == [str(tmp_path / f"{number}.txt") for number in range(len(forms))]


def test_what_is_no_secret_is_found_in_the_database(vault: Vault, plane: Plane) -> None:
    """The one place where Secrets lie that is not the command's: only their encryption keeps them from it."""
    public = canary()
    value = shlex.quote(public.value)
    done = vault.repository.shell(f"kubectl create configmap public -n {SPACE} --from-literal=a={value}")
    assert done.code == 0, done.err
    assert leaking([public], [plane.layout.etcd]) != []
    assert leaking([public], [plane.layout.logs]) == []


def test_the_cluster_gets_the_values_and_a_second_preview_is_empty(vault: Vault) -> None:
    password, token = vault.password.value, vault.token.value
    assert vault.held("taken") == {
        "password": password,
        "url": f"db://app:{password}@db",
        "token": f"token={token}\n",
    }
    assert vault.held("plain") == {"pin": vault.plain.value}
    assert vault.held("made") == {"token": token, "pin": vault.plain.value}
    assert vault.planned() == {}


def test_nothing_says_a_value(vault: Vault, plane: Plane) -> None:
    for arguments in (
        ("check",),
        ("check", "--json"),
        ("check", "--format", "github"),
        ("render", "test"),
        ("render", "test", "--json"),
        ("render", "test", "--order"),
        ("preview", "test"),
        ("preview", "test", "--json"),
        ("deploy", "test"),
        ("verify", "test"),
        ("verify", "test", "--json"),
        ("env", "test"),
    ):
        vault.verb(*arguments)
    rendered = next(said for said in vault.said if said.startswith("$ render test\n"))
    assert "password: ${secrets:password}" in rendered
    assert "[secret]" in rendered
    silent(vault, plane)


def test_state_holds_ciphertext(vault: Vault) -> None:
    inputs = {
        one["urn"].rpartition("::")[2]: one["inputs"] for one in vault.repository.state() if "inputs" in one
    }
    for name in ("taken", "plain"):
        # The provider puts stringData into data.
        assert set(inputs[f"{SPACE}/{name}"]["data"]) == {"ciphertext", SIGNATURE}


def test_an_error_of_the_api_server_that_quotes_a_value_is_masked(vault: Vault, plane: Plane) -> None:
    quoted = [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": f"quoting-{number}"},
            "spec": {"clusterIP": one.value, "ports": [{"port": 80}]},
        }
        for number, one in enumerate(vault.quoted)
    ]
    vault.repository.write("manifests/shop/quoted.yaml", yaml.safe_dump_all(quoted))
    try:
        done = vault.onestack("deploy", "test", "--json")
        assert done.code == 1
        assert 'Invalid value: "[secret]"' in done.err, done.err
        silent(vault, plane)
    finally:
        (vault.repository.root / "manifests/shop/quoted.yaml").unlink()
    vault.verb("deploy", "test")


@pytest.mark.torture
def test_a_rotated_value_rolls_what_takes_it_and_nothing_else(vault: Vault, plane: Plane) -> None:
    before = vault.live("deployment", "web")["metadata"]["generation"]
    old, vault.token = vault.token, canary()
    vault.configure("token", vault.token.value)
    assert vault.planned() == {
        f"Secret {SPACE}/taken": "update",
        f"Secret {SPACE}/made": "update",
        f"Deployment {SPACE}/web": "update",
        RECORD: "update",
    }
    vault.verb("deploy", "test")
    assert vault.held("taken")["token"] == f"token={vault.token.value}\n"
    assert vault.live("deployment", "web")["metadata"]["generation"] == before + 1
    assert vault.planned() == {}
    silent(vault, plane)
    vault.token = old
    silent(vault, plane)
    vault.configure("token", old.value)
    vault.verb("deploy", "test")


def test_a_run_that_is_killed_leaves_no_value_behind(vault: Vault, plane: Plane) -> None:
    vault.configure("token", vault.token.value)
    marker = vault.repository.root / ".onestack/state/onestack.test.inflight.json"
    victim = subprocess.Popen(
        [sys.executable, "-m", "onestack", "deploy", "test"],
        cwd=vault.repository.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not marker.exists():
        assert victim.poll() is None, "it ended before it could be killed"
    tree = [*psutil.Process(victim.pid).children(recursive=True), psutil.Process(victim.pid)]
    for process in tree:
        process.kill()
    victim.wait()
    psutil.wait_procs(tree)
    # What was handed over may be there until the next run: a copy of manifests, for this user alone.
    left = list((vault.repository.root / ".onestack").glob("run-*/handover.json"))
    assert not any(vault.token.leaks(file.read_bytes()) for file in left)
    assert all(file.parent.stat().st_mode & 0o077 == 0 for file in left)
    silent(vault, plane, but=left)
    vault.verb("deploy", "test")
    assert vault.held("taken")["token"] == f"token={vault.token.value}\n"
    silent(vault, plane)


def test_what_is_missing_is_told_with_the_command_that_sets_it(vault: Vault) -> None:
    file = vault.repository.write(
        "manifests/shop/more.yaml", yaml.safe_dump(secret("more", stringData={"a": "${secrets:no-such}"}))
    )
    try:
        for verb in ("check", "preview", "deploy"):
            done = vault.onestack(verb, "test")
            assert done.code == 1
            assert "manifests/shop/more.yaml" in done.err
            assert "pulumi config set --secret secrets:no-such" in done.err
    finally:
        file.unlink()


def test_a_wrong_passphrase_is_told_and_check_needs_none(vault: Vault) -> None:
    wrong = "wrong"
    assert vault.repository.onestack("check", PULUMI_CONFIG_PASSPHRASE=wrong).code == 0
    assert vault.repository.onestack("render", "test", PULUMI_CONFIG_PASSPHRASE=wrong).code == 0
    done = vault.repository.onestack("preview", "test", PULUMI_CONFIG_PASSPHRASE=wrong)
    assert done.code == 1
    assert "passphrase" in done.err
    assert "Traceback" not in done.err


def test_the_public_passphrase_is_refused_for_a_cluster_that_others_use(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    done = vault.onestack("preview", "test")
    assert done.code == 2
    assert "stack 'test' has secrets, but no passphrase of its own" in done.err


def test_destroying_says_no_value_either(vault: Vault, plane: Plane) -> None:
    vault.verb("destroy", "test", "--json")
    silent(vault, plane)
    vault.verb("deploy", "test")
