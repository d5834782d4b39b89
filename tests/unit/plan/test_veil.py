"""No secret gets into a plan."""

from __future__ import annotations

import pytest

from onestack.masking import Mask
from onestack.plan import Missing
from onestack.plan.masked import masked
from onestack.plan.model import Risk
from onestack.plan.veil import veiled
from tests.unit.plan import made

MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
CONFIG = "kubernetes:core/v1:ConfigMap"
MASK = Mask(frozenset({b"hunter2-hunter2"}), frozenset({b"value"}))


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (MARK, Missing.HIDDEN),
        ("[secret]", Missing.HIDDEN),
        ("the key is hunter2-hunter2", Missing.HIDDEN),
        ("aHVudGVyMi1odW50ZXIy", Missing.HIDDEN),
        ("value", Missing.HIDDEN),
        ("a value of ours", "a value of ours"),
        (UNKNOWN, Missing.UNSEEN),
        (3, 3),
        (None, None),
        (True, True),
    ],
)
def test_what_is_secret_is_gone_and_the_rest_stays(held: object, told: object) -> None:
    inputs = {"spec": {"list": [{"here": held}], "beside": "plain"}}
    assert veiled(CONFIG, inputs, MASK) == {"spec": {"list": [{"here": told}], "beside": "plain"}}


def test_a_secrets_data_never_shows_its_keys_do() -> None:
    inputs = {"data": {"a": "x"}, "stringData": {"b": "y"}, "type": "Opaque"}
    assert veiled("kubernetes:core/v1:Secret", inputs, str) == {
        "data": {"a": Missing.HIDDEN},
        "stringData": {"b": Missing.HIDDEN},
        "type": "Opaque",
    }
    assert veiled("kubernetes:core/v1:Secret", {"data": MARK}, str) == {"data": Missing.HIDDEN}
    assert veiled(CONFIG, {"data": {"a": "x"}}, str) == {"data": {"a": "x"}}


def test_names_and_sentences_are_masked_too() -> None:
    plan = made.plan(
        made.planned("delete", "kubernetes:core/v1:PersistentVolumeClaim", "shop/hunter2-hunter2"),
        held=(made.resource(CONFIG, "shop/hunter2-hunter2"),),
        warnings=("said hunter2-hunter2",),
    )
    assert "hunter2" in repr(plan)
    hidden = masked(plan, MASK)
    assert "hunter2" not in repr(hidden)
    assert hidden.risks[0] == Risk(
        plan.risks[0].rule,
        "PersistentVolumeClaim shop/[secret]",
        plan.risks[0].text,
        plan.risks[0].urn.replace("hunter2-hunter2", "[secret]"),
    )
