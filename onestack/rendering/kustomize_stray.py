"""YAML beside a kustomization that nothing names: Kustomize leaves it out without a word."""

from __future__ import annotations

from pathlib import Path

from onestack.manifests.problems import Problems
from onestack.rendering.kustomize_files import Closure


def tell_strays(root: Path, made: Closure, problems: Problems) -> None:
    """Warns of files in the folder of the kustomization that is built; those of its bases may be others'."""
    taken = made.files.keys() | made.kustomizations.keys() | made.links.keys()
    folder = root / made.top
    for name in sorted(one.name for one in folder.iterdir() if one.suffix in {".yaml", ".yml"}):
        file = f"{made.top}/{name}" if made.top != "." else name
        if file not in taken and (folder / name).is_file():
            what = "the file is left out: the kustomization beside it doesn't name it"
            problems.warn(file, what, "name it under 'resources' or wherever it belongs, or remove it")
