"""A small machine for the toolchain: folders of PATH with shell scripts for tools, a Go, installers."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from onestack.local.toolchain import ALL, Toolchain, ensure
from onestack.local.toolchain.catalogue import MODULES, TOOLS, programs
from onestack.local.toolchain.pins import Pin, read_pin
from onestack.local.toolchain.places import Places, places
from onestack.local.toolchain.sdk import engine_version, plugin_version

REPOSITORY = Path(__file__).parents[4]
PYTHON = sys.executable
WAIT_SECONDS = 30.0
SDK = plugin_version("pulumi_kubernetes") or ""

PINNED = {
    "pulumi": str(engine_version()),
    "pulumi-python": "3.68.0",
    "etcd": "3.6.8",
    "kubernetes": "1.36.3",
    "kwok": "0.8.0",
    "helm": "4.3.1",
    "kustomize": "5.8.2",
    "kubeconform": "0.8.0",
    "kapp": "0.64.2",
    "registry": "3.1.2",
    "fake-gcs-server": "1.56.1",
    "actionlint": "1.7.12",
}
SAYS = {
    "actionlint": "1.7.12\ninstalled by building from source",
    "kubeconform": "v0.8.0",
    "kapp": "kapp version 0.64.2",
    "registry": "registry github.com/distribution/distribution/v3 v3.1.2",
    "pulumi": f"v{engine_version()}",
    "etcd": "etcd Version: 3.6.8\nGo Version: go1.26.8",
    "kube-apiserver": "Kubernetes v1.36.3",
    "kube-controller-manager": "Kubernetes v1.36.3",
    "kube-scheduler": "Kubernetes v1.36.3",
    "kubectl": "Client Version: v1.36.3\nKustomize Version: v5.8.1",
    "kwok": "kwok version v0.8.0 go1.26.8 (linux/amd64)",
    "helm": "v4.3.1",
    "kustomize": "v5.8.2",
}

# A run of its own, which signals can be sent to.
_RUN = """
import signal, sys
from pathlib import Path
from onestack.local.toolchain import ensure

class Told:
    def step(self, what): print("step", what, flush=True)
    def note(self, text): print("note", text, flush=True)

signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
ensure(Path(sys.argv[1]), Told(), sys.argv[2:])
"""

_GO = """
case "$1" in
version) echo {version};;
list) case " $* " in
  *" -m "*) echo {world}/module;;
  *) {list}
     echo one/package; echo another/package;;
  esac;;
build)
  {build}
  while [ "$1" != -o ]; do shift; done
  cp {world}/made/"$(basename "$PWD")"/* "$2";;
esac
"""

_PLUGIN = f"""#!{PYTHON}
import sys, threading
from concurrent import futures
import grpc
def answer(request, context):
    version = VERSION.encode()
    return bytes([10, len(version)]) + version
server = grpc.server(futures.ThreadPoolExecutor(1))
method = grpc.unary_unary_rpc_method_handler(answer)
server.add_generic_rpc_handlers(
    (grpc.method_handlers_generic_handler("pulumirpc.ResourceProvider", {{"GetPluginInfo": method}}),)
)
with open(LOG, "a") as log:
    log.write("plugin " + VERSION + " " + sys.argv[1] + chr(10))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
threading.Event().wait(60)
"""


@dataclass
class Told:
    """A Progress that keeps what it was told."""

    steps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def step(self, what: str) -> None:
        self.steps.append(what)

    def note(self, text: str) -> None:
        self.notes.append(text)


class World:
    """``folders`` are those of PATH, in order; nothing but what a test puts there is on it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root, self.cache, self.home = base / "clone", base / "cache", base / "home"
        self.folders = tuple(base / name for name in ("first", "second", "gobin"))
        self.log, self.hold, self.held = base / "spawned", base / "hold", base / "held"
        self.told = Told()
        for folder in (self.root, self.home, *self.folders):
            folder.mkdir()
        for module in MODULES.values():
            made = base / "made" / module.folder
            names = {ours: built for built, ours in module.renames}
            for name in programs(module.folder):
                self.script(made / names.get(name, name), f"echo {shlex.quote(SAYS.get(name, ''))}")
            for extra in module.extras:
                self.script(base / "module" / extra, "")
                (base / "module" / extra).chmod(0o644)
            self.pin(module.folder, PINNED[module.folder])

    @property
    def environ(self) -> dict[str, str]:
        path = os.pathsep.join(map(str, self.folders))
        settings = {"ONESTACK_CACHE": self.cache, "ONESTACK_DOWNLOADS": "never", "HOME": self.home}
        return {"PATH": path, **{name: str(value) for name, value in settings.items()}}

    def places(self, **more: str) -> Places:
        return places(self.root, {**self.environ, **more})

    def pin(self, module: str, version: str, go: str = "1.26.0") -> None:
        folder = self.root / "tools" / module
        folder.mkdir(parents=True, exist_ok=True)
        package = MODULES[module].package
        (folder / "go.mod").write_text(
            f"module x\n\ngo {go}\n\nrequire (\n\t{package} v{version} // indirect\n)\n"
        )
        (folder / "go.sum").write_text("sums\n")

    def pinned(self, module: str) -> Pin:
        pin = read_pin(MODULES[module], self.root / "tools")
        assert pin is not None
        return pin

    def script(self, path: Path, body: str) -> Path:
        """A program that notes its call; a new file each time, since a shell may be reading the old one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        name, log = shlex.quote(path.name), shlex.quote(str(self.log))
        path.write_text(f'#!/bin/sh\nPATH=/usr/bin:/bin\necho {name} "$*" >> {log}\n{body}\n')
        path.chmod(0o755)
        return path

    def tool(self, name: str, says: str | None = None, *, where: int = 0, body: str = "") -> Path:
        """A tool on PATH that says its version, after ``body``."""
        said = SAYS.get(name, "") if says is None else says
        return self.script(self.folders[where] / name, f"{body}\necho {shlex.quote(said)}")

    def all_tools(self, *but: str) -> None:
        for name in TOOLS:
            if name not in but:
                self.tool(name)
        if "pulumi-language-python" not in but:
            self.tool("pulumi-language-python-exec")

    def go(
        self, version: str = "go version go1.26.8 linux/amd64", *, listing: str = "", build: str = ""
    ) -> Path:
        """A Go that builds what ``made`` holds, after these shell commands."""
        body = _GO.format(
            version=shlex.quote(version), world=shlex.quote(str(self.base)), list=listing, build=build
        )
        return self.script(self.folders[2] / "go", body)

    def go_that_waits(self) -> None:
        """Its build goes on once ``hold`` is gone."""
        self.hold.touch()
        self.held.unlink(missing_ok=True)
        loop = f"while [ -e {self.hold} ] && [ $n -lt 600 ]; do n=$((n+1)); sleep 0.05; done"
        self.go(build=f"touch {self.held}; n=0; {loop}")

    def plugin(self, path: Path, version: str) -> Path:
        """An official plugin: it serves GetPluginInfo and no more."""
        path.parent.mkdir(parents=True, exist_ok=True)
        first, rest = _PLUGIN.split("\n", 1)
        path.write_text(f"{first}\nVERSION, LOG = {version!r}, {str(self.log)!r}\n{rest}")
        path.chmod(0o755)
        return path

    def in_home(self, home: Path, version: str) -> Path:
        """A plugin where ``pulumi plugin install`` puts it."""
        name = "pulumi-resource-kubernetes"
        return self.script(home / "plugins" / f"resource-kubernetes-v{version}" / name, "")

    def ensure(self, *names: str, look_again: bool = False) -> Toolchain:
        return ensure(self.root, self.told, names or ALL, look_again=look_again)

    def spawned(self, start: str = "") -> list[str]:
        """The calls of programs so far that begin so."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(start)]

    def built(self, module: str) -> Path:
        return self.cache / "tools" / module / self.pinned(module).folder

    def unfinished(self) -> list[Path]:
        return sorted((self.cache / "tools").glob("*/.building-*"))

    def run(self, *names: str) -> subprocess.Popen[str]:
        """A run in a process of its own."""
        command = [PYTHON, "-c", _RUN, str(self.root), *names]
        environ: Mapping[str, str] = {**self.environ, "PYTHONPATH": str(REPOSITORY)}
        return subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
        )

    def wait_for(self, path: Path) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while not path.exists():
            assert time.monotonic() < until, f"{path} did not appear"
            time.sleep(0.01)

    def processes(self) -> list[psutil.Process]:
        """What still runs in this world."""
        ours = []
        for process in psutil.process_iter():
            try:
                there = process.environ().get("ONESTACK_CACHE") == str(self.cache)
                if there and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                    ours.append(process)
            except psutil.Error:
                continue
        return ours
