from __future__ import annotations

from typing import Any

from onestack.local.kubernetes.managed_fields import adopted, without_ignored


def entry(manager: str, operation: str, **fields: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": {f"f:{k}": v for k, v in fields.items()}}


def test_the_creators_entry_becomes_the_managers() -> None:
    created = entry("pulumi-kubernetes", "Update", data={})

    assert adopted([created], "mine") == [entry("mine", "Apply", data={})]


def test_entries_are_merged_into_an_existing_one() -> None:
    entries = [
        entry("mine", "Apply", data={"f:a": {}}),
        entry("kubectl-edit", "Update", data={"f:b": {}}),
        entry("controller", "Update", spec={}),
    ]

    assert adopted(entries, "mine") == [
        entry("controller", "Update", spec={}),
        entry("mine", "Apply", data={"f:a": {}, "f:b": {}}),
    ]


def test_others_and_subresources_are_left_alone() -> None:
    status = {**entry("pulumi-kubernetes", "Update", status={}), "subresource": "status"}

    assert adopted([entry("controller", "Update", spec={}), status], "mine") is None


def test_an_ignored_field_of_others_is_not_sent_and_one_of_ours_as_it_is() -> None:
    live = {
        "data": {"theirs": "t", "ours": "o"},
        "metadata": {
            "managedFields": [
                entry("mine", "Apply", data={"f:ours": {}}),
                entry("other", "Apply", data={"f:theirs": {}}),
            ]
        },
    }
    inputs = {"data": {"theirs": "x", "ours": "x", "new": "x"}}

    sent = without_ignored(inputs, live, "mine", [("data", "theirs"), ("data", "ours")])

    assert sent == {"data": {"ours": "o", "new": "x"}}
    assert inputs == {"data": {"theirs": "x", "ours": "x", "new": "x"}}
