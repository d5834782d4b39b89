"""The two provider plugins: the official ones, or a stand-in of ours where they can't be had."""

from __future__ import annotations

from pathlib import Path

from onestack.local.toolchain.catalogue import Plugin
from onestack.local.toolchain.download import download_plugin
from onestack.local.toolchain.found import FoundTool, MissingTool
from onestack.local.toolchain.launcher import is_launcher, link, write_launcher
from onestack.local.toolchain.onpath import candidates, plugin_in_home, plugins_in_home
from onestack.local.toolchain.places import Places, prepared_pulumi_home
from onestack.local.toolchain.probe import Versions
from onestack.local.toolchain.sdk import plugin_version
from onestack.local.toolchain.version import Fit, Version, major, parse
from onestack.progress import Progress


def find_plugin(
    plugin: Plugin, pulumi: Path, places: Places, versions: Versions, progress: Progress
) -> FoundTool | MissingTool:
    """The plugin that goes with the installed SDK, by whatever way there is.

    On PATH or by download, else of a version nearby that the user's Pulumi has, else our stand-in.
    Raises ToolsDiskFull, OSError.
    """
    wanted = plugin_version(plugin.sdk)
    number = parse(wanted or "")
    if wanted is None or number is None:
        return MissingTool(plugin.name, f"the Python package {plugin.sdk} is not installed")
    search = _Search(plugin, wanted, number, places, versions, progress)
    official = search.on_path() or search.in_homes()
    why = ""
    if official is None:
        why = download_plugin(plugin, wanted, pulumi, places, progress)
        official = search.in_homes() or search.nearby(why)
    launcher = places.launchers / plugin.name
    if official is not None:
        return search.in_front(official, launcher)
    write_launcher(launcher, plugin.stand_in, places.python)
    return FoundTool(plugin.name, wanted, launcher, "offline", search.with_passed(f"the official one: {why}"))


class _Search:
    """The search for one official plugin, and what was passed over on the way.

    The engine takes whatever plugin comes first on PATH, of any version and before its own folder,
    so a plugin with another major version is passed over and one that differs less is said.
    """

    def __init__(
        self,
        plugin: Plugin,
        wanted: str,
        number: Version,
        places: Places,
        versions: Versions,
        progress: Progress,
    ) -> None:
        self._plugin = plugin
        self._wanted = wanted
        self._fit: Fit = major(number.major)
        self._places = places
        self._versions = versions
        self._progress = progress
        self._passed: list[str] = []

    def on_path(self) -> FoundTool | None:
        """The first official plugin on PATH that fits."""
        for program in candidates(self._plugin.name, self._places):
            if is_launcher(program):
                continue
            info = self._versions.of_plugin(program, self._progress)
            if info.version is not None and self._fit.accepts(info.version):
                return self._found(str(info.version), program, "")
            said = f"is {info.version}, needed is {self._fit.words}" if info.version else info.why
            self._passed.append(f"{program}: {said}")
        return None

    def in_homes(self) -> FoundTool | None:
        """One of exactly the SDK's version in our PULUMI_HOME, or in one of the user's own."""
        ours, *theirs = self._homes()
        if mine := plugin_in_home(self._plugin, self._wanted, ours):
            return FoundTool(self._plugin.name, self._wanted, mine, "downloaded", self.with_passed(""))
        for home in theirs:
            if there := plugin_in_home(self._plugin, self._wanted, home):
                return self._found(self._wanted, there, "")
        return None

    def nearby(self, why: str) -> FoundTool | None:
        """The newest that fits in any PULUMI_HOME; ``why`` the SDK's own version can't be downloaded."""
        there = [
            (version, program)
            for home in self._homes()
            for version, program in plugins_in_home(self._plugin, home)
            if self._fit.accepts(version)
        ]
        if not there:
            return None
        version, program = max(there, key=lambda one: one[0])
        return self._found(str(version), program, f" ({why})")

    def in_front(self, official: FoundTool, launcher: Path) -> FoundTool:
        """The official one as the engine will find it: by a link of ours where PATH would hide it."""
        first = next(candidates(self._plugin.name, self._places), None)
        # A plugin that lies in neither PATH nor our PULUMI_HOME gets its folder before PATH anyway.
        hidden = official.source == "downloaded" or official.path.parent in self._places.path
        if first is None or first == official.path or not hidden:
            launcher.unlink(missing_ok=True)
            return official
        link(launcher, official.path)
        return FoundTool(official.name, official.version, launcher, official.source, official.note)

    def with_passed(self, note: str) -> str:
        """A note, and after it what was passed over."""
        return "; ".join([*([note] if note else []), *self._passed])

    def _found(self, version: str, program: Path, why: str) -> FoundTool:
        differs = f"the SDK is made for {self._wanted}{why}" if version != self._wanted else ""
        return FoundTool(self._plugin.name, version, program, "path", self.with_passed(differs))

    def _homes(self) -> tuple[Path, ...]:
        """Every PULUMI_HOME, ours first. In a shell of ``onestack env`` PULUMI_HOME is ours."""
        environ = self._places.environ
        named = [Path(environ["PULUMI_HOME"]).absolute()] if environ.get("PULUMI_HOME") else []
        usual = Path(environ.get("HOME", "/")) / ".pulumi"
        return tuple(dict.fromkeys((prepared_pulumi_home(environ), *named, usual)))
