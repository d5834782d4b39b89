"""The configuration of Kustomize's generators, transformers and validators, in files and inline."""

from __future__ import annotations

from functools import partial
from typing import Any

from onestack.manifests.node import Node
from onestack.manifests.problems import Problems, Report
from onestack.manifests.reader import read
from onestack.rendering import kustomize_inline as inline
from onestack.rendering.kustomize_files import Files
from onestack.rendering.kustomize_named import files_of, judge, said, sources_of


class Plugins:
    """Refuses what would run a program, and takes the files that built-in ones name."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self._files = files
        self._problems = problems

    def take(self, entry: Node, folder: str, report: Report) -> str | None:
        """Takes an entry of ``generators``, ``transformers`` or ``validators``; what is to stand for it.

        Configurations are given to Kustomize as they were read here, for they name files.
        """
        text, say = entry.value, partial(said, report, entry)
        if inline.stands_inline(text):
            if not judge(entry, text, report):
                return None
            values = self._read(text.encode(errors="replace"), "", folder, _at(entry, report))
            return inline.as_values(values)
        place = self._files.place(text, folder, say, document=True)
        if place is None:
            return None
        if self._files.is_folder(place):
            # Its own patches could change what the configurations name, after we looked.
            say(f"'{text}' is a folder", "name files here; what kustomizations share can be a component")
        elif (content := self._files.content(place, folder, text, say)) is not None:
            values = self._read(content, place, folder, self._problems.of(place))
            self._files.found.configurations[place] = values
        return None

    def _read(self, content: bytes, file: str, folder: str, report: Report) -> tuple[Any, ...]:
        reading = read(content, file)
        self._problems.found.extend(reading.problems)
        if reading.problems:
            return ()
        for document in reading.documents:
            self._configured(document, folder, report)
        return tuple(document.value for document in reading.documents)

    def _configured(self, document: Node, folder: str, report: Report) -> None:
        items = document.get("items")
        if items is not None:
            # Kustomize takes lists apart before it looks at what is in them.
            for item in items.items():
                self._configured(item, folder, report)
            return
        version, kind = document.nearest("apiVersion"), document.nearest("kind")
        if version.value != "builtin":
            what = "generators and transformers that run a program or a container are not allowed"
            report(version, what, "use one that is built in, with 'apiVersion: builtin'")
        if kind.value == "HelmChartInflationGenerator":
            what = "charts in a kustomization are not supported"
            report(kind, what, "write a helm.yaml in an application of its own")
        for entry, path in files_of(document, "paths"):
            self._files.take(path, folder, partial(said, report, entry), document=True)
        named = [*files_of(document, "path", "targetfilepath"), *sources_of(document)]
        for key, node in document.fields():
            for entry in node.items() if key.casefold() == "replacements" else ():
                named.extend(files_of(entry, "path"))
        for entry, text in files_of(document, "patch", "patches", "jsonop"):
            judge(entry, text, report)
        for entry, path in named:
            self._files.take(path, folder, partial(said, report, entry))


def _at(entry: Node, report: Report) -> Report:
    """Reports everything at one place."""

    def say(at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
        report(entry, what, expected)

    return say
