"""Selectors, against the text of the API's documentation written down as plainly as can be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.manifests.manifest import Identity, Location, Manifest
from onestack.validation.pods import Pods, templates
from onestack.validation.selectors import Selector, equal, faults, selector

KEYS = st.sampled_from(["app", "tier", "release"])
VALUES = st.sampled_from(["", "a", "b", "c"])
LABELS = st.dictionaries(KEYS, VALUES)
EXPRESSIONS = st.one_of(
    st.fixed_dictionaries(
        {
            "key": KEYS,
            "operator": st.sampled_from(["In", "NotIn"]),
            "values": st.lists(VALUES, min_size=1, max_size=3),
        }
    ),
    st.fixed_dictionaries({"key": KEYS, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
)
SELECTORS = st.fixed_dictionaries(
    {}, optional={"matchLabels": LABELS, "matchExpressions": st.lists(EXPRESSIONS, max_size=3)}
)


def oracle(wanted: dict[str, Any], labels: dict[str, str]) -> bool:
    """What 'kubectl explain' says of each operator, one after the other."""
    for key, value in wanted.get("matchLabels", {}).items():
        if key not in labels or labels[key] != value:
            return False
    for one in wanted.get("matchExpressions", []):
        key = one["key"]
        if one["operator"] == "In" and not (key in labels and labels[key] in one["values"]):
            return False
        if one["operator"] == "NotIn" and key in labels and labels[key] in one["values"]:
            return False
        if one["operator"] == "Exists" and key not in labels:
            return False
        if one["operator"] == "DoesNotExist" and key in labels:
            return False
    return True


@given(SELECTORS, LABELS)
def test_a_selector_takes_what_the_api_says(wanted: dict[str, Any], labels: dict[str, str]) -> None:
    assert list(faults(wanted)) == []
    read = selector(wanted)
    assert read is not None
    assert read.matches(labels) is oracle(wanted, labels)


@given(SELECTORS, st.lists(st.tuples(st.sampled_from(["x", "y"]), LABELS), max_size=8))
def test_looking_quickly_finds_the_same_pods(
    wanted: dict[str, Any], pods: list[tuple[str, dict[str, str]]]
) -> None:
    manifests = [_pod(number, namespace, labels) for number, (namespace, labels) in enumerate(pods)]
    read = selector(wanted)
    assert read is not None
    for namespace in ("x", "y"):
        found = [one.manifest.name for one in Pods(manifests).selected(namespace, read)]
        assert found == [m.name for m, (its, labels) in zip(manifests, pods, strict=True)
                         if its == namespace and oracle(wanted, labels)]  # fmt: skip


@given(LABELS, LABELS)
def test_a_service_takes_what_has_all_its_labels(wanted: dict[str, str], labels: dict[str, str]) -> None:
    assert equal(wanted).matches(labels) is (wanted.items() <= labels.items())


def test_no_selector_selects_nothing_and_an_empty_one_everything() -> None:
    assert selector(None) is None
    assert selector({}) == Selector(frozenset())
    assert Selector(frozenset()).matches({"any": "thing"})


@pytest.mark.parametrize(
    ("kind", "key", "value", "taken"),
    [
        ("StatefulSet", "statefulset.kubernetes.io/pod-name", "one-0", True),
        ("StatefulSet", "statefulset.kubernetes.io/pod-name", "one-a", False),
        ("StatefulSet", "apps.kubernetes.io/pod-index", "3", True),
        ("Deployment", "pod-template-hash", "5d9c8", True),
        ("Deployment", "statefulset.kubernetes.io/pod-name", "one-0", False),
        ("DaemonSet", "controller-revision-hash", "5d9c8", True),
    ],
)
def test_labels_that_controllers_add_count_too(kind: str, key: str, value: str, taken: bool) -> None:
    (template,) = templates(_workload(kind))
    assert template.selected_by(equal({"app": "web", key: value})) is taken


def _pod(number: int, namespace: str, labels: dict[str, str]) -> Manifest:
    body = {"metadata": {"labels": labels}, "spec": {}}
    return Manifest("app", "v1", "Pod", f"pod-{number}", namespace, body, Location("it.yaml", 0, 0))


def _workload(kind: str) -> Manifest:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}}
    manifest = Manifest(
        "app", "apps/v1", kind, "one", "x", {"spec": {"template": template}}, Location("f", 0, 0)
    )
    assert manifest.identity == Identity("apps", kind, "x", "one")
    return manifest
