"""Locks are released only when their holder is proven dead."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from onestack import processes
from onestack.engine import lock
from tests.clocks import jump
from tests.unit.engine.died import dead_pid


def write(folder: Path, name: str = "a", **changes: object) -> Path:
    """A lock file as Pulumi's file backend writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "pid": os.getpid(),
        "username": "ada",
        "hostname": socket.gethostname(),
        "timestamp": "2999-01-01T00:00:00.000000001+02:00",
    } | changes
    file = folder / f"{name}.json"
    file.write_text(json.dumps(content))
    return file


def test_a_dead_holder_on_this_machine_loses_its_lock(tmp_path: Path) -> None:
    file = write(tmp_path, pid=dead_pid())
    assert [one.file for one in lock.release_dead(tmp_path)] == [file]
    assert lock.held(tmp_path) == ()


def test_a_holder_that_ended_but_was_not_reaped_is_dead(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()  # its end: from here on it is gone or a zombie
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        os.sched_yield()
    write(tmp_path, pid=process.pid)
    assert len(lock.release_dead(tmp_path)) == 1
    process.wait()
    process.stdout.close()


def test_a_living_holder_keeps_it_and_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    assert lock.release_dead(tmp_path) == ()
    (held,) = lock.held(tmp_path)
    assert f"process {os.getpid()} of ada on {socket.gethostname()}" in held.holder()


def test_a_holder_on_another_machine_is_never_proven_dead(tmp_path: Path) -> None:
    write(tmp_path, pid=dead_pid(), hostname="elsewhere")
    assert lock.release_dead(tmp_path) == ()


@contextmanager
def running(program: Path) -> Iterator[int]:
    """The number of a process of a program that waits for the end of its input."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        while not psutil.Process(
            process.pid
        ).cmdline():  # The kernel shows none for a moment after the start.
            continue
        yield process.pid


def program(folder: Path, name: str) -> Path:
    cat = shutil.which("cat")
    assert cat is not None
    return Path(shutil.copy(cat, folder / name))


def test_a_process_that_began_after_the_lock_and_takes_none_only_has_the_number(tmp_path: Path) -> None:
    with running(program(tmp_path, "nginx")) as pid:
        write(tmp_path / "locks", pid=pid, timestamp="1999-01-01T00:00:00Z")
        assert len(lock.release_dead(tmp_path / "locks")) == 1


@pytest.mark.parametrize("name", ["pulumi", ".pulumi-wrapped", "pulumi-3.200"])
def test_a_clock_that_is_set_forward_takes_no_living_engines_lock(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(program(tmp_path, name)) as pid:
        write(tmp_path / "locks", pid=pid, timestamp=datetime.now(UTC).isoformat())
        jump(monkeypatch, 86_400)
        assert lock.release_dead(tmp_path / "locks") == ()


def test_an_engine_of_another_name_keeps_its_lock_too(tmp_path: Path) -> None:
    with running(program(tmp_path, "engine")) as pid:
        write(tmp_path / "locks", pid=pid, timestamp=datetime.now(UTC).isoformat())
        assert lock.release_dead(tmp_path / "locks") == ()


def test_a_lock_that_we_took_is_ours_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock.take(tmp_path)
    jump(monkeypatch, 86_400)
    assert lock.release_dead(tmp_path) == ()
    write(tmp_path, identity=f"{processes.identity(os.getpid())}0")  # Of an earlier process of this number.
    assert [one.file.name for one in lock.release_dead(tmp_path)] == ["a.json"]


def test_an_unreadable_lock_is_held_by_nobody_known_and_kept(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (held,) = lock.held(tmp_path)
    assert "unknown machine" in held.holder()
    assert lock.release_dead(tmp_path) == ()


def test_no_folder_means_no_locks(tmp_path: Path) -> None:
    assert lock.held(tmp_path / "none") == ()


def test_a_lock_that_we_take_is_held_by_this_process_and_read_as_the_engines_are(tmp_path: Path) -> None:
    taken = lock.take(tmp_path)
    (held,) = lock.held(tmp_path)
    assert (held.file, held.pid, held.proven_dead()) == (taken, os.getpid(), False)
    assert [one.name for one in tmp_path.iterdir()] == [taken.name]
