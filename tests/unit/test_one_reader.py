"""What people write is read by one reader of YAML; another one reads what comes with the package only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
READING = re.compile(r"(safe_|full_|unsafe_)?load(_all)?|parse|scan|compose(_all)?|C?\w*Loader")
"""What of PyYAML reads."""
ALLOWED = {
    "onestack/local/gcp/rules.py": "places, machine types and versions of a simulated Google Cloud",
    "onestack/local/gcp/table.py": "types of a simulated Google Cloud",
    "onestack/local/plane/configuration.py": "objects that are part of the embedded plane",
    "onestack/manifests/aliases.py": "versions of built-in kinds",
    "onestack/manifests/reader.py": "the one reader, on the parser's events",
    "onestack/manifests/scope.py": "built-in kinds and removed versions",
    "onestack/validation/builtin.py": "what the schemas of built-in kinds leave out",
}


def test_nobody_else_reads_yaml() -> None:
    folders = ("onestack", "components", "infra")
    files = [ROOT / "__main__.py", *(file for folder in folders for file in (ROOT / folder).rglob("*.py"))]
    assert len(files) > 100
    found = {str(file.relative_to(ROOT)) for file in files if any(_reading(file))}
    assert found == set(ALLOWED)


def _reading(file: Path) -> Iterator[str]:
    """What a module takes of PyYAML, or of a library like it, to read with."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"yaml", "ruamel"}:
            yield from (name.name for name in node.names if READING.fullmatch(name.name))
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith(("ruamel", "strictyaml")))
            # Under another name its use would go unseen.
            yield from (name.asname for name in node.names if name.name == "yaml" and name.asname)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "yaml":
            yield from (name for name in (node.attr,) if READING.fullmatch(name))
