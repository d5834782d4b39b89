"""The reader means by YAML what the real kubectl means by it."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from onestack.local.toolchain import Toolchain
from onestack.manifests.reader import read
from onestack.manifests.scalars import Unheld, resolve
from tests.e2e import yaml_texts

pytestmark = pytest.mark.e2e

HEAD = "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: it\n"

WORDS = "y Y yes Yes YES yEs n N no No NO nO on On ON off Off OFF"
MORE_WORDS = "true True TRUE tRUE false False FALSE null Null NULL nULL"
NUMBERS = "0 -0 +0 00 08 09.5 0644 0o17 0O17 0o8 0x1F 0X1f -0x1 0b101 0B1 -0b1 +0b1 0b-1 0b+1 0b2 1_000 1__0_"
FLOATS = (
    "1.0 1. .5 -.5 +.5e1 1e3 1E-3 1e21 1e20 1e400 5e-324 .1_0 ._1 .1_ . - + 1.2.3 1e 0x1p3 0.1 100.00 1_0.5"
)
OTHERS = "0_8 _1 ~ ~~ = << 12:30:00 1:2 2024-01-01 2024-01-01T00:00:00Z NaN Inf nan 1,000 1Gi 50m"
DATES = "2001-12-14t21:59:43.10-05:00 2001-1-1 2001-12-14"
EDGES = (
    "9223372036854775807 -9223372036854775808 0x7fffffffffffffff 0xffffffffffffffffff 0777777777777777777777"
)


def by_kubectl(toolchain: Toolchain, tmp_path: Path, text: str) -> list[Any]:
    """The objects of a file, as kubectl reads them; without a server. Fails as kubectl fails."""
    file = tmp_path / "it.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    kubectl = toolchain.path("kubectl")
    command = [str(kubectl), "annotate", "--local", "--output=json", f"--filename={file}", "a=b"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    decoder = json.JSONDecoder(parse_int=whole)
    found: list[Any] = []
    rest = done.stdout.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.extend(value["items"] if value["kind"] == "List" else [value])
        rest = rest[end:].strip()
    for value in found:
        del value["metadata"]["annotations"]
    return found


def whole(digits: str) -> int | float:
    """What the API takes a JSON number without a point for."""
    number = int(digits)
    return number if -(2**63) <= number < 2**63 else float(number)


def by_us(text: str) -> list[Any]:
    reading = read(text.encode(), "it.yaml")
    assert reading.problems == ()
    return [document.value for document in reading.documents]


def held(text: str) -> bool:
    try:
        resolve(text)
    except Unheld:
        return False
    return True


def same(theirs: Any, ours: Any) -> bool:
    """Equal, where a whole float is an integer, but true is not 1."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(same(theirs[key], ours[key]) for key in ours)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(same, theirs, ours))
    if isinstance(theirs, (bool, str)) or isinstance(ours, (bool, str)):
        return type(theirs) is type(ours) and bool(theirs == ours)
    return bool(theirs == ours)


def assert_scalars_mean_the_same(toolchain: Toolchain, tmp_path: Path, scalars: Iterable[str]) -> None:
    chosen = [text for text in scalars if held(text) and text not in {"-", "---", "..."}]
    text = HEAD + "values:\n" + "".join(f"  - {scalar}\n" for scalar in chosen)
    theirs, ours = by_kubectl(toolchain, tmp_path, text)[0]["values"], by_us(text)[0]["values"]
    pairs = zip(chosen, theirs, ours, strict=True)
    assert [(scalar, one, other) for scalar, one, other in pairs if not same(one, other)] == []


def test_plain_scalars_mean_the_same(toolchain: Toolchain, tmp_path: Path) -> None:
    listed = f"{WORDS} {MORE_WORDS} {NUMBERS} {FLOATS} {OTHERS} {DATES} {EDGES}".split()
    chosen = random.Random(20261121)  # noqa: S311  reproducible, and no secret
    assert_scalars_mean_the_same(toolchain, tmp_path, [*listed, "", *yaml_texts.scalars(chosen, 3000)])


def test_keys_mean_the_same_or_are_refused_with_what_kubectl_makes_of_them(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    listed = f"{WORDS} {MORE_WORDS} {NUMBERS} {FLOATS} {OTHERS} {DATES} {EDGES} 8080 -1 +1 9000".split()
    keys = [key for key in listed if held(key) and resolve(key) is not None and key not in {"-", "<<"}]
    taken: list[str] = []
    told: list[str] = []
    theirs = by_kubectl(toolchain, tmp_path, "---\n".join(f"{HEAD}keys:\n  {key}: x\n" for key in keys))
    for key, document in zip(keys, theirs, strict=True):
        (kubectls,) = document["keys"]
        reading = read(f"{HEAD}keys:\n  {key}: x\n".encode(), "it.yaml")
        if not reading.problems:
            assert reading.documents[0].value["keys"] == {kubectls: "x"}
            taken.append(key)
        elif said := re.search(r"kubectl makes '(.*)';", str(reading.problems[0])):
            assert (key, said[1]) == (key, kubectls)
            told.append(key)
    assert {"8080", "-1", "0", "9223372036854775807", "2024-01-01", "12:30:00", "tRUE"} <= set(taken)
    assert {"0644", "0o17", "+1", "-0", "1_000", "yes", "on", "true", "y", "0x1F"} <= set(told)


@pytest.mark.parametrize("key", ["~", "null", "18446744073709551615"])
def test_keys_that_kubectl_refuses_are_refused(toolchain: Toolchain, tmp_path: Path, key: str) -> None:
    text = f"{HEAD}keys:\n  {key}: x\n"
    assert read(text.encode(), "it.yaml").problems
    with pytest.raises(subprocess.CalledProcessError):
        by_kubectl(toolchain, tmp_path, text)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_whatever_looks_like_a_number_means_the_same(
    toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    scalar = st.from_regex(r"[-+.]?[0-9][0-9_]{0,20}(\.[0-9_]{0,20})?([eE][-+]?[0-9]{1,3})?", fullmatch=True)
    scalars = data.draw(st.lists(scalar | st.floats().map(repr) | st.integers().map(str), min_size=200))
    assert_scalars_mean_the_same(toolchain, tmp_path_factory.mktemp("it"), scalars)


@pytest.mark.parametrize("seed", range(5))
def test_what_we_read_kubectl_reads_and_means_the_same(
    toolchain: Toolchain, tmp_path: Path, seed: int
) -> None:
    chosen = random.Random(seed)  # noqa: S311  reproducible, and no secret
    texts = (f"{HEAD}value: {yaml_texts.value(chosen)}" for _ in range(3000))
    readable = [
        text for text in texts if (reading := read(text.encode(), "it.yaml")) and not reading.problems
    ]
    assert len(readable) > 500
    text = "---\n".join(readable)
    theirs, ours = by_kubectl(toolchain, tmp_path, text), by_us(text)
    pairs = zip(readable, theirs, ours, strict=True)
    assert [(written, one, other) for written, one, other in pairs if not same(one, other)] == []


@pytest.mark.parametrize(
    "value",
    [
        *("1.0", "1e3", "-0", "1E400", "12345678901234567", "0.1", "1e21", "123456789012345678901e-3"),
        *(
            '"\\ud83d\\ude00 \\\\ud83d\\\\ude00"',
            '"a\\/b"',
            '"\\u00e9\\u2028"',
            '"\t"',
            '["yes", "0644", "~"]',
        ),
    ],
)
@pytest.mark.parametrize("indent", ["", "\t"])
def test_json_means_the_same(toolchain: Toolchain, tmp_path: Path, value: str, indent: str) -> None:
    head = '{"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "it"}'
    text = f'{head},\n{indent}"a": {value}, "b": [\n{indent}{indent}1]\n}}\n'
    if value == "1E400":
        with pytest.raises(subprocess.CalledProcessError):
            by_kubectl(toolchain, tmp_path, text)
        return
    (theirs,), (ours,) = by_kubectl(toolchain, tmp_path, text), by_us(text)
    assert same(theirs, ours)


@pytest.mark.parametrize(
    "body",
    [
        "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n",
        "x: &x {a: 1, b: 1}\nw: &w {b: 2, c: 2}\nz:\n  <<: [*x, *w]\n  a: 3\n",
        "a: |\n  one\n   two\n\n  three\n\nb: >-\n  folded\n  text\n\n  more\n",
        "c: |+2\n    x\n\nd: >\n  x\n   y\n  z\n",
        "a: 'it''s'\nb: \"tab\\t\\x41\\u00e9\\U0001F600\\\n  joined\"\nc: plain\n  over lines\n",
        "a: [1, yes, {b: c, d: [e]}, ]\nb: {x, 'y': 1, \"z\":2}\n",
        "a: !!str 012\nb: !!int 012\nc: !!float 1\nd: !!bool on\ne: !!null ~\n",
        "url: http://example.com:80/#x\ntime: 12:30\nhash: a#b\ncolon: a:b\ndash: a - b\nquery: a?b\n",
        "a:\n- 1\n- - 2\n  - 3\n-\nb: 1\n",
        "? long\n: 1\n'quoted': 2\n\"<<\": 3\n",
        'a: é\u2028  x\nb: "\\u2028"\n',
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_structures_mean_the_same(toolchain: Toolchain, tmp_path: Path, body: str, line_break: str) -> None:
    text = f"{HEAD}{body}".replace("\n", line_break)
    assert by_us(text) == by_kubectl(toolchain, tmp_path, text)


def test_documents_are_cut_the_same(toolchain: Toolchain, tmp_path: Path) -> None:
    text = f"\ufeff---\n---\n# nothing\n---\n{HEAD}---  # next\n{HEAD}a: |\n  ---\n---\n---\r\n{HEAD}---"
    ours = by_us(text)
    assert len(ours) == 3
    assert ours == by_kubectl(toolchain, tmp_path, text)


@pytest.mark.parametrize("text", [".inf", "-.Inf", ".nan"])
def test_what_we_refuse_to_hold_fails_in_kubectl(toolchain: Toolchain, tmp_path: Path, text: str) -> None:
    assert not held(text)
    with pytest.raises(subprocess.CalledProcessError):
        by_kubectl(toolchain, tmp_path, f"{HEAD}a: {text}\n")


@pytest.mark.parametrize("text", ["9223372036854775809", "-9223372036854775809", "0xffffffffffffffff"])
def test_what_we_refuse_to_hold_is_rounded_by_kubectl(
    toolchain: Toolchain, tmp_path: Path, text: str
) -> None:
    assert not held(text)
    assert by_kubectl(toolchain, tmp_path, f"{HEAD}a: {text}\n")[0]["a"] != int(text, 0)
