"""Drift on order: changes a simulated project as somebody would in Google's console.

::

    python -m onestack.local.gcp.drift acme-dev compute/network main routingMode=GLOBAL
    python -m onestack.local.gcp.drift acme-dev compute/router edge --delete

The folder is that of ONESTACK_SIMULATION. Values are read as YAML, paths as in Pulumi
(``logConfig.filter=ALL``, ``secondaryIpRanges[0].ipCidrRange=10.0.0.0/14``).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onestack.errors import NothingThere, OnestackError, SimulationUnset
from onestack.local.gcp.project import Project, Projects, Record
from onestack.local.serving.property_path import parse_path
from onestack.local.simulation import VARIABLE
from onestack.manifests.reader import read


def change(folder: Path, project: str, kind: str, name: str, values: Mapping[str, Any]) -> str:
    """Sets properties of one resource, by their paths; the resource's id.

    ``kind`` is a part of the type token, ``name`` the end of the id.
    Raises NothingThere, SimulationUnusable, InvalidPropertyPath.
    """
    with Projects(folder).change(project) as changing:
        key, record = _only(changing, kind, name)
        for path, value in values.items():
            _set(record.state, parse_path(path), value)
        return key.partition(" ")[2]


def delete(folder: Path, project: str, kind: str, name: str) -> str:
    """Takes one resource away, without any of Google's checks; its id. Raises as ``change``."""
    with Projects(folder).change(project) as changing:
        key, _ = _only(changing, kind, name)
        del changing.resources[key]
        return key.partition(" ")[2]


def _value(text: str) -> Any:
    documents = read(text.encode(), "value").documents
    return documents[0].value if documents else text


def _only(project: Project, kind: str, name: str) -> tuple[str, Record]:
    fitting = [
        (key, record)
        for key, record in project.resources.items()
        if kind in record.type and key.endswith(name) and not record.gone
    ]
    if len(fitting) != 1:
        raise NothingThere(project.name, kind, name, [key.partition(" ")[2] for key, _ in fitting])
    return fitting[0]


def _set(state: Any, path: Sequence[str | int], value: Any) -> None:
    *above, last = path
    for step in above:
        state = state[step] if isinstance(step, int) else state.setdefault(step, {})
    state[last] = value


def main(arguments: Sequence[str]) -> int:
    """Carries out one command line; 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(
        prog="onestack.local.gcp.drift", description="changes a simulated project"
    )
    parser.add_argument("project")
    parser.add_argument("type", help="a part of the type token, such as compute/network")
    parser.add_argument("name", help="the end of the resource's id")
    parser.add_argument("values", nargs="*", metavar="path=value")
    parser.add_argument("--delete", action="store_true")
    given = parser.parse_args(arguments)
    try:
        if not os.environ.get(VARIABLE):
            raise SimulationUnset(VARIABLE)
        folder = Path(os.environ[VARIABLE])
        if given.delete:
            done = delete(folder, given.project, given.type, given.name)
        else:
            pairs = (value.partition("=") for value in given.values)
            values = {path: _value(text) for path, _, text in pairs}
            done = change(folder, given.project, given.type, given.name, values)
    except OnestackError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's answer
        return error.exit_code
    print(done)  # noqa: T201 - a command's answer
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
