"""Decisions: states, versions, whose directory it is, what a dying component meant."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from onestack.errors import (
    OnestackError,
    PlaneBinaryUnusable,
    PlaneBusy,
    PlaneComponentExited,
    PlaneDamaged,
    PlaneDirectoryForeign,
    PlaneDiskFull,
    PlaneNotPermitted,
    PlanePortTaken,
    PlaneVersionMismatch,
)
from onestack.local.plane import Plane, files, marker, plane, preparation, process
from onestack.local.plane.commands import Command
from onestack.local.plane.layout import Layout
from onestack.local.plane.marker import Marker
from onestack.local.plane.readiness import classify, node_ready
from onestack.local.plane.status import ComponentStatus, State, overall
from onestack.progress import Silent
from tests.clocks import jump


def component(*, alive: bool, ready: bool) -> ComponentStatus:
    return ComponentStatus("x", 1, None, alive=alive, ready=ready, detail="", log=Path("x.log"))


UP, SICK, DEAD = (
    component(alive=True, ready=True),
    component(alive=True, ready=False),
    component(alive=False, ready=False),
)


@pytest.mark.parametrize(
    ("parts", "present", "state"),
    [
        ([], False, "absent"),
        ([UP, UP], True, "running"),
        ([UP, SICK], True, "degraded"),
        ([UP, DEAD], True, "degraded"),
        ([SICK, SICK], True, "degraded"),
        ([DEAD, DEAD], True, "stopped"),
    ],
)
def test_the_whole_from_its_parts(parts: list[ComponentStatus], present: bool, state: State) -> None:
    assert overall(parts, present=present) == state


@pytest.mark.parametrize(
    ("was", "now", "fits"),
    [
        ("1.36.3", "1.36.3", True),
        ("1.36.3", "1.36.9", True),
        ("1.36.9", "1.36.3", True),
        ("1.36.3", "1.37.0", True),
        ("1.36.3", "1.38.0", False),
        ("1.36.3", "1.35.8", False),
        ("1.36.3", "2.36.3", False),
        ("", "1.36.3", True),
        ("1.36.3", "", True),
    ],
)
def test_data_follow_one_minor_version_up_and_never_down(was: str, now: str, fits: bool) -> None:
    written = Marker(was, "2026-11-21T00:00:00+00:00")
    if fits:
        marker.check_version(written, now, Path("plane"))
        return
    with pytest.raises(PlaneVersionMismatch, match=f"from Kubernetes {was} and the tools are {now}"):
        marker.check_version(written, now, Path("plane"))


@pytest.mark.parametrize(
    ("output", "version"),
    [("Kubernetes v1.36.3\n", "1.36.3"), ("Kubernetes v0.0.0-master+$Format:%H$", ""), ("", "")],
)
def test_versions_are_read_from_what_the_binary_says(output: str, version: str) -> None:
    assert marker.parse_version(output) == version


def test_a_missing_or_empty_directory_is_free(tmp_path: Path) -> None:
    assert marker.read(Layout(tmp_path / "none")) is None
    assert marker.read(Layout(tmp_path)) is None


def test_a_start_that_was_killed_while_marking_is_not_foreign(tmp_path: Path) -> None:
    (tmp_path / ".onestack-plane.json.x7f3").write_text("{")
    assert marker.read(Layout(tmp_path)) is None


@pytest.mark.parametrize("make", ["file", "content"])
def test_what_is_not_ours_is_refused(tmp_path: Path, make: str) -> None:
    directory = tmp_path / "plane"
    if make == "file":
        directory.write_text("hello")
    else:
        directory.mkdir()
        (directory / "hello").write_text("hello")
    with pytest.raises(PlaneDirectoryForeign) as caught:
        marker.read(Layout(directory))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"kubernetes": "1.36.3", "created": "x", "format": 2}',
        '{"kubernetes": "new", "created": "x", "format": 1}',
    ],
)
def test_a_marker_that_makes_no_sense_is_damage(tmp_path: Path, text: str) -> None:
    layout = Layout(tmp_path)
    layout.marker.write_text(text)
    with pytest.raises(PlaneDamaged, match="onestack local reset"):
        marker.read(layout)


def test_a_marker_survives_its_file(tmp_path: Path) -> None:
    written = Marker("1.36.3", "2026-11-21T00:00:00+00:00")
    marker.save(Layout(tmp_path), written)
    assert marker.read(Layout(tmp_path)) == written


ETCD = Command("etcd", ("/tools/etcd",), ("etcd", "etcd_peer"), "f")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("listen tcp 127.0.0.1:20002: bind: address already in use", PlanePortTaken),
        ("write wal: no space left on device", PlaneDiskFull),
        ("panic: something else", PlaneComponentExited),
        ("", PlaneComponentExited),
    ],
)
def test_last_words_are_understood(line: str, error: type[OnestackError]) -> None:
    found = classify(ETCD, {"etcd": 20001, "etcd_peer": 20002}, "etcd.log", (line,))
    assert type(found) is error
    if error is PlanePortTaken:
        assert "port 20002 on 127.0.0.1, which etcd" in str(found)


def test_a_node_is_ready_when_it_says_so() -> None:
    assert node_ready({"status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    assert not node_ready({"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}})
    assert not node_ready({})


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, PlaneDiskFull), (errno.EDQUOT, PlaneDiskFull), (errno.EACCES, PlaneNotPermitted)],
)
def test_what_the_file_system_refuses_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[OnestackError]
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    target = tmp_path / "kubeconfig"
    target.write_text("before")
    with pytest.raises(error):
        files.write(target, "after")
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_files_are_the_owners_alone_also_where_they_were_not(tmp_path: Path) -> None:
    target = tmp_path / "kubeconfig"
    target.write_text("same")
    target.chmod(0o644)
    files.write_if_changed(target, "same")
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_lost_encryption_key_is_damage_and_not_a_new_key(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    (layout.etcd / "member").mkdir(parents=True)
    with pytest.raises(PlaneDamaged, match="key that Secrets are encrypted with is gone"):
        preparation._encryption(layout)
    assert not layout.encryption.exists()


def sleeper(tmp_path: Path, code: str = "import time; time.sleep(600)") -> process.Record:
    record = process.start([sys.executable, "-c", code], tmp_path / "p.log", dict(os.environ), "f")
    while not psutil.Process(record.pid).cmdline():  # The kernel shows none for a moment after the start.
        continue
    return record


def test_a_process_is_started_recognised_and_stopped(tmp_path: Path) -> None:
    record = sleeper(tmp_path)
    assert process.alive(record)
    assert os.getsid(record.pid) == record.pid != os.getsid(0)
    process.save(record, tmp_path / "p.json")
    assert process.load(tmp_path / "p.json", "--none") == record
    process.stop([record], 5.0)
    assert not process.alive(record)
    assert not psutil.pid_exists(record.pid)


def test_one_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(600)"
    record = sleeper(tmp_path, code)
    while not process.last_lines(tmp_path / "p.log"):
        assert process.alive(record)
    process.signal_all([record], signal.SIGTERM)
    assert process.alive(record)
    process.stop([record], 0.1)
    assert not process.alive(record)


def test_another_process_with_the_same_id_is_neither_believed_nor_killed(tmp_path: Path) -> None:
    record = sleeper(tmp_path)
    older = replace(record, identity=f"{record.identity}0")
    other = replace(record, executable="/tools/etcd")
    unknown = replace(record, identity="")
    assert not any(process.alive(one) for one in (older, other, unknown))
    process.kill([older, other, unknown])
    assert process.alive(record)
    process.kill([record])


@pytest.mark.parametrize("seconds", [-86_400, 86_400])
def test_a_clock_that_is_set_ends_nothing_and_revives_nothing(
    seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = sleeper(tmp_path)
    jump(monkeypatch, seconds)
    assert process.alive(record)
    process.kill([record])
    assert not process.alive(record)


def test_what_an_earlier_version_started_is_taken_up_by_its_own_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, file = sleeper(tmp_path), tmp_path / "p.json"
    *_, argument = psutil.Process(record.pid).cmdline()
    noted = {
        "pid": record.pid,
        "started": record.started,
        "executable": record.executable,
        "fingerprint": "f",
    }
    file.write_text(json.dumps(noted))
    jump(monkeypatch, 86_400)
    assert process.load(file, argument) == record
    # Another plane's process of the same program, and another program, that have the number now.
    for content, its in ((noted, "--another"), (noted | {"executable": "/tools/etcd"}, argument)):
        file.write_text(json.dumps(content))
        reused = process.load(file, its)
        assert reused is not None
        process.kill([reused])
        assert process.alive(record)
    process.kill([record])
    file.write_text(json.dumps(noted))
    dead = process.load(file, argument)
    assert dead is not None
    assert not process.alive(dead)


def test_what_can_not_be_executed_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlaneBinaryUnusable, match="onestack tools"):
        process.start([str(tmp_path / "none")], tmp_path / "p.log", {}, "f")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}'])
def test_a_damaged_record_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    assert process.load(tmp_path / "p.json", "--none") is None


def test_components_see_nothing_of_the_persons_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    assert set(process.environment(Path("/home/x"))) == {"PATH", "HOME", "TMPDIR", "GOGC"}


class NoTools:
    def path(self, name: str) -> Path:
        return Path("/nowhere") / name


def test_a_plane_that_never_was_is_absent_and_stays_so(tmp_path: Path) -> None:
    absent = Plane(tmp_path / "plane", NoTools(), tmp_path / "kubeconfig")
    assert absent.status().state == "absent"
    assert absent.down(Silent()).state == "absent"
    assert absent.reset(Silent()).state == "absent"
    assert not absent.directory.exists()


def test_a_missing_binary_is_told_before_anything_is_made(tmp_path: Path) -> None:
    unequipped = Plane(tmp_path / "plane", NoTools(), tmp_path / "kubeconfig")
    with pytest.raises(PlaneBinaryUnusable, match="/nowhere/kube-apiserver"):
        unequipped.up(Silent())
    assert not unequipped.directory.exists()


def test_two_commands_do_not_work_on_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane, "_LOCK_SECONDS", 0.05)
    one = Plane(tmp_path / "plane", NoTools(), tmp_path / "kubeconfig")
    two = Plane(tmp_path / "plane", NoTools(), tmp_path / "kubeconfig")
    with one._locked(Silent()), pytest.raises(PlaneBusy):
        two.down(Silent())
    assert two.down(Silent()).state == "absent"
