"""A value is taken out of any text, in whatever form it stands there."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from onestack.masking import MASKED, Mask

VALUES = (
    "hunter2-canary",
    "pa ss/wo+rd=&\"'<x>",
    "grüße-\U0001f511-schlüssel",
    "back\\slash\ttab",
    "%41{}$$[secret",
    "0123456789abcdef",
)
FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "json": json.dumps,
    "json as it is": lambda value: json.dumps(value, ensure_ascii=False),
    "json in json": lambda value: json.dumps(json.dumps({"a": value})),
    "json of Go": lambda value: (
        json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    ),
    "json with slashes": lambda value: json.dumps(value).replace("/", "\\/"),
    "quote": quote,
    "quote all": lambda value: quote(value, safe=""),
    "quote plus": quote_plus,
    "form": lambda value: urlencode({"a": value}),
    "html": html.escape,
    "html text": lambda value: html.escape(value, quote=False),
    "repr": repr,
    "ascii": ascii,
    "yaml double": lambda value: yaml.safe_dump(value, default_style='"', width=10**6),
    "yaml single": lambda value: yaml.safe_dump(value, default_style="'", width=10**6, allow_unicode=True),
    "shell": shlex.quote,
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 without padding": lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    "base64 url": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "base64 of json": lambda value: base64.b64encode(json.dumps({"password": value}).encode()).decode(),
    "base64 twice": lambda value: base64.b64encode(base64.b64encode(f"user:{value}".encode())).decode(),
    "quote in small letters": lambda value: (
        quote(value, safe="").lower() if value.isascii() else quote(value)
    ),
    "quote in both": lambda value: (
        quote(value).replace("%5C", "%5c").replace("%C3", "%c3").replace("%3C", "%3c")
    ),
    "quote twice": lambda value: quote(quote(value)),
    "bytes of python": lambda value: repr(value.encode()),
    "bytes of go": lambda value: str(list(value.encode())).replace(",", ""),
    "bytes in json": lambda value: json.dumps(list(value.encode())),
    "json in json in json": lambda value: json.dumps(json.dumps(json.dumps({"a": value}))),
    "base64 in a url": lambda value: quote(base64.b64encode(value.encode()).decode(), safe=""),
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_value_passes(form: str, value: str) -> None:
    written = FORMS[form](value)
    said = Mask(frozenset({value.encode()}))(f"before: {written} :after")
    assert MASKED in said, said
    assert value not in said
    assert written not in said
    assert said.startswith("before: ")
    assert said.endswith(" :after")


KEY = "".join(
    (
        "-----BEGIN PRIVATE KEY-----\n",
        *(f"{base64.b64encode(hashlib.sha384(bytes([at])).digest()).decode()}\n" for at in range(25)),
        "-----END PRIVATE KEY-----\n",
    )
)
WRAPPED: dict[str, Callable[[bytes], str]] = {
    "76 columns": lambda value: base64.encodebytes(value).decode(),
    "64 columns": lambda value: "\n".join(re.findall(".{1,64}", base64.b64encode(value).decode())),
    "20 columns": lambda value: "\n".join(re.findall(".{1,20}", base64.b64encode(value).decode())),
    "of windows": lambda value: base64.encodebytes(value).decode().replace("\n", "\r\n"),
    "indented": lambda value: base64.encodebytes(value).decode().replace("\n", "\n      "),
    "in json": lambda value: json.dumps(base64.encodebytes(value).decode()),
    "in json of windows": lambda value: json.dumps(base64.encodebytes(value).decode().replace("\n", "\r\n")),
    "in json in json": lambda value: json.dumps(json.dumps(base64.encodebytes(value).decode())),
    "in one line": lambda value: base64.encodebytes(value).decode().strip().replace("\n", " | "),
    "continued": lambda value: base64.encodebytes(value).decode().strip().replace("\n", "\\\n"),
    "inside more": lambda value: base64.encodebytes(b"key: " + value + b"more: 1").decode(),
}


@pytest.mark.parametrize("value", [KEY, "s3cret-" * 20, "hunter2-canary-that-is-longer-than-a-line-of-20"])
@pytest.mark.parametrize("wrapped", WRAPPED)
def test_base64_in_lines_gives_nothing_away(wrapped: str, value: str) -> None:
    written = WRAPPED[wrapped](value.encode())
    said = Mask(frozenset({value.encode()}))(f"before, a line\n{written}\nafter, a line")
    assert said.startswith("before, a line\n")
    assert said.endswith("\nafter, a line")
    left = re.findall("[A-Za-z0-9+/]{12,}", said.removesuffix("after, a line"))
    assert MASKED in said
    assert not left, said


def test_lines_that_are_no_base64_of_a_value_stay() -> None:
    text = "internationalization\nofficial-documentation-of-everything\n" * 50
    assert Mask(frozenset({b"hunter2-canary"}))(text) == text


def test_letters_around_lines_of_base64_stay() -> None:
    value = b"hunter2-canary-" * 9
    said = Mask(frozenset({value}))(f"one: x\ntwo: |\n  {base64.encodebytes(value).decode()}three: y\n")
    assert said == f"one: x\ntwo: |\n  {MASKED}\nthree: y\n"


@given(
    value=st.text(min_size=8, max_size=60),
    before=st.binary(max_size=9),
    after=st.binary(max_size=9),
    safe=st.booleans(),
)
def test_base64_around_a_value_gives_none_of_it_away(
    value: str, before: bytes, after: bytes, *, safe: bool
) -> None:
    held = value.encode(errors="replace")
    if (
        held.decode().strip().casefold() in {"true", "false", "null", "none"}
        or len(held.decode().strip()) < 8
    ):
        return
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    said = Mask(frozenset({held}))(encode(before + held + after).decode())
    assert MASKED in said
    left = "".join(re.sub("[^A-Za-z0-9+/_-]", "", part) for part in said.split(MASKED))
    # Of the letters around, at most as many are left as what stands around takes.
    assert len(left) <= -(-(len(before) + len(after)) * 4 // 3) + 2


@given(text=st.text(max_size=200), values=st.sets(st.text(min_size=4, max_size=20), max_size=5))
def test_a_value_in_any_text_is_gone_and_the_rest_stays(text: str, values: set[str]) -> None:
    usable = {one for one in values if one.isprintable() and len(one.strip()) >= 4 and one.isascii()}
    usable -= {"true", "null", "none", "false"}
    mask = Mask(frozenset(one.encode() for one in usable))
    planted = text + "".join(f"\u2400{one}\u2400" for one in sorted(usable))
    said = mask(planted)
    for one in usable:
        if one.casefold() not in MASKED and one.strip().casefold() not in {"true", "null", "none", "false"}:
            assert one not in said.replace(MASKED, "\u2401")
    assert said.count("\u2400") >= 2 * len(usable) or not usable


@given(st.text(max_size=300))
def test_without_values_a_text_stays_what_it_is(text: str) -> None:
    assert Mask()(text) == text
    assert Mask(frozenset({b"not-in-this-text-at-all"}))(text) == text


def test_lines_of_a_long_value_are_masked_one_by_one() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEFAAS\n-----END KEY-----\n"
    said = Mask(frozenset({key.encode()}))("  MIIEvQIBADANBg\n  other\n-----BEGIN KEY-----")
    assert said == f"  {MASKED}\n  other\n-----BEGIN KEY-----"


def test_a_value_with_a_line_break_at_its_end_is_masked_without_it() -> None:
    assert Mask(frozenset({b"hunter2-canary\n"}))("it is hunter2-canary.") == f"it is {MASKED}."


def test_overlapping_values_leave_no_rest() -> None:
    assert Mask(frozenset({b"abcdef", b"defghi"}))("-abcdefghi-") == f"-{MASKED}-"


@pytest.mark.parametrize("value", [b"abc", b"", b"true", b"None", b"\n \n", b"\xff\xfe"])
def test_what_is_too_short_or_common_is_not_looked_for(value: bytes) -> None:
    text = "abc true None \n \n words"
    assert Mask(frozenset({value}))(text) == text


def test_binary_values_are_masked_encoded() -> None:
    held = bytes(range(128, 168))
    mask = Mask(frozenset({held}))
    assert base64.b64encode(held).decode() not in mask(f"x {base64.b64encode(held).decode()} y")
    assert held.hex() not in mask(held.hex())


def test_a_tree_keeps_its_keys_and_its_numbers() -> None:
    mask = Mask(frozenset({b"1234", b"ready"}))
    tree = {"ready": 1234, "said": ["is ready", ("1234",), None]}
    assert mask.tree(tree) == {"ready": 1234, "said": [f"is {MASKED}", [MASKED], None]}


def test_halves_of_surrogate_pairs_are_no_obstacle() -> None:
    assert Mask(frozenset({b"hunter2-canary"}))("\ud800 hunter2-canary") == f"\ud800 {MASKED}"


def test_hiding_more_keeps_what_was_hidden() -> None:
    mask = Mask(frozenset({b"first-value"})) | Mask(frozenset({b"other-value"}))
    assert mask("first-value other-value") == f"{MASKED} {MASKED}"


WORDS = Mask(words=frozenset({b"value", b"8080", b"db", b"true"}))


def test_a_word_is_left_in_what_we_say_ourselves() -> None:
    said = 'the values of \'value\' are in manifests/value.yaml:8080:1; db is "true", "db" is not'
    assert WORDS(said) == said
    assert WORDS.tree({"op": "value", "said": [said]}) == {"op": "value", "said": [said]}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('Invalid value: "value"', f'Invalid value: "{MASKED}"'),
        ('got \\"value\\", "8080"', f'got \\"{MASKED}\\", "{MASKED}"'),
        (f"{base64.b64encode(b'x:value').decode()}!", f"eD{MASKED}!"),
        (b"value".hex(), MASKED),
    ],
)
def test_a_word_is_masked_where_somebody_quotes_or_encodes_it(said: str, expected: str) -> None:
    assert WORDS(said) == expected


def test_a_word_that_is_all_of_a_value_of_an_object_is_masked() -> None:
    body = {"value": "value", "args": ["a value", "8080", "true"]}
    assert WORDS.body(body) == {"value": MASKED, "args": ["a value", MASKED, "true"]}


def test_what_is_a_secret_elsewhere_is_more_than_a_word() -> None:
    mask = WORDS | Mask(frozenset({b"value"}))
    assert mask("the values") == f"the {MASKED}s"
    assert mask('"8080"') == f'"{MASKED}"'


def test_a_very_long_value_does_not_take_memory_without_end() -> None:
    """16 pieces of 1 KiB are looked for, not a megabyte in every form."""
    mask = Mask(frozenset({("x1y2z3" * 200_000).encode()}))
    assert sum(map(len, mask._patterns)) < 2_000_000
    assert "x1y2z3" * 100 not in mask("x1y2z3" * 200)


def test_very_many_long_values_do_not_either_and_each_is_known_by_its_beginning() -> None:
    values = [hashlib.shake_128(bytes([number])).hexdigest(6000) for number in range(60)]
    mask = Mask(frozenset(one.encode() for one in values))
    assert sum(map(len, mask._patterns)) < 3_000_000
    for one in values:
        assert one[:32] not in mask(f"it is {one}")
        encoded = base64.b64encode(b"x" + one.encode()).decode()
        assert encoded[4:40] not in mask(encoded)


def test_credentials_inside_json_are_masked_by_themselves() -> None:
    auth = base64.b64encode(b"robot:hunter2-canary").decode()
    held = {
        "auths": {
            "registry.example.org": {"username": "robot-account", "password": "hunter2-canary", "auth": auth}
        }
    }
    mask = Mask(frozenset({json.dumps(held).encode()}))
    assert mask(f"robot-account hunter2-canary {auth}") == f"robot-account {MASKED} {MASKED}"
    assert Mask(frozenset({b'{"password": ['}))("password") == "password"
