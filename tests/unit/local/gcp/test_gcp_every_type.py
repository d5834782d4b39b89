"""Every type of the table by one sample: what it requires, computes, replaces, refuses and leaves behind."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onestack.errors import GoogleRefused, NotSimulated
from onestack.local.gcp.check import DEFAULTS, Naming, check
from onestack.local.gcp.diff import diff
from onestack.local.gcp.fill import planned
from onestack.local.gcp.inputs import extracted
from onestack.local.gcp.table import Field, Type, all_types, inputs_of, type_of
from onestack.local.serving.codec import UNKNOWN
from tests.unit.local.gcp.simulated import PROJECT, SAMPLES, SERVICE, World

TYPES = all_types()
IDS = [known.token for known in TYPES]
every_type = pytest.mark.parametrize("known", TYPES, ids=IDS)


def test_there_is_a_sample_of_each_type_and_no_type_more_than_is_used() -> None:
    assert set(IDS) == set(SAMPLES)
    assert len(IDS) == 19


@every_type
def test_each_type_says_where_it_is_documented(known: Type) -> None:
    pulumi, terraform = known.docs
    assert pulumi.startswith("https://www.pulumi.com/registry/packages/gcp/api-docs/")
    assert terraform.startswith(
        "https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/"
    )


@every_type
def test_each_required_input_is_missed(known: Type) -> None:
    required = [
        name
        for name, one in known.fields.items()
        if one.required and not (known.auto_name and name == "name")
    ]
    for name in required:
        given = {key: value for key, value in SAMPLES[known.token].items() if key != name}
        _, (failure,) = check(known, given, {}, Naming("x"))
        assert failure.path == name
        assert f'The argument "{name}" is required, but no definition was found' in failure.reason
        assert failure.reason.endswith(f"Examine values at 'x.{name}'.")


@every_type
def test_an_unknown_input_is_refused_and_an_unknown_value_passes(known: Type) -> None:
    _, failures = check(known, {**SAMPLES[known.token], "colour": "red"}, {}, Naming("x"))
    assert [one.path for one in failures] == ["colour"]
    assert 'An argument named "colour" is not expected here' in failures[0].reason
    unknown = dict.fromkeys(SAMPLES[known.token], UNKNOWN)
    inputs, failures = check(known, unknown, {}, Naming("x"))
    assert not failures
    assert {inputs[name] for name in unknown} == {UNKNOWN}


@every_type
def test_what_was_made_is_what_is_read_and_declaring_it_again_changes_nothing(
    known: Type, world: World
) -> None:
    made = world.make_all()[known.token]
    resource_id, state = made
    now = world.read(known.token, resource_id)
    assert now is not None
    moving = {"etag", "fingerprint", "labelFingerprint"}
    assert {k: v for k, v in now.items() if k not in moving} == {
        k: v for k, v in state.items() if k not in moving
    }
    inputs = world.inputs(known.token)
    assert diff(known, now, inputs).changes == ()
    read = extracted(known, now, inputs)
    assert {key: value for key, value in read.items() if key != DEFAULTS} == {
        key: value for key, value in inputs.items() if key != DEFAULTS
    }


@every_type
def test_a_change_of_each_input_replaces_or_updates_as_the_table_says(known: Type, world: World) -> None:
    inputs = world.inputs(known.token)
    state = planned(known, inputs, {}, PROJECT)
    for name, one in known.fields.items():
        before = inputs.get(name)
        if one.output or not isinstance(before, str | bool | int) or name == known.grows:
            continue
        changed = {**inputs, name: not before if isinstance(before, bool) else f"{before}9"}
        verdict = diff(known, state, changed)
        assert [change.path for change in verdict.changes] == [(name,)], name
        assert bool(verdict.replaces) is one.replaces, name
        assert (name in inputs_of(known, replacing=True)) is one.replaces


@every_type
def test_a_preview_leaves_open_what_only_google_knows(known: Type, world: World) -> None:
    inputs = world.inputs(known.token)
    shown = planned(known, inputs, {}, PROJECT)
    for name, one in known.fields.items():
        if one.output and name not in {"pulumiLabels", "effectiveLabels"}:
            assert shown[name] is UNKNOWN, name
    for name in SAMPLES[known.token]:
        assert name in shown
    if "project" in known.fields:
        assert shown["project"] == PROJECT


@every_type
def test_every_output_of_a_template_has_a_value_of_its_kind(known: Type, world: World) -> None:
    _, state = world.make_all()[known.token]
    for name in known.outputs:
        assert_kind(known.fields[name], state[name])
        assert not re.search(r"\{[a-z]", str(state[name]))


def assert_kind(one: Field, value: Any) -> None:
    kinds = {"string": str, "integer": int, "boolean": bool, "map": dict, "object": dict}
    assert isinstance(value, kinds.get(one.kind, list)), (one, value)


@every_type
def test_without_its_api_nothing_is_made(known: Type, world: World) -> None:
    if known.needs == "serviceusage.googleapis.com":
        world.make(known.token)
        return
    with pytest.raises(GoogleRefused, match="has not been used in project") as refused:
        world.make(known.token)
    assert "before or it is disabled. Enable it by visiting" in str(refused.value)
    assert "SERVICE_DISABLED" in str(refused.value)
    assert refused.value.code == 403
    assert world.project.resources == {}


@every_type
def test_what_exists_is_not_made_again_or_adopted(known: Type, world: World) -> None:
    resource_id, _ = world.make_all()[known.token]
    if known.adopts:
        assert world.make(known.token)[0] == resource_id
    else:
        with pytest.raises(GoogleRefused, match=r"[Aa]lready exists") as refused:
            world.make(known.token)
        assert refused.value.code == 409


def test_deleting_in_reverse_leaves_what_google_keeps(world: World) -> None:
    made = world.make_all()
    for token, (resource_id, _) in reversed(made.items()):
        world.delete(token, resource_id)
    left = {record.type for record in world.project.resources.values() if record.type != SERVICE}
    assert left == {known.token for known in TYPES if known.remains}


def test_a_type_that_is_not_in_the_table_names_the_official_plugin() -> None:
    for token in ("gcp:storage/bucket:Bucket", "gcp:compute/instance:Instance", "gcp:../x:Y", "random:x/y:Z"):
        with pytest.raises(NotSimulated, match="pulumi plugin install resource gcp") as failure:
            type_of(token)
        assert token in str(failure.value)
