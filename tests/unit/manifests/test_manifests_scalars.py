"""Plain scalars mean what they mean to kubectl; tests/e2e/test_manifests_kubectl.py asks the real binary."""

from __future__ import annotations

import pytest

from onestack.manifests.scalars import Scalar, Unheld, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, True) for word in ("y", "Y", "yes", "YES", "true", "True", "on", "ON")),
        *((word, False) for word in ("n", "N", "no", "No", "false", "FALSE", "off", "Off")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, word) for word in ("yEs", "nULL", "tRue", "oN", "~~", "Infinity", "NaN", "nan")),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("0644", 420),
        ("0o17", 15),
        ("0O17", 15),
        ("00", 0),
        ("08", 8),
        ("0x1F", 31),
        ("-0x1f", -31),
        ("0b101", 5),
        ("-0b101", -5),
        ("0b-101", -5),
        ("1_000", 1000),
        ("1__0_", 10),
        ("_1", "_1"),
        ("0o8", "0o8"),
        ("0x", "0x"),
        ("0b2", "0b2"),
        ("0xffffffffffffffffff", "0xffffffffffffffffff"),
        ("12:30:00", "12:30:00"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("1.10", 1.1),
        ("1.0", 1),
        ("1.", 1),
        ("1e3", 1000),
        ("1e21", 1e21),
        ("-1.5E-3", -0.0015),
        (".5", 0.5),
        ("-.5", -0.5),
        (".1_0", 0.1),
        ("._1", "._1"),
        (".", "."),
        ("1e400", "1e400"),
        ("1e", "1e"),
        ("1.2.3", "1.2.3"),
        ("+", "+"),
        ("-", "-"),
        ("=", "="),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("\u0661", "\u0661"),
    ],
)
def test_a_plain_scalar_means_what_kubectl_takes_it_for(text: str, value: Scalar) -> None:
    found = resolve(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        *(".inf", "-.Inf", "+.INF", ".nan", ".NaN"),
        *("9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "9" * 5000),
        *("0xffffffffffffffff", "01777777777777777777777"),
    ],
)
def test_a_number_that_would_be_rounded_or_can_not_be_said_is_refused(text: str) -> None:
    with pytest.raises(Unheld):
        resolve(text)
