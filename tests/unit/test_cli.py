"""The command line: where arguments may stand, what is refused, and how ``local down`` ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner, Result

from onestack import embedded, rollout
from onestack import plan as plans
from onestack.cli import cli, local, main
from onestack.engine import Outcome
from onestack.errors import OnestackError, Unavailable, UsageError
from onestack.local.plane import PlaneStatus

SETTINGS = "config: {onestack:platform: embedded, onestack:manifests: {applications: {shop: , tools: }}}\n"
NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n"
CONFIG_MAP = "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME, namespace: shop}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one stack of two applications."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.local.yaml").write_text(SETTINGS)
    for app in ("shop", "tools"):
        (tmp_path / "manifests" / app).mkdir(parents=True)
        (tmp_path / "manifests" / app / "a.yaml").write_text(CONFIG_MAP.replace("NAME", app))
    (tmp_path / "manifests/shop/namespace.yaml").write_text(NAMESPACE)
    return tmp_path


class FakePlane:
    """A control plane in a state, that remembers whether it was told to stop."""

    def __init__(self, state: str) -> None:
        self._status = PlaneStatus(state, (), "", "", Path("k"), Path("d"), None)  # type: ignore[arg-type] # any of its words
        self.stopped = 0

    def status(self) -> PlaneStatus:
        return self._status

    def down(self, _progress: object) -> PlaneStatus:
        self.stopped += 1
        if self._status.state != "absent":
            self._status = replace(self._status, state="stopped")
        return self._status


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments])


def verbs(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        yield one
        if isinstance(one, click.Group):
            yield from verbs(one)


def test_the_root_may_stand_before_and_after_a_verb(root: Path) -> None:
    for arguments in (("--root", root, "check"), ("check", "--root", root)):
        done = run(*arguments)
        assert done.exit_code == 0, done.output
        assert "local: 3 objects: 3 valid" in done.output


def test_checking_imports_nothing_that_talks_to_a_cluster_or_an_engine() -> None:
    """It costs half a second, and a check has no use for it."""
    code = "import sys, onestack.cli.checking; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"aiohttp", "pulumi", "grpc", "cryptography", "onestack.engine", "onestack.kube"}
    assert heavy & set(loaded.split()) == set()


def test_an_unknown_verb_is_a_usage_error() -> None:
    assert run("chekc").exit_code == 2


def test_every_verb_takes_the_root() -> None:
    assert len(list(verbs(cli))) > 12
    assert [one.name for one in verbs(cli) if "root" not in [each.name for each in one.params]] == []


def test_rendering_an_application_that_is_not_there_names_those_that_are(root: Path) -> None:
    error = run("render", "local", "--app", "nosuch", "--root", root).exception
    assert isinstance(error, UsageError)
    assert "applications of this stack: shop, tools" in str(error)
    rendered = run("render", "local", "--app", "tools", "--root", root).output
    assert "name: tools" in rendered
    assert "name: shop" not in rendered


@pytest.fixture
def destroyed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that were destroyed; destroying works."""
    done: list[str] = []

    def destroy(stack: SimpleNamespace, _progress: object, _order: object) -> Outcome:
        done.append(stack.name)
        return Outcome({"delete": 1}, (), ())

    monkeypatch.setattr(local, "gather", lambda _repository, stack, _progress: SimpleNamespace(name=stack))
    monkeypatch.setattr(rollout, "destroy", destroy)
    return done


def given(monkeypatch: pytest.MonkeyPatch, state: str) -> FakePlane:
    plane = FakePlane(state)
    monkeypatch.setattr(embedded, "plane", lambda _repository, _toolchain: plane)
    return plane


def test_down_deletes_what_the_stack_holds_and_the_second_time_nothing_is_left_to_do(
    root: Path, destroyed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "running")
    first, second = (run("local", "down", "--destroy", "local", "--root", root) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert destroyed == ["local"]
    assert "already down" not in first.output
    assert "already down" in second.output


def test_a_plane_that_was_never_there_is_already_down(
    root: Path, destroyed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "absent")
    done = run("local", "down", "--destroy", "local", "--root", root)
    assert (done.exit_code, destroyed) == (0, [])
    assert "already down" in done.output


def test_a_plane_stops_even_if_destroying_fails_and_the_failure_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = given(monkeypatch, "degraded")

    def fail(*_arguments: object) -> OnestackError:
        raise Unavailable("no answer")

    monkeypatch.setattr(local, "gather", fail)
    done = run("local", "down", "--destroy", "local", "--root", root)
    assert plane.stopped == 1
    assert isinstance(done.exception, Unavailable)


def test_a_stack_elsewhere_is_destroyed_though_the_plane_is_down(
    root: Path, destroyed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "absent")
    elsewhere = SETTINGS.replace("embedded", "kubeconfig, onestack:kubeconfig: {path: k}")
    (root / "stacks/Pulumi.dev.yaml").write_text(elsewhere)
    assert run("local", "down", "--destroy", "dev", "--root", root).exit_code == 0
    assert destroyed == ["dev"]


@pytest.mark.parametrize("before", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_terminal_that_is_closed_interrupts_unless_nohup_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, before: signal.Handlers
) -> None:
    usual = {one: signal.signal(one, before) for one in (signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.setattr(sys, "argv", ["onestack", "--version"])
    try:
        main()
        handler = signal.getsignal(signal.SIGHUP)
    finally:
        for number, earlier in usual.items():
            signal.signal(number, earlier)
    if before is signal.SIG_IGN:
        assert handler is before
        return
    assert callable(handler)
    with pytest.raises(KeyboardInterrupt):
        handler(signal.SIGHUP, None)


def test_a_plan_goes_where_no_folder_is_yet(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the guide advises it, in a fresh checkout, whose ``.onestack/`` nothing has made."""
    plan = plans.Plan("shop", "local", "t" * 40, "s", "s")
    made = SimpleNamespace(plan=plan, outcome=Outcome({}, (), ()))
    monkeypatch.setattr("onestack.cli.delivery.gather", lambda *_, **__: SimpleNamespace(workspace=None))
    monkeypatch.setattr("onestack.cli.delivery._against", lambda _workspace: "")
    monkeypatch.setattr("onestack.planning.previewed", lambda *_, **__: made)
    files = [root / ".onestack" / name for name in ("plan.json", "plan.md")]
    done = CliRunner().invoke(
        cli, ["--root", str(root), "preview", "local", "--plan", str(files[0]), "--markdown", str(files[1])]
    )
    assert done.exit_code == 0, done.output
    assert all(file.read_bytes() for file in files)
