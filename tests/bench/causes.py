"""What a Python process spent its time on: profiled functions, grouped into causes. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

Function = tuple[str, int, str]
Calls = tuple[int, int, float, float]
Stats = Mapping[Function, tuple[int, int, float, float, Mapping[Function, Calls]]]

IMPORTING: Final = "starting and importing"
READING: Final = "reading and rendering manifests"
CHECKING: Final = "checking"
REGISTERING: Final = "registering"
STATE: Final = "state"
SERVER: Final = "the API server"
WAITING: Final = "waiting"
REST: Final = "the rest"
CAUSES: Final = (IMPORTING, READING, CHECKING, REGISTERING, STATE, SERVER, WAITING, REST)

_WAITS: Final = ("poll'", "select.select", "acquire'", "waitpid", "time.sleep", "__enter__' of '_thread")
_MODULES: Final = (
    (IMPORTING, ("importlib", "zipimport", "/site.py", "sitecustomize", "pkgutil")),
    (CHECKING, ("onestack/validation", "/jsonschema")),
    (STATE, ("orjson", "excerpt", "onestack/engine/")),
    (SERVER, ("/aiohttp/", "/ssl.py", "_ssl", "onestack/kube/", "/yarl/", "/multidict/")),
    (REGISTERING, ("/grpc/", "/pulumi/", "/pulumi_kubernetes/", "/components/", "/google/protobuf", "_upb")),
    (READING, ("/yaml/", "_yaml", "onestack/manifests", "onestack/rendering")),
)  # fmt: skip


def grouped(stats: Stats) -> dict[str, float]:
    """Seconds by cause: each function's own; what is no Python code counts for its callers."""
    found: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        cause = cause_of(function)
        if cause == REST and function[0] == "~" and callers:
            for caller, (_, _, seconds, _) in callers.items():
                found[cause_of(caller)] += seconds
        else:
            found[cause] += own
    return {cause: found[cause] for cause in CAUSES if found[cause] > 0}


def cause_of(function: Function) -> str:
    """The cause of a function by its module, or by its name where it waits or is a module's body."""
    file, _, name = function
    if name == "<module>":
        return IMPORTING
    if file == "~" and any(word in name for word in _WAITS):
        return WAITING
    place = name if file == "~" else file
    return next((cause for cause, words in _MODULES if any(word in place for word in words)), REST)


def added(several: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The sums by cause."""
    found: dict[str, float] = defaultdict(float)
    for one in several:
        for cause, seconds in one.items():
            found[cause] += seconds
    return dict(found)
