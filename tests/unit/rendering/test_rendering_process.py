"""A tool's run ends as it should, or at a bound; nothing of it is left, and it learns nothing of us."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.errors import ToolNotRun
from onestack.local.toolchain import Toolchain
from onestack.rendering import apart
from onestack.rendering.bounds import BOUNDS, Bounds, Breach
from onestack.rendering.process import Ran, run

MIB = 1024 * 1024


def script(code: str, folder: Path, bounds: Bounds = BOUNDS, *, network: bool = False) -> Ran:
    return run((sys.executable, "-c", code), folder=folder, bounds=bounds, network=network)


def ends(pid: int) -> bool:
    """Whether a process is gone, or goes without our doing anything more."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(descriptor) as process:
        return bool(select.select([process], [], [], 10)[0])


def test_what_it_prints_and_how_it_ends_is_told(tmp_path: Path) -> None:
    ran = script("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (ran.code, ran.stdout, ran.said, ran.breach) == (3, b"out\n", "err\n", None)
    assert ran.failure == "failed with exit code 3"
    ran = script("import os; print(os.getcwd(), os.read(0, 1))", tmp_path)
    assert (ran.stdout.decode(), ran.failure) == (f"{tmp_path} b''\n", "")


def test_its_environment_is_made_from_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    code = "import json, os; print(json.dumps([dict(os.environ), os.listdir(os.environ['PATH'])]))"
    closed, found = json.loads(script(code, tmp_path).stdout)
    assert "canary" not in closed.values()
    assert found == []
    assert {closed[name] for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY")} == {"http://127.0.0.1:1"}
    assert not Path(closed["HOME"]).exists()
    assert Path(closed["HOME"]).parent == Path(closed["XDG_CONFIG_HOME"]).parent != Path.home()
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    allowed = json.loads(script(code, tmp_path, network=True).stdout)
    assert "canary" not in allowed.values()
    assert (allowed["PATH"], allowed["https_proxy"]) == (os.environ["PATH"], "http://proxy.example:3128")


@pytest.mark.parametrize(
    ("code", "bounds", "breach", "failure"),
    [
        ("while True: pass", Bounds(seconds=0.5), Breach.TIME, "was not done after 0.5 s and was stopped"),
        (
            "import os\nos.close(1); os.close(2)\nwhile True: pass",
            Bounds(seconds=0.5),
            Breach.TIME,
            "was not done after 0.5 s and was stopped",
        ),
        (
            "import os\nif os.fork(): os.wait()\nwhile True: pass",
            Bounds(cpu_seconds=0.5),
            Breach.PROCESSOR,
            "was not done after 0.5 s of processor time and was stopped",
        ),
        (
            "held = []\nwhile True: held.append(b'x' * 1_000_000)",
            Bounds(memory_bytes=100 * MIB),
            Breach.MEMORY,
            "took more than 100 MiB of memory and was stopped",
        ),
        (
            "while True: print('x' * 100_000)",
            Bounds(output_bytes=2 * MIB),
            Breach.OUTPUT,
            "printed more than 2 MiB and was stopped",
        ),
        (
            "import sys\nwhile True: print('x' * 100_000, file=sys.stderr)",
            Bounds(output_bytes=2 * MIB),
            Breach.OUTPUT,
            "printed more than 2 MiB and was stopped",
        ),
    ],
    ids=["time", "time, silent", "processor", "memory", "output", "errors"],
)
def test_a_bound_ends_it(tmp_path: Path, code: str, bounds: Bounds, breach: Breach, failure: str) -> None:
    ran = script(code, tmp_path, bounds)
    assert (ran.breach, ran.failure, ran.stdout) == (breach, failure, b"")
    assert len(ran.said) <= 64 * 1024


def test_memory_that_the_kernel_refuses_to_a_go_program_is_a_breach(
    tmp_path: Path, tools: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestack.rendering.bounds._HEADROOM", 40 * MIB - BOUNDS.memory_bytes)
    (tmp_path / "kustomization.yaml").write_text("resources: [many.yaml]\n")
    objects = (f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\n" for number in range(3000))
    (tmp_path / "many.yaml").write_text("---\n".join(objects))
    # Enough work that the bound, which is set on a running child, is there before it ends.
    ran = run((str(tools.path("kustomize")), "build", "."), folder=tmp_path)
    assert (ran.breach, ran.failure) == (Breach.MEMORY, "took more than 1024 MiB of memory and was stopped")


def test_being_killed_by_others_is_told(tmp_path: Path) -> None:
    ran = script("import os; os.kill(os.getpid(), 9)", tmp_path)
    assert (ran.code, ran.failure) == (-9, "was ended from outside (SIGKILL)")


ASKS = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10).close()
except OSError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def unmemorized() -> Iterator[None]:
    apart.prefix.cache_clear()
    yield
    apart.prefix.cache_clear()


def test_there_is_no_network_not_even_this_machines_own(tmp_path: Path) -> None:
    if not apart.prefix():
        pytest.skip("this kernel, or what it runs in, gives us no network namespaces")
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = (sys.executable, "-c", ASKS, str(server.getsockname()[1]))
        ran = run(command, folder=tmp_path)
        assert (ran.code, ran.said) == (1, "[Errno 101] Network is unreachable\n")
        assert run(command, folder=tmp_path, network=True).failure == ""


@pytest.mark.usefixtures("unmemorized")
@pytest.mark.parametrize(
    ("script", "way"),
    [
        ("exit 0", ["--net", "--"]),
        ('[ "$1" != --net ]', ["--user", "--map-root-user", "--net", "--"]),
        ("exit 1", None),
        (None, None),
    ],
    ids=["root", "user", "forbidden", "missing"],
)
def test_a_namespace_is_taken_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, way: list[str] | None
) -> None:
    program = tmp_path / "unshare"
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(apart.prefix()) == ([] if way is None else [str(program), *way])


@pytest.mark.usefixtures("unmemorized")
def test_a_namespace_that_is_refused_later_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "unshare"
    program.write_text('#!/bin/sh\n[ "$4" = --version ] && exit 0\necho "unshare: no more" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert apart.prefix()
    with pytest.raises(ToolNotRun, match="no more"):
        script("print(1)", tmp_path)


STARTS_ANOTHER = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
print(child.pid, flush=True)
with open(sys.argv[1], "w") as told: told.write(str(child.pid))
"""


def test_what_it_leaves_behind_neither_holds_us_nor_lives_on(tmp_path: Path) -> None:
    ran = run((sys.executable, "-c", STARTS_ANOTHER, "/dev/null"), folder=tmp_path)
    assert ran.failure == ""
    assert ends(int(ran.stdout))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts also where the tests run in the background, which ignores it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_all_of_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "told")
    pids: list[int] = []

    def interrupt() -> None:
        pids.append(int((tmp_path / "told").read_text()))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    code = STARTS_ANOTHER + "\nchild.wait()"
    with pytest.raises(KeyboardInterrupt):
        run((sys.executable, "-c", code, str(tmp_path / "told")), folder=tmp_path)
    thread.join()
    assert len(pids) == 1
    assert ends(pids[0])


def test_a_tool_that_can_not_be_started_says_why(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("not a program")
    with pytest.raises(ToolNotRun) as raised:
        run((str(tmp_path / "tool"),), folder=tmp_path)
    assert str(raised.value).startswith(f"{tmp_path}/tool: tool can't be run\n  because: ")
    assert "Permission denied" in str(raised.value)
    assert raised.value.exit_code == 4
