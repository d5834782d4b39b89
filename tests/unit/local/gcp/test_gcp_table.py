"""The table against the SDK that programs are written with."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from onestack.local.gcp.table import Type, all_types, inputs_of, type_of
from tests.unit.local.gcp.simulated import NETWORK, POOL, SUBNETWORK

every_type = pytest.mark.parametrize("known", all_types(), ids=lambda known: known.token)


def sdk_names(known: Type) -> tuple[set[str], set[str]]:
    """The inputs and all properties of a type in the SDK, in Python's names; read, not imported."""
    spec = importlib.util.find_spec("pulumi_gcp")
    assert spec
    assert spec.origin
    module, name = known.token.split(":")[1:]
    for file in (Path(spec.origin).parent / module.partition("/")[0]).glob("*.py"):
        text = file.read_text(encoding="utf-8")
        if f"class {name}Args:" in text:
            found = [
                set(
                    re.findall(
                        r"^ +(\w+): pulumi.Input",
                        text.split(f"class {part}:")[1].split('"""')[0],
                        re.MULTILINE,
                    )
                )
                for part in (f"{name}Args", f"_{name}State")
            ]
            return found[0], found[1]
    raise AssertionError(known.token)


def snake(name: str) -> str:
    return re.sub("([A-Z])", lambda letter: f"_{letter[1].lower()}", name)


@every_type
def test_every_property_is_one_of_the_sdk(known: Type) -> None:
    inputs, properties = sdk_names(known)
    assert {snake(name) for name in known.fields} <= properties
    assert {snake(name) for name, one in known.fields.items() if not one.output} <= inputs


@every_type
def test_what_the_table_says_of_a_type_is_of_its_own_fields(known: Type) -> None:
    named = {
        *known.outputs,
        *known.only_on,
        *known.exactly_one,
        *(one.field.split("[")[0] for one in known.refers),
    }
    named |= {name for name in (known.place, known.grows, known.labels) if name}
    named |= {hole.removeprefix("last of ") for hole in re.findall(r"\{([^}]+)\}", known.id)}
    assert {name.partition(".")[0] for name in named} <= known.fields.keys()
    for reference in known.refers:
        assert type_of(reference.to)


def test_a_program_can_ask_what_replaces() -> None:
    assert inputs_of(type_of(NETWORK), replacing=True) == {
        "name",
        "project",
        "autoCreateSubnetworks",
        "description",
        "internalIpv6Range",
        "networkProfile",
        "params",
        "params.resourceManagerTags",
    }
    updated = inputs_of(type_of(SUBNETWORK), replacing=False)
    assert {"ipCidrRange", "secondaryIpRanges", "logConfig.filterExpr", "privateIpGoogleAccess"} <= updated
    replacing = inputs_of(type_of(POOL), replacing=True)
    assert {"nodeConfig.spot", "nodeConfig.serviceAccount", "initialNodeCount", "cluster"} <= replacing
    assert not {"nodeConfig.machineType", "nodeConfig.labels", "nodeConfig.taints", "autoscaling"} & replacing
