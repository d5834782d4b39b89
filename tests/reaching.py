"""Which places of the code that refuse something are reached: every ``raise``, every problem told.

`install` makes every such place of PACKAGES note that it was reached; `save` writes what was, a place a
line. It is also a plugin: ``ONESTACK_REACHED=FILE pytest -p tests.reaching ...``, which writes lines of test
and place beside them.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

VARIABLE = "ONESTACK_REACHED"
PACKAGES = (
    "onestack/checking.py",
    "onestack/cli/checking.py",
    "onestack/declaration.py",
    "onestack/manifests",
    "onestack/rendering",
    "onestack/repository.py",
    "onestack/settings",
    "onestack/stack_secrets.py",
    "onestack/validation",
)
TELLING = frozenset(
    {
        "report",
        "reported",
        "_report",
        "whole",
        "problem",
        "Problem",
        "Mistake",
        "_mistaken",
        "say",
        "Fault",
        "Broken",
    }
)
"""The names of what is called to tell a problem."""
ROOT = Path(__file__).parents[1]
_NOTE = "__reached__"

_reached: set[str] = set()


def places() -> dict[str, str]:
    """Every place, as ``file:line``, with its code in one line."""
    found = {}
    for file in _files():
        for node in _refusing(ast.parse(file.read_text(encoding="utf-8"))):
            found[_place(file, node)] = ast.unparse(node)
    return found


def modules() -> list[str]:
    """The names of all modules that have such places."""
    paths = (file.relative_to(ROOT).with_suffix("").parts for file in _files())
    return [".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in paths]


def install() -> None:
    """Has modules imported from now on note what they reach, where the environment names a file for it."""
    if VARIABLE in os.environ:
        setattr(builtins, _NOTE, _reached.add)
        sys.meta_path.insert(0, _Finder())


def save() -> None:
    """Adds to the file what was reached so far."""
    if VARIABLE in os.environ:
        with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as file:
            file.writelines(f"{place}\n" for place in sorted(_reached))


def pytest_configure() -> None:
    """As a plugin: before any test module is imported."""
    install()


def pytest_runtest_logfinish(nodeid: str) -> None:
    """As a plugin: after each test, with which what it reached is noted."""
    if VARIABLE in os.environ:
        with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as file:
            file.writelines(f"{nodeid}\t{place}\n" for place in sorted(_reached))
    save()
    _reached.clear()


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        path = ROOT / package
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _place(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return node.exc is not None  # not what passes an exception on
    if not isinstance(node, ast.Call):
        return False
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return name in TELLING


def _refusing(tree: ast.AST) -> Iterator[Any]:
    return (node for node in ast.walk(tree) if _refuses(node))


class _Noting(ast.NodeTransformer):
    """``raise x`` becomes ``note(); raise x``, and ``report(...)`` becomes ``(note(), report(...))[1]``."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def _note(self, node: ast.AST) -> ast.expr:
        return ast.Call(ast.Name(_NOTE, ast.Load()), [ast.Constant(_place(self._file, node))], [])

    def visit_Raise(self, node: ast.Raise) -> Any:
        inner = self.generic_visit(node)
        return [ast.Expr(self._note(node)), inner] if _refuses(node) else inner

    def visit_Call(self, node: ast.Call) -> Any:
        inner = self.generic_visit(node)
        if not _refuses(node) or not isinstance(inner, ast.expr):
            return inner
        return ast.Subscript(ast.Tuple([self._note(node), inner], ast.Load()), ast.Constant(1), ast.Load())


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Compiled anew: no compiled file is read or written."""
        path = Path(self.get_filename(fullname))
        tree = _Noting(path).visit(ast.parse(path.read_bytes()))
        code: CodeType = compile(ast.fix_missing_locations(tree), path, "exec")
        return code


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith("onestack."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
            return spec
        inside = Path(spec.origin).is_relative_to(ROOT) and str(Path(spec.origin).relative_to(ROOT))
        if inside and inside.startswith(PACKAGES):
            spec.loader = _Loader(fullname, spec.origin)
        return spec
