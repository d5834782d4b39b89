"""Coverage-guided fuzzing of what a tool prints: ``python -m tests.fuzz.fuzz_rendered [arguments]``.

Whatever Kustomize, Helm or a chart's author make up, manifests or problems that name the file come out.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["onestack.manifests"]):
    from onestack.errors import InvalidManifests, Problem
    from onestack.manifests.application import Application
    from onestack.manifests.load import load
    from onestack.manifests.manifest import Manifest
    from onestack.manifests.text import Text

import orjson

APPLICATION = Application("app", namespace="app")


def one(content: bytes) -> None:
    """Loads what the fuzzer made up, as if a chart had been rendered to it."""
    problems: tuple[Problem, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    try:
        manifests = load([Text(APPLICATION, "manifests/app/helm.yaml", content, rendered=True)])
    except InvalidManifests as invalid:
        problems = invalid.problems
    assert not (manifests and problems)
    for problem in problems:
        assert problem.file.startswith("manifests/app")
        assert problem.line == 0
    for manifest in manifests:
        orjson.dumps(manifest.body)
        assert str(manifest.identity)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
