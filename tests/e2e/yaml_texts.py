"""YAML made up at random, most of it valid, with everything that YAML can be written as."""

from __future__ import annotations

import random

SCALAR_ALPHABETS = (
    ("0123456789_+-.xXoObBeEfF", 8),
    ("0123456789_+-.xXoObBeEfFinaN~yYtTsSlLuU:", 9),
    ("0123456789_+-.eExob", 24),
    ("0123456789.", 40),
    ("01234567_", 26),
)
BASED = (
    *(("0x", "0123456789abcdefABCDEF_", 18), ("-0x", "0123456789abcdef_", 18), ("0b", "01_", 70)),
    *(("-0b", "01_", 70), ("0o", "01234567_", 26), ("0b-", "01_", 70), ("+0x", "0123456789_", 18)),
)

_KEYS = ("k", "l", "m", "?", '"q"', "'z'", "&x k", "<<", "a b", "1a", "k.l/m", "!!str s")
_COLONS = (":", ":", ":", ": ", " :", ":  ")
_ENDS = ("\n", "\n", "\n", "\n\n", " # c\n", "\r\n", " \n")
# {i} is the indentation of the next line.
_VALUES = (
    *("a", "b c", "yes", "'q''x'", '"d\\n\\t\\"\\x41\\\\ z"', "1", "0x1F", "1.50", "~", "", "a#b", "a #c"),
    *("- x", "http://x:80/#a", "x:y", "-1", "--- x", "-", "? a", "a:", "\tx", "x\t", "x \t#c", '"x"#c'),
    *("'x' #c", "[x]#c", "a\x85b", "a\xa0b", "%a", "@", "`", "a\tb: 1", "..", "...", "=", "<<", "# c"),
    *("[1, {a: b}, 'x',]", "{a: 1, b: [c], }", "[a\n{i} , b]", "{a: x\n{i} , b\n{i} : c}", "[? a : b]"),
    *("{? a, b}", "[a: b]", '{"a":b}', "{a:b}", "[http://x]", "{x: http://y:1}", "[]", "{}", "[,]"),
    *("|\n{i} l1\n{i}  l2\n\n{i} l3\n\n", "|-\n{i} x\n{i} y\n\n", "|+\n{i} x\n\n\n", "|-\n", ">\n"),
    *(">\n{i} f1\n{i} f2\n\n{i}   ind\n{i} f3\n", ">-\n{i} f\n\n{i} g\n", ">+\n{i} x\n\n", "|1-\n{i}  x\n"),
    *("|2\n{i}   x\n{i}  y\n", "|1\n{i} x\n", "|-1\n{i}  x\n", "|\n{i}\tx\n", "|\n\n{i} x\n"),
    *("|\n{i} x\n{i} # no comment\n", ">\n\n\n{i} x\n{i}\ty\n{i} z\n", "| # c\n{i} x\n", ">2-\n{i}   x\n"),
    *("pl\n{i} cont\n{i}   more\n", "'s\n{i}  t\n\n{i} u'", '"s\n{i}  t \\\n{i}   u\n\n{i} v"'),
    *("!!str 1", "!!str", "!!float 1", "!!int 0b1", "!!null", "!!bool on", "!!str\n{i} x", "!!map {a: b}"),
    *("&a v", "*a", "&b\n{i} x: y", "&b [x]", "*b", "!!seq [a]", "!!int 1e3", "!!null ''", "&a !!str 1"),
    *("é\u2028 x", "日本 x", "\U0001f600", '"\\u00e9\\U0001F600"', '"\\e\\0\\a\\b\\v\\f\\r\\N\\_\\L\\P\\ "'),
    *("0o7_7", "1_0", "+.5", ".5_0", "012", "1e3", "12:30", "2024-01-01", "9e99", "0.1", "1e-7", "+12e03"),
)


def scalars(chosen: random.Random, count: int) -> list[str]:
    """Plain scalars that look like numbers and words, ``count`` of each sort."""
    found = [
        "".join(chosen.choices(alphabet, k=chosen.randint(1, length)))
        for alphabet, length in SCALAR_ALPHABETS
        for _ in range(count)
    ]
    for prefix, alphabet, length in BASED:
        found += [
            prefix + "".join(chosen.choices(alphabet, k=chosen.randint(1, length))) for _ in range(count // 4)
        ]
    return [text for text in found if not text.startswith((":", "---", "...")) and not text.endswith(":")]


def value(chosen: random.Random, indentation: str = "  ", depth: int = 0) -> str:
    """The YAML of a value that stands behind a key, up to its line's end."""
    sort = chosen.random()
    if depth < 3 and sort < 0.35:
        pairs = (_pair(chosen, indentation, number, depth) for number in range(chosen.randint(1, 3)))
        return "\n" + "".join(pairs)
    if depth < 3 and sort < 0.55:
        items = (
            f"{indentation}-{chosen.choice((' ', ' ', '  ', chr(9), ''))}"
            + value(chosen, indentation + "  ", depth + 1)
            for _ in range(chosen.randint(1, 3))
        )
        return "\n" + "".join(items)
    text = chosen.choice(_VALUES).replace("{i}", indentation)
    return text if text.endswith("\n") else text + chosen.choice(_ENDS)


def _pair(chosen: random.Random, indentation: str, number: int, depth: int) -> str:
    key = chosen.choice(_KEYS) + (str(number) if chosen.random() < 0.9 else "")
    inner = indentation + chosen.choice(("  ", " ", "   "))
    return f"{indentation}{key}{chosen.choice(_COLONS)} {value(chosen, inner, depth + 1)}"
