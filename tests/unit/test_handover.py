"""What a run hands to its program arrives as it was sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from onestack import handover
from onestack.handover import Handover
from onestack.inventory import Inventory
from onestack.manifests.record import Found
from onestack.manifests.reference import ObjectRef
from onestack.manifests.registration import Registration

URN = "urn:pulumi:test::onestack::kubernetes:core/v1:Secret::shop/filled"


def handed(**changes: Any) -> Handover:
    """Everything that can be handed over, all of it said."""
    body = {"apiVersion": "v1", "kind": "Secret", "stringData": {"url": "db://${secrets:password}@db"}}
    registration = Registration(URN, "token", "shop/filled", body, ("needed",), ("alias",), 60.0)
    content: dict[str, Any] = {
        "before": (registration,),
        "after": (Registration("urn", "token", "name", {"data": None}),),
        "awaited": (
            ObjectRef("batch/v1", "Job", "shop", "once", may_vanish=True),
            ObjectRef("v1", "Namespace", None, "shop"),
        ),
        "digest": "d",
        "objects": 2,
    } | changes
    return Handover(
        Inventory(**content),
        Found(namespace={"metadata": {"name": "n"}}, record=None),
        waits=False,
        adopting=True,
        keeping="provider-id",
        cluster="which",
    )


def sent(folder: Path, what: Handover, patch: pytest.MonkeyPatch) -> Handover | None:
    """What a program reads of it."""
    patch.setenv(handover.VARIABLE, str(handover.write(folder, what)))
    return handover.given()


def test_everything_arrives_placeholders_unfilled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    what = handed()
    arrived = sent(tmp_path, what, monkeypatch)
    assert arrived == what
    assert arrived is not None
    # Equal references may differ in this: it isn't compared.
    assert [one.may_vanish for one in arrived.inventory.awaited] == [True, False]


def test_a_program_that_was_handed_nothing_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(handover.VARIABLE, raising=False)
    assert handover.given() is None


def test_that_a_part_is_not_enough_is_told_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(tmp_path, handed(), monkeypatch)
    assert not handover.asked_for_all(tmp_path)
    handover.ask_for_all()
    assert handover.asked_for_all(tmp_path)


texts = st.text(st.characters(codec="utf-8"))
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    plain | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20
)


@settings(deadline=None)  # it writes and reads a file
@given_by(st.dictionaries(texts, values))
def test_any_object_arrives_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory, body: dict[str, Any]
) -> None:
    what = handed(before=(Registration(URN, "token", "name", body),))
    with pytest.MonkeyPatch.context() as patch:
        arrived = sent(tmp_path_factory.getbasetemp(), what, patch)
    assert arrived is not None
    assert repr(arrived.inventory.before[0].body) == repr(body)
    assert handover.VARIABLE not in os.environ
