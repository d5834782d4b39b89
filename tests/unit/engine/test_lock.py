"""Locks are released only when their holder is proven dead."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil

from onestack.engine import lock


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


def dead_pid() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


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


def test_a_process_that_began_after_the_lock_only_has_the_number(tmp_path: Path) -> None:
    write(tmp_path, timestamp="1999-01-01T00:00:00Z")
    assert len(lock.release_dead(tmp_path)) == 1


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
