from __future__ import annotations

import pytest

from onestack.local.kubernetes.quantity import canonical


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("100m", "100m"),
        ("1000", "1k"),
        ("1024", "1024"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("1e3", "1e3"),
        ("1500", "1500"),
        ("0Gi", "0"),
        ("1.0", "1"),
        ("0.1n", "1n"),
        ("-5m", "-5m"),
        ("100G", "100G"),
    ],
)
def test_quantities_have_one_form(written: str, printed: str) -> None:
    assert canonical(written) == printed


@pytest.mark.parametrize("written", ["", "x", "1 Gi", "1gi", "--1", "1.2.3"])
def test_what_is_no_quantity_has_no_form(written: str) -> None:
    assert canonical(written) is None
