"""Finds the tools, or downloads them, or builds them: the verb ``onestack tools``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestack.errors import NothingToBuildFrom, UnknownTool
from onestack.local.toolchain.build import Build, build
from onestack.local.toolchain.catalogue import ALL, KNOWN, MODULES, PLUGINS, TOOLS, Tool
from onestack.local.toolchain.disk import disk_failures_in_words
from onestack.local.toolchain.download import download_pulumi, downloaded_pulumi
from onestack.local.toolchain.found import FoundTool, MissingTool, Toolchain
from onestack.local.toolchain.golang import find_go
from onestack.local.toolchain.network import forget_old, policy
from onestack.local.toolchain.onpath import beside, is_program, on_path
from onestack.local.toolchain.pins import Pin, read_pin
from onestack.local.toolchain.places import Places, places, prepared_pulumi_home
from onestack.local.toolchain.plugins import find_plugin
from onestack.local.toolchain.probe import Versions
from onestack.local.toolchain.process import termination_interrupts
from onestack.local.toolchain.published import published
from onestack.local.toolchain.sdk import engine_version
from onestack.local.toolchain.version import Fit, at_least
from onestack.progress import Progress

ENGINE, LANGUAGE = "pulumi", "pulumi-language-python"


def ensure(
    root: Path, progress: Progress, names: Sequence[str] = ALL, *, look_again: bool = False
) -> Toolchain:
    """The tools asked for, each from PATH, else downloaded by its makers' installer, else built.

    ``root`` is the repository, whose ``tools/`` pins what is built. Costs a few file reads when all
    is there. A plugin that can't be had and has no stand-in is in ``missing`` and fails nothing.
    A network that was found closed is taken for closed for a day, so that no verb waits for it; with
    ``look_again`` it is tried anew after ten minutes.
    Raises UnknownTool, InvalidSwitch, NothingToBuildFrom, GoMissing, GoTooOld, BuildFailed,
    ToolsDiskFull, CacheUnusable, LauncherUnusable, ToolUnusable; KeyboardInterrupt when interrupted,
    after cleaning up.
    """
    for name in names:
        if name not in KNOWN:
            raise UnknownTool(name, ALL)
    spots = places(root)
    policy(spots.environ)
    with disk_failures_in_words(spots), termination_interrupts():
        # Before any engine is started with that home, be it only to ask for its version.
        prepared_pulumi_home(spots.environ)
        if look_again:
            forget_old(spots)
        return _Search(spots, progress).run(tuple(dict.fromkeys(names)))


class _Search:
    """One run: what was found so far, and what was noticed on the way."""

    def __init__(self, spots: Places, progress: Progress) -> None:
        self._places = spots
        self._progress = progress
        self._versions = Versions(spots)
        self._found: dict[str, FoundTool] = {}
        self._notes: dict[str, str] = {}

    def run(self, names: tuple[str, ...]) -> Toolchain:
        wanted = [name for name in TOOLS if name in self._with_needs(names)]
        for name in wanted:
            self._find(TOOLS[name])
        self._build([name for name in wanted if name not in self._found])
        missing: list[MissingTool] = []
        for name in names:
            if name in PLUGINS:
                pulumi = self._found[ENGINE].path
                result = find_plugin(PLUGINS[name], pulumi, self._places, self._versions, self._progress)
                if isinstance(result, MissingTool):
                    missing.append(result)
                else:
                    self._found[name] = result
        tools = tuple(self._found[name] for name in KNOWN if name in names and name in self._found)
        return Toolchain(tools, tuple(missing), self._places.pulumi_home, self._places.path)

    @staticmethod
    def _with_needs(names: tuple[str, ...]) -> set[str]:
        """The language host is judged by the engine it lies beside; plugins are fetched by the engine."""
        needs_engine = any(name in PLUGINS or name == LANGUAGE for name in names)
        return {*names, *((ENGINE,) if needs_engine else ())}

    def _find(self, tool: Tool) -> None:
        if tool.name == LANGUAGE:
            found = self._language()
        else:
            search = on_path(tool, fit_of(tool), self._places, self._versions)
            self._notes[tool.name] = search.passed_over
            found = search.found
        found = found or self._downloaded(tool) or self._built(tool)
        if found is None and tool.name == ENGINE:
            found = self._download_engine()
        if found is not None:
            self._found[tool.name] = found

    def _language(self) -> FoundTool | None:
        engine = self._found.get(ENGINE)
        return beside(TOOLS[LANGUAGE], engine) if engine and engine.source != "built" else None

    def _downloaded(self, tool: Tool) -> FoundTool | None:
        version = str(engine_version())
        program = downloaded_pulumi(version, self._places)
        if tool.name != ENGINE or not is_program(program):
            return None
        return FoundTool(tool.name, version, program, "downloaded", self._note(tool.name))

    def _download_engine(self) -> FoundTool | None:
        # What follows where this fails is a build of minutes: seconds for another look are well spent.
        forget_old(self._places)
        why = download_pulumi(str(engine_version()), self._places, self._progress)
        if why:
            self._progress.note(f"pulumi {engine_version()} can't be downloaded: {why}")
        return self._downloaded(TOOLS[ENGINE])

    def _built(self, tool: Tool) -> FoundTool | None:
        pin = read_pin(MODULES[tool.module], self._places.pins)
        folder = published(pin, self._places) if pin and self._pin_fits(tool, pin) else None
        return self._from_build(tool, pin, folder) if pin and folder else None

    def _build(self, names: list[str]) -> None:
        if not names:
            return
        folders = [folder for folder in MODULES if any(TOOLS[name].module == folder for name in names)]
        pins = {folder: read_pin(MODULES[folder], self._places.pins) for folder in folders}
        ready = {folder: pin for folder, pin in pins.items() if pin}
        unpinned = [n for n in names if not self._pin_fits(TOOLS[n], pins[TOOLS[n].module])]
        if unpinned:
            wanted = [f"{name} {fit_of(TOOLS[name]).words}" for name in unpinned]
            raise NothingToBuildFrom(str(self._places.pins), unpinned, wanted)
        go = find_go(self._places, max(pin.go for pin in ready.values()), names)
        self._progress.note(
            f"building {', '.join(names)} from pinned sources; all of them take ten minutes on two cores, "
            f"once: they are kept in {self._places.tools}"
        )
        for number, (folder, pin) in enumerate(ready.items(), start=1):
            work = Build(pin, go, self._places, self._progress, number, len(ready))
            done = build(work, self._versions)
            for name in names:
                if TOOLS[name].module == folder:
                    self._found[name] = self._from_build(TOOLS[name], pin, done)

    @staticmethod
    def _pin_fits(tool: Tool, pin: Pin | None) -> bool:
        return pin is not None and (tool.name == LANGUAGE or fit_of(tool).accepts(pin.version))

    def _from_build(self, tool: Tool, pin: Pin, folder: Path) -> FoundTool:
        return FoundTool(tool.name, str(pin.version), folder / tool.name, "built", self._note(tool.name))

    def _note(self, name: str) -> str:
        return self._notes.get(name, "")


def fit_of(tool: Tool) -> Fit:
    """The versions that fit; for pulumi the installed SDK decides."""
    return tool.fit or at_least(engine_version())
