"""Loads the rules that a stack is held to: ours, and the repository's own from its folder ``policy/``."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

from onestack.errors import PolicyBroken
from onestack.gates.judging import weighed
from onestack.gates.policy import Rule
from onestack.gates.rules import OURS
from onestack.gates.settings import PolicySettings


def load(
    root: Path, stack: str, settings: PolicySettings | None, told: Callable[[str], None] = lambda _line: None
) -> tuple[Rule, ...]:
    """All rules with the severities of the stack, without those that are off.

    The repository's own are the `Rule` values in files ``*.py`` of its folder, but for those whose names
    begin with ``_``. They are code of the repository and run as such. ``told`` hears of what lies there and
    is no rule: somebody may count on it.

    Raises: PolicyBroken, UnknownRule.
    """
    chosen = settings or PolicySettings()
    folder = root / chosen.path
    if not folder.resolve().is_relative_to(root.resolve()):
        raise PolicyBroken(chosen.path, "the folder is outside of the repository")
    if not folder.is_dir() and "path" in chosen.model_fields_set:
        raise PolicyBroken(chosen.path, "there is no such folder, and onestack:gates.policy.path names it")
    own = tuple(rule for file in sorted(folder.glob("[!_]*.py")) for rule in _rules(file, root))
    for one in _strays(folder, {rule.source for rule in own}, root):
        told(one)
    return weighed(_unlike((*OURS, *own)), settings, stack)


def _strays(folder: Path, used: set[str], root: Path) -> Iterator[str]:
    """What lies among the rules and isn't one; texts for people and what begins with ``_`` or ``.`` may."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        source = file.relative_to(root).as_posix()
        if file.name[0] in "._" or file.suffix in {".md", ".txt"} or source in used:
            continue
        why = "a folder" if file.is_dir() else "no rule is in it"
        if file.is_file() and file.suffix != ".py":
            why = "rules are Python files"
        yield f"{source} is ignored: {why} (docs/gates.md)"


def _unlike(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules, none of which has another's name."""
    seen: dict[str, Rule] = {}
    for one in rules:
        if (other := seen.setdefault(one.name, one)) is not one:
            whose = other.source or "onestack"
            raise PolicyBroken(one.source, f"the rule '{one.name}' has the name of one of {whose}")
    return rules


def _rules(file: Path, root: Path) -> Iterator[Rule]:
    source = file.relative_to(root).as_posix()
    held = [value for value in vars(_module(file, source)).values() if isinstance(value, Rule)]
    for one in {id(value): value for value in held}.values():
        if not any(one is ours for ours in OURS):
            yield replace(one, source=source)


def _module(file: Path, source: str) -> Any:
    name = f"onestack_policy_{file.stem}"
    spec = spec_from_loader(name, _Uncompiled(name, str(file)))
    if spec is None or spec.loader is None:
        raise PolicyBroken(source, "Python can't import it")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise PolicyBroken(f"{source}:{error.lineno or 0}", error.msg) from None
    except (Exception, SystemExit) as error:
        raise PolicyBroken(_place(error, file, source), f"{type(error).__name__}: {error}") from None
    return module


def _place(error: BaseException, file: Path, source: str) -> str:
    """The last line of the file that led to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    return f"{source}:{lines[-1]}" if lines else source


class _Uncompiled(SourceFileLoader):
    """Leaves no compiled file beside the source, so that nothing is read but what git holds."""

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(self.get_data(self.path), self.path)
