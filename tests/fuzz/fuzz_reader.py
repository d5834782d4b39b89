"""Coverage-guided fuzzing of the YAML reader: ``python -m tests.fuzz.fuzz_reader [libFuzzer's arguments]``.

Whatever bytes come in, values that JSON can hold or problems with a place come out, the same each time.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["onestack.manifests"]):
    from onestack.manifests.limits import Limits
    from onestack.manifests.reader import read

import orjson

LIMITS = Limits(file_bytes=8192, documents=20, nodes=500, depth=20, problems=10, characters=20_000)


def one(content: bytes) -> None:
    """Reads what the fuzzer made up."""
    reading = read(content, "f.yaml", LIMITS)
    lines = content.count(b"\n") + 2
    for problem in reading.problems:
        assert problem.what
        assert 0 <= problem.line <= lines, problem
        assert (problem.column > 0) == (problem.line > 0), problem
    for document in reading.documents:
        assert 0 < document.line <= lines
        orjson.dumps(document.value)
    assert reading.nodes <= LIMITS.nodes + 500 or reading.problems
    assert read(content, "f.yaml", LIMITS).problems == reading.problems


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
