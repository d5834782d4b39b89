"""The makers' installers, and a network that is closed."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from pulumi.automation import PulumiCommand

from onestack.errors import ToolsDiskFull
from onestack.local.toolchain import installer, network
from onestack.local.toolchain.download import UNREACHABLE, Watchdog
from onestack.local.toolchain.network import Patience
from onestack.local.toolchain.places import Places
from tests.unit.local.toolchain.world import PINNED, SDK, Told, World

PLUGIN = "pulumi-resource-kubernetes"
INSTALL = (
    'd="$PULUMI_HOME/plugins/resource-kubernetes-v$5"; mkdir -p "$d"; '
    f'echo x > "$d/{PLUGIN}"; chmod +x "$d/{PLUGIN}"'
)


@pytest.fixture
def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Downloads are allowed, and all tools but pulumi are on PATH."""
    monkeypatch.setenv(network.VARIABLE, "auto")
    world.all_tools("pulumi", "pulumi-language-python")
    return world


def sdk_installer(world: World, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """The process that runs the SDK's installer; ``$4`` is the folder it installs into."""
    program = world.script(world.base / "python", body)
    monkeypatch.setattr(sys, "executable", str(program))


def pulumi_that_installs(world: World, body: str) -> None:
    world.tool("pulumi", body=f'if [ "$1" = plugin ]; then {body}; exit; fi')


def hasty(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.3) -> None:
    monkeypatch.setattr(network, "patience", lambda _: Patience(seconds, seconds))


def test_a_downloaded_pulumi_is_kept_whole(opened: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = opened.base / "made"
    names = "pulumi/pulumi pulumi-python/pulumi-language-python"
    copies = "; ".join(f'cp {made}/{name} "$4/bin"' for name in names.split())
    exec_file = opened.base / "module" / "python" / "cmd" / "pulumi-language-python-exec"
    copies += f'; cp {exec_file} "$4/bin"; chmod +x "$4"/bin/*'
    sdk_installer(opened, monkeypatch, f'echo installing; mkdir -p "$4/bin"; {copies}')
    for _ in range(2):
        toolchain = opened.ensure("pulumi", "pulumi-language-python")
        assert {tool.source for tool in toolchain.tools} == {"downloaded"}
    kept = opened.cache / "tools" / "pulumi" / f"{PINNED['pulumi']}-official" / "bin" / "pulumi"
    assert toolchain.path("pulumi") == kept
    assert len(opened.spawned("python")) == 1
    assert not (opened.cache / "scratch").exists()


def test_where_pulumi_can_not_be_downloaded_it_is_built(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdk_installer(opened, monkeypatch, "echo installing; echo URLError; exit 1")
    opened.go()
    assert opened.ensure("pulumi").tools[0].source == "built"
    assert any("can't be downloaded: the makers' server can't be reached" in n for n in opened.told.notes)


def test_a_plugin_is_downloaded_by_pulumi_into_our_home(opened: World) -> None:
    pulumi_that_installs(opened, INSTALL)
    for _ in range(2):
        (plugin,) = opened.ensure(PLUGIN).tools
        assert plugin.source == "downloaded"
        assert plugin.path.is_relative_to(opened.cache / "pulumi-home" / "plugins")
    assert opened.spawned("pulumi plugin") == [f"pulumi plugin install resource kubernetes {SDK}"]


def test_a_network_that_drops_everything_is_noticed_and_remembered(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty(monkeypatch)
    pulumi_that_installs(opened, "sleep 60 & sleep 60")
    for _ in range(2):
        (plugin,) = opened.ensure(PLUGIN).tools
        assert plugin.source == "offline"
        assert "nothing arrived for" in plugin.note
    # Neither the second run nor the other plugin tries again.
    assert opened.ensure("pulumi-resource-gcp").tools[0].source == "offline"
    assert len(opened.spawned("pulumi plugin")) == 1


def test_a_closed_network_is_looked_at_again(opened: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi_that_installs(opened, "exit 1")
    opened.ensure(PLUGIN)
    pulumi_that_installs(opened, INSTALL)
    assert opened.ensure(PLUGIN, look_again=True).tools[0].source == "offline"
    monkeypatch.setattr(network, "LOOK_AGAIN_SECONDS", 0.0)
    assert opened.ensure(PLUGIN).tools[0].source == "offline"
    assert opened.ensure(PLUGIN, look_again=True).tools[0].source == "downloaded"
    assert not (opened.cache / "downloads-closed.json").exists()


def test_a_download_that_fails_midway_closes_only_itself(opened: World) -> None:
    class Seeing(Told):
        """Lets the installer go on to its end once its half has been seen."""

        def step(self, what: str) -> None:
            if "so far" in what:
                opened.hold.unlink(missing_ok=True)

    opened.hold.touch()
    opened.told = Seeing()
    loop = f"while [ -e {opened.hold} ] && [ $n -lt 600 ]; do n=$((n+1)); sleep 0.05; done"
    pulumi_that_installs(opened, f'echo much > "$TMPDIR/half"; n=0; {loop}; exit 1')
    assert "gave up" in opened.ensure(PLUGIN).tools[0].note
    assert network.why_closed(places_of(opened), "another") == ""
    assert "gave up" in network.why_closed(places_of(opened), f"{PLUGIN} {SDK}")


def test_an_installer_that_leaves_nothing_is_not_believed(opened: World) -> None:
    pulumi_that_installs(opened, "exit 0")
    assert "left no plugin behind" in opened.ensure(PLUGIN).tools[0].note


def test_a_full_disk_is_said_and_not_taken_for_a_closed_network(opened: World) -> None:
    pulumi_that_installs(opened, 'echo "write $TMPDIR/x: No space left on device"; exit 1')
    with pytest.raises(ToolsDiskFull, match="downloading pulumi-resource-kubernetes") as failure:
        opened.ensure(PLUGIN)
    assert failure.value.where.startswith(str(opened.cache))
    assert not (opened.cache / "downloads-closed.json").exists()


def test_never_starts_no_installer(opened: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(network.VARIABLE, "never")
    pulumi_that_installs(opened, INSTALL)
    assert "ONESTACK_DOWNLOADS=never" in opened.ensure(PLUGIN).tools[0].note
    assert opened.spawned("pulumi plugin") == []


def places_of(world: World, **more: str) -> Places:
    return world.places(**{network.VARIABLE: "auto", **more})


def test_what_was_remembered_expires_and_holds_for_these_proxies_only(world: World) -> None:
    network.remember_closed(places_of(world), "network", "no answer", now=1000.0)
    seen = {
        "at once": network.why_closed(places_of(world), "x", now=1001.0),
        "a day later": network.why_closed(places_of(world), "x", now=1001.0 + network.REMEMBERED_SECONDS),
        "a clock set back": network.why_closed(places_of(world), "x", now=999.0),
        "a proxy": network.why_closed(places_of(world, HTTPS_PROXY="http://u:secret@p"), "x", now=1001.0),
        "always": network.why_closed(places_of(world, ONESTACK_DOWNLOADS="always"), "x", now=1001.0),
    }
    assert [name for name, why in seen.items() if why] == ["at once"]
    network.remember_closed(places_of(world, HTTPS_PROXY="http://u:secret@p"), "network", "no", now=1.0)
    assert "secret" not in (world.cache / "downloads-closed.json").read_text()


class Clock:
    def __init__(self) -> None:
        self.now, self.size = 0.0, 100

    def dog(self, *, announced: bool = False) -> Watchdog:
        return Watchdog(Patience(4.0, 15.0), lambda: self.size, announced, lambda: self.now)

    def at(self, dog: Watchdog, now: float, *lines: str) -> str:
        self.now = now
        return dog.why_stop(lines)


def test_the_watchdog_waits_longer_once_something_arrived() -> None:
    clock = Clock()
    dog = clock.dog()
    assert clock.at(dog, 4.0) == ""
    clock.size += 1
    assert [clock.at(dog, now) for now in (4.1, 19.0)] == ["", ""]
    assert "15 s" in clock.at(dog, 19.2)


def test_the_watchdog_gives_up_early_when_nothing_ever_arrived() -> None:
    clock = Clock()
    dog = clock.dog()
    assert clock.at(dog, 4.0) == ""
    assert "nothing arrived for 4 s" in clock.at(dog, 4.1)


def test_the_watchdog_counts_from_the_first_word() -> None:
    clock = Clock()
    dog = clock.dog(announced=True)
    assert clock.at(dog, 10.0) == ""
    assert clock.at(dog, 11.0, "installing") == ""
    assert clock.at(dog, 15.0) == ""
    assert clock.at(dog, 15.1)


def test_the_watchdog_does_not_sit_through_retries_of_a_refused_download() -> None:
    clock = Clock()
    dog = clock.dog()
    assert clock.at(dog, 1.0, *["Will retry in 1s"] * 3) == ""
    assert clock.at(dog, 2.0, "Will retry in 2s") == UNREACHABLE


@pytest.mark.parametrize(("fails", "code"), [(False, 0), (True, 1)])
def test_the_installer_reports_by_words_and_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fails: bool, code: int
) -> None:
    def install(root: str) -> None:
        assert socket.getdefaulttimeout() == 2.5
        if fails:
            raise OSError("no route")

    monkeypatch.setattr(PulumiCommand, "install", staticmethod(install))
    try:
        assert installer.main(Path("/nowhere"), 2.5) == code
    finally:
        socket.setdefaulttimeout(None)
    out = capsys.readouterr().out
    assert out.startswith("installing\n")
    assert ("OSError: no route" in out) == fails
