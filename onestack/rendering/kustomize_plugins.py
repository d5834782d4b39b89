"""The configuration of Kustomize's generators, transformers and validators, in files and inline."""

from __future__ import annotations

from functools import partial

from onestack.manifests.node import Node
from onestack.manifests.problems import Problems, Report
from onestack.manifests.reader import read
from onestack.rendering.confine import host_of
from onestack.rendering.kustomize_files import Files
from onestack.rendering.kustomize_named import files_of, is_document, is_inline, judge, said, sources_of


class Plugins:
    """Refuses what would run a program, and takes the files that built-in ones name."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self._files = files
        self._problems = problems

    def take(self, entry: Node, folder: str, report: Report) -> None:
        """Takes an entry of ``generators``, ``transformers`` or ``validators``."""
        text, say = entry.value, partial(said, report, entry)
        if is_document(text) if host_of(text) is not None else is_inline(text):
            before = len(self._problems.found)
            if judge(entry, text, report):
                self._read(text.encode(errors="replace"), "", folder, _at(entry, report))
            if host_of(text) is not None and len(self._problems.found) == before:
                # It would, where it finds something wrong with the text that we don't.
                what = "this configuration holds the address of something elsewhere, for which Kustomize"
                say(f"{what} could take all of it", "write it into a file and name that")
            return
        place = self._files.place(text, folder, say)
        if place is None:
            return
        if self._files.is_folder(place):
            # Its own patches could change what the configurations name, after we looked.
            say(f"'{text}' is a folder", "name files here; what kustomizations share can be a component")
        elif taken := self._files.take(text, folder, say):
            self._read(taken[1], place, folder, self._problems.of(place))

    def _read(self, content: bytes, file: str, folder: str, report: Report) -> None:
        reading = read(content, file)
        self._problems.found.extend(reading.problems)
        for document in () if reading.problems else reading.documents:
            self._configured(document, folder, report)

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
        named = [*files_of(document, "path", "paths", "targetfilepath"), *sources_of(document)]
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
