"""All that a kustomization is made of, looked at before Kustomize is: those it reaches, the files they name.

Kustomize fetches what looks like a URL wherever it reads a file, follows links, and takes keys in any
letter case. So every field that names a file is read here, as strictly as any YAML of the project, and
Kustomize is given what was found here and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from onestack.manifests.node import Node
from onestack.manifests.problems import Problems, Report
from onestack.manifests.reader import read
from onestack.rendering import kustomize_inline as inline
from onestack.rendering.confine import Refused, host_of, real
from onestack.rendering.kustomize_fields import check_fields
from onestack.rendering.kustomize_files import Closure, Files, Say
from onestack.rendering.kustomize_named import files_of, judge, said, sources_of, strings
from onestack.rendering.kustomize_plugins import Plugins
from onestack.rendering.kustomize_remote import PREFIX, Bases, localized
from onestack.rendering.options import Options

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
DEPTH: Final = 32
"""How long a chain of bases may be."""
LOADS: Final = 5_000
"""How often Kustomize may load a file: a base that is reached in several ways is built as often."""

_HELM: Final = frozenset({"helmcharts", "helmchartinflationgenerator", "helmglobals"})


def closure(folder: str, options: Options, problems: Problems) -> Closure:
    """What the kustomization in ``folder``, a real path, is made of; what is wrong with it is a problem.

    Raises: BaseUnavailable, ToolMissing, ToolNotRun for bases of other repositories.
    """
    with Bases(options) as bases:
        scan = _Scan(options.root, problems, Closure(folder), bases)
        scan.visit(folder, (), partial(problems.whole, folder))
    found = scan.found
    for called, rewritten in (
        ("kustomization", found.kustomizations),
        ("configuration", found.configurations),
    ):
        for file in sorted(found.files.keys() & rewritten.keys()):
            problems.whole(found.called(file), f"the {called} is named as a file, too", "name a copy of it")
    return scan.found


def kustomizations_in(root: Path, folder: str) -> tuple[str, ...]:
    """The names of the kustomization files in a folder; more than one is a mistake."""
    return tuple(name for name in NAMES if (root / folder / name).is_file())


@dataclass(frozen=True)
class _Within:
    """A kustomization that names others: its folder and file, the chain to it with itself, its report."""

    folder: str
    file: str
    chain: tuple[str, ...]
    report: Report


_Taker = Callable[[Node, _Within], None]


class _Scan:
    def __init__(
        self, root: Path, problems: Problems, found: Closure, bases: Bases, outer: tuple[str, ...] = ()
    ) -> None:
        """``outer`` is the chain that leads to the base of another repository, where this is one."""
        self.found = found
        self._bases = bases
        self._outer = outer
        self._copies: dict[str, str] = {}
        self._inline: dict[str, str] = {}
        """What is to stand for entries that are YAML themselves."""
        self._root = root
        self._problems = problems
        self._files = Files(root, problems, found)
        self._plugins = Plugins(self._files, problems)
        self._loads: dict[str, int] = {}
        """How often files are loaded to build the kustomization of a folder once."""
        self._takers: dict[str, _Taker] = {
            "resources": self._resources,
            "bases": self._folders,
            "components": self._folders,
            "patchesstrategicmerge": self._merges,
            "crds": self._listed,
            "configurations": self._listed,
            "patches": self._patches,
            "patchesjson6902": self._patches,
            "replacements": self._patches,
            "openapi": self._schema,
            "configmapgenerator": self._generated,
            "secretgenerator": self._secrets,
            "generators": self._configured,
            "transformers": self._configured,
            "validators": self._configured,
        }

    def visit(self, folder: str, above: tuple[str, ...], say: Say) -> None:
        """Takes the kustomization in ``folder``, and all that it names."""
        if wrong := _out_of_order(folder, above, len(self._outer)):
            say(*wrong)
            return
        if folder not in self._loads:
            self._loads[folder] = 1
            self._read(folder, above, say)
        if above:
            self._loads[above[-1]] += self._loads[folder]
        elif not self._outer and self._loads[folder] > LOADS:
            what = f"building this would load {self._loads[folder]} files: bases are reached in too many ways"
            say(what, f"name each base once; at most {LOADS} are loaded")

    def _read(self, folder: str, above: tuple[str, ...], say: Say) -> None:
        file = self._named(folder, say)
        document = self._document(file, folder, say) if file else None
        if document is None:
            return
        within = _Within(folder, file, (*above, folder), self._problems.of(file))
        if not above and not self._outer and document.value.get("kind") == "Component":
            what = "a component is not built on its own"
            within.report(document.nearest("kind"), what, "name it under 'components' of a kustomization")
        for key, node in document.fields():
            name = key.casefold()
            if name in _HELM:
                what = "charts in a kustomization are not supported"
                within.report(node, what, "write a helm.yaml in an application of its own", key=True)
            elif taker := self._takers.get(name):
                taker(node, within)
        told = {(one.line, one.column) for one in self._problems.found if one.file == file}
        check_fields(document, within.report, told)
        value = localized(document.value, folder, self._copies)
        self.found.kustomizations[file] = inline.replaced(value, self._inline)

    def _named(self, folder: str, say: Say) -> str:
        """The path of a folder's kustomization; empty if it hasn't one."""
        names = kustomizations_in(self._root, folder)
        if not names:
            say(f"the folder '{folder}' has no kustomization.yaml", "write one, or name a file")
        if len(names) > 1:
            say(f"the folder '{folder}' has {' and '.join(names)}", "keep one of them")
        return self._files.place(names[0], folder, say) or "" if len(names) == 1 else ""

    def _document(self, file: str, folder: str, say: Say) -> Node | None:
        content = self._files.content(file, folder, file, say)
        if content is None:
            return None
        reading = read(content, file)
        self._problems.found.extend(reading.problems)
        if reading.problems:
            return None
        if len(reading.documents) != 1 or not isinstance(reading.documents[0].value, dict):
            what = "a kustomization is one mapping, and this isn't"
            self._problems.whole(file, what, "write for example 'resources: [deployment.yaml]'")
            return None
        self.found.kustomizations[file] = reading.documents[0].value
        return reading.documents[0]

    def _resources(self, node: Node, within: _Within) -> None:
        for entry in strings(node):
            self._resource(entry, within, files=True)

    def _folders(self, node: Node, within: _Within) -> None:
        for entry in strings(node):
            self._resource(entry, within, files=False)

    def _resource(self, entry: Node, within: _Within, *, files: bool) -> None:
        say = partial(said, within.report, entry)
        if host_of(entry.value) is not None:
            self._fetched(entry.value, within, say)
            return
        place = self._files.place(entry.value, within.folder, say)
        if place is None:
            return
        if self._files.is_folder(place):
            self.visit(place, within.chain, say)
        elif files:
            self._loads[within.folder] += 1
            self._files.take_at(place, entry.value, within.folder, say, manifest=True)
        else:
            say(f"'{entry.value}' is no folder", "name a kustomization's folder; files belong to 'resources'")

    def _fetched(self, reference: str, within: _Within, say: Say) -> None:
        """Takes a base of another repository: what is allowed there is what is allowed here."""
        try:
            base = self._bases.remote(reference)
            tree = self._bases.tree(base, within.file)
            folder = real(tree, base.folder, base.folder)
        except Refused as refused:
            say(refused.what, refused.expected)
            return
        problems = Problems()
        inner = _Scan(tree, problems, Closure(folder), self._bases, (*self._outer, *within.chain))
        inner.visit(folder, (), say)
        self._problems.found.extend(replace(one, file=f"{base}/{one.file}") for one in problems.found)
        self._loads[within.folder] += inner.loads(folder)
        copied = f"{PREFIX}/{base.name}"
        self.found.add(inner.found, copied, str(base))
        self._copies[reference] = f"{copied}/{folder}"

    def loads(self, folder: str) -> int:
        """How often files are loaded to build the kustomization of a folder."""
        return self._loads.get(folder, 0)

    def _merges(self, node: Node, within: _Within) -> None:
        for entry in strings(node):
            if not inline.stands_inline(entry.value):
                say = partial(said, within.report, entry)
                self._files.take(entry.value, within.folder, say, manifest=True, document=True)
            elif judge(entry, entry.value, within.report, objects=True):
                self._inline[entry.value] = inline.as_text(entry.value)

    def _patches(self, node: Node, within: _Within) -> None:
        for entry in node.items():
            self._take(files_of(entry, "path"), within, manifests=True)
            for patch, text in files_of(entry, "patch"):
                judge(patch, text, within.report)

    def _listed(self, node: Node, within: _Within) -> None:
        self._take(((entry, entry.value) for entry in strings(node)), within, manifests=True)

    def _schema(self, node: Node, within: _Within) -> None:
        self._take(files_of(node, "path"), within)

    def _generated(self, node: Node, within: _Within) -> None:
        for entry in node.items():
            self._take(sources_of(entry), within)

    def _secrets(self, node: Node, within: _Within) -> None:
        for entry in node.items():
            self.found.secrets.update(self._take(sources_of(entry), within))

    def _configured(self, node: Node, within: _Within) -> None:
        for entry in strings(node):
            instead = self._plugins.take(entry, within.folder, within.report)
            if instead is not None:
                self._inline[entry.value] = instead

    def _take(
        self, named: Iterable[tuple[Node, str]], within: _Within, *, manifests: bool = False
    ) -> list[str]:
        """Takes files; the real paths of those that could be."""
        places = []
        for entry, path in named:
            say = partial(said, within.report, entry)
            if taken := self._files.take(path, within.folder, say, manifest=manifests):
                places.append(taken[0])
        return places


def _out_of_order(folder: str, above: tuple[str, ...], outer: int) -> tuple[str, str] | None:
    """What is wrong with a kustomization that is reached from those ``above``."""
    if folder in above:
        circle = " -> ".join((*above[above.index(folder) :], folder))
        return f"kustomizations name each other in a circle: {circle}", "remove one of these references"
    for one in above:
        if folder == "." or one.startswith(f"{folder}/"):
            what = f"the kustomization in '{folder}' stands above '{one}', which is part of it"
            return what, "move what both are made of to a folder beside it, and name that"
    if len(above) + outer >= DEPTH:
        return f"kustomizations name each other more than {DEPTH} deep", "make the chain shorter"
    return None
