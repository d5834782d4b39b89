"""The control plane's verbs against real processes: what is kept, what is repaired."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from onestack.errors import PlaneComponentExited, PlaneDamaged, PlaneDirectoryForeign, PlaneDiskFull
from onestack.local.plane import Plane, preparation, process, readiness, stopping, throwaway
from onestack.local.plane.certificates import Pki
from onestack.local.plane.commands import COMPONENTS, Tools
from onestack.local.plane.ports import is_free
from onestack.local.plane.preparation import read_ports
from onestack.local.plane.probe import Answer, Probe

pytestmark = [
    pytest.mark.e2e,
    # Python's ssl drops a socket unclosed whose peer is killed between connecting and the handshake.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


class Told:
    """Collects what a person would be told."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.notes: list[str] = []

    def step(self, what: str) -> None:
        self.steps.append(what)

    def note(self, text: str) -> None:
        self.notes.append(text)


def eventually(what: str, check: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def ask(plane: Plane) -> tuple[Probe, int]:
    ports = read_ports(plane.layout)
    assert ports is not None
    return Probe(Pki(plane.layout.pki), "ca", "admin"), ports.apiserver


def get(plane: Plane, path: str) -> Answer:
    probe, port = ask(plane)
    return probe.get(port, path)


def apply(plane: Plane, path: str, body: dict[str, Any]) -> None:
    probe, port = ask(plane)
    answer = probe.apply(port, path, body)
    assert answer.ok, answer.text


def config_map(name: str, value: str) -> tuple[str, dict[str, Any]]:
    return f"/api/v1/namespaces/default/configmaps/{name}", {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": {"value": value},
    }


@pytest.fixture
def own(toolchain: Tools, tmp_path: Path) -> Iterator[Plane]:
    """A durable plane of the test's own."""
    plane = Plane(tmp_path / "plane", toolchain, tmp_path / "kubeconfig")
    try:
        yield plane
    finally:
        plane.discard()


def test_data_ports_and_kubeconfig_are_kept_over_down_and_up(own: Plane) -> None:
    first = own.up(Told())
    assert first.state == "running"
    apply(own, *config_map("kept", "yes"))
    kubeconfig = own.kubeconfig.read_text()

    stopped = own.down(Told())
    assert stopped.state == "stopped"
    assert stopped.dead == COMPONENTS
    assert not any(psutil.pid_exists(part.pid) for part in first.components if part.pid)

    second = own.up(Told())
    assert second.state == "running"
    assert get(own, config_map("kept", "")[0]).json()["data"] == {"value": "yes"}
    assert own.kubeconfig.read_text() == kubeconfig
    assert own.kubeconfig.stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def battered(toolchain: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A durable plane that tests kill parts of and must leave running."""
    folder = tmp_path_factory.mktemp("battered")
    plane = Plane(folder / "plane", toolchain, folder / "kubeconfig")
    try:
        yield plane
    finally:
        plane.discard()


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_killed_component_is_named_and_repaired_alone(battered: Plane, component: str) -> None:
    own = battered
    before = {part.name: part for part in own.up(Told()).components}
    apply(own, *config_map("kept", component))
    pid = before[component].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually("it is gone", lambda: own.status().dead != ())

    degraded = own.status()
    assert degraded.state == "degraded"
    assert degraded.dead == (component,)
    assert "killed" in next(part.detail for part in degraded.components if part.name == component)

    repaired = own.up(Told())
    assert repaired.state == "running"
    after = {part.name: part.pid for part in repaired.components}
    assert after.pop(component) != pid
    assert after == {name: part.pid for name, part in before.items() if name != component}
    assert get(own, config_map("kept", "")[0]).json()["data"] == {"value": component}


def test_a_component_that_hangs_is_named_and_started_anew(
    battered: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "HUNG_SECONDS", 1.0)
    running = {part.name: part.pid for part in battered.up(Told()).components}
    pid = running["kube-scheduler"]
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    hung = battered.status()
    assert hung.state == "degraded"
    assert [part.name for part in hung.components if not part.ready] == ["kube-scheduler"]
    told = Told()
    assert battered.up(told).state == "running"
    assert told.notes == ["kube-scheduler ran but did not answer for 1 s: it is started anew"]


def test_what_a_killed_up_started_without_writing_it_down_is_found(battered: Plane) -> None:
    running = {part.name: part.pid for part in battered.up(Told()).components}
    battered.layout.record("etcd").unlink()
    assert battered.up(Told()).state == "running"
    assert battered.status().components[0].pid != running["etcd"]
    assert stopping.strays(battered.layout) == ()


def test_two_ups_at_once_make_one_plane(own: Plane) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda plane: plane.up(Told()), (own, replace(own)))
    assert first.state == second.state == "running"
    assert [part.pid for part in first.components] == [part.pid for part in second.components]


def test_a_killed_process_takes_its_throwaway_plane_with_it(toolchain: Tools, tmp_path: Path) -> None:
    paths = {name: str(toolchain.path(name)) for name in COMPONENTS}
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from onestack.local.plane import throwaway\n"
        f"class Tools:\n    def path(self, name): return Path({paths}[name])\n"
        f"with throwaway(Tools(), Path({str(tmp_path)!r})) as plane:\n"
        "    print(plane.directory, flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        directory = Path(child.stdout.readline().strip())
        pids = [json.loads(record.read_text())["pid"] for record in (directory / "run").iterdir()]
        child.kill()
    assert len(pids) == len(COMPONENTS)
    eventually("its processes are gone", lambda: not any(map(psutil.pid_exists, pids)))
    eventually("its folder is gone", lambda: not directory.parent.exists())


def test_all_killed_at_once_come_back_with_their_data(battered: Plane) -> None:
    own = battered
    running = own.up(Told())
    apply(own, *config_map("kept", "all"))
    for part in running.components:
        assert part.pid is not None
        os.kill(part.pid, signal.SIGKILL)
    eventually("all are gone", lambda: own.status().state == "stopped")
    assert own.up(Told()).state == "running"
    assert get(own, config_map("kept", "")[0]).json()["data"] == {"value": "all"}


def test_up_of_a_running_plane_starts_nothing(battered: Plane) -> None:
    own = battered
    first = own.up(Told())
    told = Told()
    second = own.up(told)
    assert [part.pid for part in second.components] == [part.pid for part in first.components]
    assert told.steps == ["looking at the control plane"]
    assert told.notes == []


def test_a_record_of_a_reused_process_id_is_not_believed(own: Plane) -> None:
    own.up(Told())
    own.down(Told())
    executable = psutil.Process().cmdline()[0]
    mine = process.Record(os.getpid(), psutil.Process().create_time(), executable, "x", "an earlier one's")
    process.save(mine, own.layout.record("etcd"))
    assert own.status().state == "stopped"
    assert own.up(Told()).state == "running"
    assert psutil.pid_exists(os.getpid())


def test_two_planes_stand_side_by_side(plane: Plane, toolchain: Tools) -> None:
    with throwaway(toolchain) as other:
        assert plane.status().state == other.status().state == "running"
        apply(other, *config_map("only-here", "1"))
        assert get(plane, config_map("only-here", "")[0]).status == 404
        mine, others = read_ports(plane.layout), read_ports(other.layout)
        assert not set(vars(mine).values()) & set(vars(others).values())
        folder = other.directory.parent
    assert not folder.exists()


def test_every_listener_is_on_loopback(plane: Plane) -> None:
    listening = []
    for part in plane.status().components:
        assert part.pid is not None
        listening += [
            (part.name, entry.laddr.ip)
            for entry in psutil.Process(part.pid).net_connections(kind="inet")
            if entry.status == psutil.CONN_LISTEN
        ]
    assert len(listening) == 5
    assert {address for _, address in listening} == {"127.0.0.1"}


def test_a_taken_port_is_told_and_another_one_is_used(own: Plane) -> None:
    own.up(Told())
    own.down(Told())
    kept = read_ports(own.layout)
    assert kept is not None
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", kept.apiserver))
        thief.listen()
        told = Told()
        status = own.up(told)
    assert status.state == "running"
    assert not status.server.endswith(f":{kept.apiserver}")
    [note] = told.notes
    assert f"port {kept.apiserver} of kube-apiserver is taken by" in note
    assert str(os.getpid()) in note
    server = yaml.safe_load(own.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    assert server == status.server


def test_a_port_lost_between_choosing_and_listening_is_chosen_again(
    own: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.up(Told())
    own.down(Told())
    kept = read_ports(own.layout)
    assert kept is not None
    looks: list[int] = []

    def free(port: int) -> bool:
        looks.append(port)
        return len(looks) <= 5

    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", kept.etcd))
        thief.listen()
        with monkeypatch.context() as patch:
            patch.setattr(preparation, "is_free", lambda port: free(port) or is_free(port))
            told = Told()
            assert own.up(told).state == "running"
    assert any("is taken; choosing another" in note for note in told.notes)


def test_secrets_are_unreadable_in_the_database_and_absent_from_the_audit_log(own: Plane) -> None:
    own.up(Told())
    value = "correct-horse-battery-staple"
    path = "/api/v1/namespaces/default/secrets/hidden"
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hidden"}, "stringData": {"k": value}}
    apply(own, path, body)
    apply(own, *config_map("plain", "open-and-readable"))
    encoded = base64.b64encode(value.encode()).decode()
    assert get(own, path).json()["data"] == {"k": encoded}
    own.down(Told())
    stored = b"".join(file.read_bytes() for file in own.layout.etcd.rglob("*") if file.is_file())
    assert b"open-and-readable" in stored
    assert value.encode() not in stored
    assert encoded.encode() not in stored

    events = [json.loads(line) for line in own.layout.audit_log.read_text().splitlines()]
    written = [event for event in events if event.get("objectRef", {}).get("name") == "hidden"]
    assert [event["verb"] for event in written if event["verb"] != "get"] == ["patch"]
    assert {event["level"] for event in events} == {"Metadata"}
    assert not any("requestObject" in event or "responseObject" in event for event in events)
    assert value not in own.layout.audit_log.read_text()
    assert encoded not in own.layout.audit_log.read_text()


def test_keys_and_database_are_the_owners_alone(plane: Plane) -> None:
    entries = [entry for entry in plane.directory.rglob("*") if not entry.is_socket()]
    folders = [entry for entry in entries if entry.is_dir() and entry.parent == plane.directory]
    assert folders
    assert {entry.stat().st_mode & 0o077 for entry in folders} == {0}
    keys = [*plane.layout.pki.iterdir(), *plane.layout.config.iterdir(), plane.kubeconfig]
    assert {entry.stat().st_mode & 0o777 for entry in keys} == {0o600}


def test_a_component_that_can_not_start_is_an_error_with_its_last_words(own: Plane) -> None:
    own.up(Told())
    own.down(Told())
    own.layout.etcd.joinpath("member", "snap", "db").write_text("not a database")
    with pytest.raises(PlaneComponentExited) as caught:
        own.up(Told())
    assert caught.value.component == "etcd"
    assert str(own.layout.log("etcd")) in str(caught.value)


def test_a_broken_marker_is_told_and_reset_is_the_way_out(own: Plane) -> None:
    own.up(Told())
    own.layout.marker.write_text("{")
    for verb in (own.up, own.down):
        with pytest.raises(PlaneDamaged, match="onestack local reset"):
            verb(Told())
    with pytest.raises(PlaneDamaged):
        own.status()
    assert own.reset(Told()).state == "absent"
    assert not own.directory.exists()
    assert not own.kubeconfig.exists()


def test_reset_stops_and_removes_everything(own: Plane) -> None:
    running = own.up(Told())
    assert own.reset(Told()).state == "absent"
    assert not own.directory.exists()
    assert not any(psutil.pid_exists(part.pid) for part in running.components if part.pid)


def test_a_foreign_directory_is_left_alone(own: Plane) -> None:
    own.directory.mkdir()
    precious = own.directory / "thesis.txt"
    precious.write_text("years of work")
    for verb in (own.up, own.down, own.reset):
        with pytest.raises(PlaneDirectoryForeign):
            verb(Told())
    assert precious.read_text() == "years of work"


def test_a_full_disk_is_told(own: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: types.SimpleNamespace(total=1, used=1, free=0))
    with pytest.raises(PlaneDiskFull, match="0 MiB are free"):
        own.up(Told())
    monkeypatch.undo()
    assert own.up(Told()).state == "running"
