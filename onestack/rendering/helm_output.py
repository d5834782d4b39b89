"""What ``helm template`` prints, taken apart: YAML by the template that it comes from, and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from onestack.rendering.unsaid import unsaid

_SOURCE: Final = re.compile(rb"^---\n# Source: ([^\n]+)\n", re.MULTILINE)
_UNKNOWN_HOOKS: Final = re.compile(
    r'msg="skipping unknown hooks" hookTypes=(?:"((?:[^"\\]|\\.)*)"|(\S*))', re.MULTILINE
)
# A template with the line and column of it where Helm names one: chart/templates/a.yaml:3:14
_TEMPLATE: Final = re.compile(
    r"(?P<path>[\w.-]+(?:/[\w.+-]+)*/(?:templates|crds)/[\w./+-]*[\w+-])(?::(?P<line>\d+))?(?::(?P<column>\d+))?"
)
# One template that includes itself fills Helm's message with itself.
_AGAIN: Final = re.compile(r"(template: [^<>]{1,300}<[^<>]{1,300}>: error calling \w+: )\1{2,}")
_LOG: Final = re.compile(r"^(?:level=\w+ .*|[IWEF]\d{4} .*|WARNING: .*)$", re.MULTILINE)
_NOISE: Final = ("Use --debug flag to render out invalid YAML",)
_LENGTH: Final = 600


@dataclass(frozen=True)
class Place:
    """Where Helm says something is: ``path`` in the chart; line and column from 1, 0 where unsaid."""

    path: str
    line: int
    column: int


def by_source(printed: bytes) -> Mapping[str, bytes]:
    """The YAML of each template, by its path in the chart, documents in the order printed."""
    pieces = _SOURCE.split(b"---\n" + printed.removeprefix(b"---\n"))
    found: dict[str, list[bytes]] = {}
    if pieces[0].strip(b"-\n "):
        found[""] = [pieces[0]]
    for source, content in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(_in_chart(source.decode("utf-8", "replace")), []).append(content)
    return {source: b"---\n".join(contents) for source, contents in found.items()}


def unknown_hooks(said: str) -> tuple[str, ...]:
    """The values of ``helm.sh/hook`` for which Helm left an object out."""
    return tuple(dict.fromkeys(quoted or plain for quoted, plain in _UNKNOWN_HOOKS.findall(said)))


def words(said: str, hidden: Mapping[str, str], secrets: Iterable[str]) -> str:
    """What Helm said of a failure, in one line and without its log.

    ``hidden`` are texts, such as temporary paths, with what to put in their place; ``secrets`` are masked.
    """
    text = _LOG.sub("", said.partition("\ngoroutine ")[0])
    text = _AGAIN.sub(r"\1(again and again) ", text)
    for noise in _NOISE:
        text = text.replace(noise, "")
    for old in sorted(hidden, key=len, reverse=True):
        text = text.replace(old, hidden[old])
    line = " ".join(unsaid(text, secrets).split()).removeprefix("Error: ")
    # The end of a long chain of causes says more than its middle.
    return line if len(line) <= _LENGTH else f"{line[: _LENGTH // 2]} … {line[-_LENGTH // 2 :]}"


def lacks_subcharts(said: str) -> bool:
    """Whether Helm says that subcharts named in Chart.yaml are not there."""
    return "missing in charts/ directory" in said


def place(said: str) -> Place | None:
    """The template that Helm names, the last and innermost of those with a line if there is one."""
    found = list(_TEMPLATE.finditer(said))
    if not found:
        return None
    best = next((match for match in found if match["line"]), found[0])
    line, column = int(best["line"] or 0), best["column"]
    # Helm counts columns from 0.
    return Place(_in_chart(best["path"]), line, int(column) + 1 if column else int(bool(line)))


def _in_chart(source: str) -> str:
    """``templates/a.yaml`` of ``chart/templates/a.yaml``."""
    return source.partition("/")[2]
