"""What Helm prints, taken apart: nothing is lost, nothing secret is repeated, nothing raises."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from onestack.rendering.helm_output import Place, by_source, lacks_subcharts, place, unknown_hooks, words

LINE = st.text(st.characters(exclude_characters="\n\r", codec="utf-8")).filter(
    lambda line: not line.startswith(("---", "# Source: "))
)
PATH = st.sampled_from(["templates/a.yaml", "templates/b.yaml", "charts/one/templates/a.yaml", "crds/c.yaml"])


@given(st.lists(st.tuples(PATH, st.lists(LINE, min_size=1))))
def test_every_line_stays_with_its_template_in_order(printed: list[tuple[str, list[str]]]) -> None:
    text = "".join(f"---\n# Source: demo/{path}\n" + "\n".join(lines) + "\n" for path, lines in printed)
    found = by_source(text.encode())
    expected: dict[str, list[str]] = {}
    for path, lines in printed:
        expected.setdefault(path, []).append("\n".join(lines) + "\n")
    assert found == {path: "---\n".join(texts).encode() for path, texts in expected.items()}


@given(st.binary())
def test_any_output_can_be_taken_apart(printed: bytes) -> None:
    by_source(printed)


@given(st.text())
def test_any_words_can_be_read(said: str) -> None:
    unknown_hooks(said)
    lacks_subcharts(said)
    place(said)
    assert len(words(said, {}, ())) < 1000


def test_output_before_the_first_source_is_kept() -> None:
    assert by_source(b"a: b\n---\n# Source: demo/templates/a.yaml\nc: d\n") == {
        "": b"---\na: b\n",
        "templates/a.yaml": b"c: d\n",
    }


def test_nothing_printed_is_nothing() -> None:
    assert by_source(b"") == by_source(b"---\n\n") == {}


def test_secrets_and_temporary_places_are_not_repeated() -> None:
    said = "level=WARN msg=x\nError: /tmp/x/chart/templates/a.yaml: hunter2-long is not hunter2\n"
    assert words(said, {"/tmp/x/chart": "manifests/app/chart"}, {"hunter2", "hunter2-long"}) == (  # noqa: S108
        "manifests/app/chart/templates/a.yaml: [secret] is not [secret]"
    )


def test_secrets_are_not_repeated_in_other_forms() -> None:
    secret = 'hunter2"long pass'
    forms = (json.dumps(secret), b64encode(secret.encode()).decode(), quote(secret), quote_plus(secret))
    assert words(", ".join(forms), {}, {secret}) == '"[secret]", [secret], [secret], [secret]'


def test_passwords_of_addresses_are_not_repeated() -> None:
    said = "postgres://u:canary-1@h/db, https://:canary-2@h, https://h:80/a@b, a://b:c"
    assert words(said, {}, ()) == "postgres://u:[secret]@h/db, https://:[secret]@h, https://h:80/a@b, a://b:c"


def test_a_secret_that_is_a_mere_word_takes_nothing_out_of_paths_and_names() -> None:
    said = "chart/templates/value.yaml:3: the values of pre-value are 'value', value."
    assert (
        words(said, {}, {"value"})
        == "chart/templates/value.yaml:3: the values of pre-value are '[secret]', [secret]."
    )


def test_a_crash_of_helm_is_said_without_its_stack() -> None:
    said = "panic: no memory\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:1\n"
    assert words(said, {}, ()) == "panic: no memory"


def test_the_end_of_a_long_message_is_kept() -> None:
    said = words("Error: " + "a " * 1000 + "the cause", {}, ())
    assert said.startswith("a a a")
    assert said.endswith("a the cause")


def test_hooks_that_helm_left_out_are_told() -> None:
    said = 'level=INFO msg="skipping unknown hooks" hookTypes="a, b"\n'
    said += 'level=INFO msg="skipping unknown hooks" hookTypes=c\n' * 2
    assert unknown_hooks(said) == ("a, b", "c")


def test_the_first_place_with_a_line_counts() -> None:
    said = "in demo/templates/_x.tpl: execution error at (demo/charts/one/templates/a.yaml:12:7): no"
    assert place(said) == Place("charts/one/templates/a.yaml", 12, 8)
    assert place("parse error at (demo/templates/a.yaml:3): no") == Place("templates/a.yaml", 3, 1)
    assert place("YAML parse error on demo/templates/a.yaml: yaml: line 3") == Place("templates/a.yaml", 0, 0)
    assert place("nothing of the kind") is None
