from __future__ import annotations

from typing import Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from onestack.local.serving.codec import SECRET, SIGNATURE, UNKNOWNS, Secret, Unknown, decode, encode

STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
KEYS = st.text().filter(lambda key: key != SIGNATURE)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS.filter(lambda value: value not in UNKNOWNS),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.builds(Secret, inner),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, VALUES))
def test_what_is_encoded_decodes_to_itself(value: dict[str, Any]) -> None:
    assert decode(encode(value)) == value


def test_whole_numbers_are_integers_and_booleans_stay_booleans() -> None:
    struct = Struct()
    struct.update({"replicas": 3, "ratio": 0.5, "on": True})

    decoded = decode(struct)

    assert decoded == {"replicas": 3, "ratio": 0.5, "on": True}
    assert [type(decoded[key]) for key in ("replicas", "ratio", "on")] == [int, float, bool]


def test_secrets_have_pulumis_form_and_are_not_shown() -> None:
    encoded = encode({"data": Secret({"password": "hunter2"})})

    assert json_format.MessageToDict(encoded) == {
        "data": {SIGNATURE: SECRET, "value": {"password": "hunter2"}}
    }
    assert "hunter2" not in repr(decode(encoded))


def test_unknowns_keep_their_token() -> None:
    decoded = decode(encode({"uid": Unknown(STRING)}))

    assert decoded == {"uid": Unknown(STRING)}
    assert encode(decoded).fields["uid"].string_value == STRING


def test_empty_mappings_and_lists_are_not_null() -> None:
    assert decode(encode({"a": {}, "b": [], "c": None})) == {"a": {}, "b": [], "c": None}
