"""Hooks: which phase their annotations mean, what is wrong with them, and when their Jobs run again."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.manifests.hooks import (
    RUN,
    Hook,
    Phase,
    hook,
    hook_problems,
    run_digest,
    split,
    stamped,
    with_runs,
)
from onestack.manifests.manifest import Location, Manifest

EVERY = (
    "pre-install",
    "post-install",
    "pre-upgrade",
    "post-upgrade",
    "pre-delete",
    "post-delete",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
    "crd-install",
)


def made(
    name: str = "a",
    events: str | None = None,
    weight: str | None = None,
    application: str = "app",
    **body: Any,
) -> Manifest:
    annotations = {"helm.sh/hook": events, "helm.sh/hook-weight": weight}
    metadata = {
        "name": name,
        "annotations": {key: held for key, held in annotations.items() if held is not None},
    }
    whole = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, **body}
    group_version, kind = whole["apiVersion"], whole["kind"]
    return Manifest(application, group_version, kind, name, "web", whole, Location("x.yaml", 0, 0))


def job(name: str = "a", events: str | None = "pre-install,pre-upgrade", **template: Any) -> Manifest:
    return made(name, events, spec={"template": template or {"spec": {}}})


def run_of(manifest: Manifest) -> str | None:
    annotations = manifest.body["spec"]["template"].get("metadata", {}).get("annotations", {})
    return annotations.get(RUN)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("events", "phase", "once"),
    [
        ("pre-install", Phase.BEFORE, True),
        ("pre-upgrade", Phase.BEFORE, False),
        ("pre-install,pre-upgrade", Phase.BEFORE, False),
        (" Pre-Install , PRE-UPGRADE ", Phase.BEFORE, False),
        ("pre-install,post-install", Phase.BEFORE, True),
        ("pre-install,post-upgrade", Phase.BEFORE, False),
        ("pre-install,test", Phase.BEFORE, True),
        ("pre-install,pre-delete", Phase.BEFORE, True),
        ("pre-install,crd-install", Phase.BEFORE, True),
        ("post-install", Phase.AFTER, True),
        ("post-upgrade", Phase.AFTER, False),
        ("post-install,pre-upgrade", Phase.AFTER, False),
        ("pre-upgrade,post-upgrade", Phase.AFTER, False),
        ("post-install,test", Phase.AFTER, True),
        ("test", Phase.TEST, True),
        ("test-success,post-delete", Phase.TEST, True),
        ("pre-delete", Phase.UNSUPPORTED, True),
        ("post-rollback,pre-rollback,post-delete", Phase.UNSUPPORTED, True),
    ],
)
def test_events_mean_a_phase(events: str, phase: Phase, once: bool) -> None:
    its = hook(made(events=events, weight="-5"))
    assert its == Hook(phase, -5, frozenset(event.strip().lower() for event in events.split(",")), once)


@pytest.mark.parametrize("events", [None, "crd-install"])
def test_what_is_no_hook(events: str | None) -> None:
    assert hook(made(events=events, weight="1")) is None
    assert hook_problems([made(events=events, weight="1")]) == ()


def test_a_weight_without_a_hook_means_nothing() -> None:
    assert hook_problems([made(weight="heavy")]) == ()


@pytest.mark.parametrize(
    "events", ["", "pre-instal", "pre-install,", "test-failure", "pre-install post-install"]
)
def test_unknown_events_are_problems_and_no_hooks(events: str) -> None:
    manifest = made(events=events)
    (problem,) = hook_problems([manifest])
    unknown = events.rsplit(",", maxsplit=1)[-1]
    assert (
        problem.what
        == f"Job web/a metadata.annotations.helm.sh/hook: '{unknown}' in helm.sh/hook is no event"
    )
    assert problem.expected == f"write one or more of {', '.join(sorted(EVERY))}"
    assert hook(manifest) is None


@pytest.mark.parametrize("weight", ["", "heavy", "1.5", "1 ", "0x1", "1" * 10, "--1", "\uff11"])
def test_a_weight_is_a_whole_number(weight: str) -> None:
    manifest = made(events="test", weight=weight)
    (problem,) = hook_problems([manifest])
    assert f"'{weight}' in helm.sh/hook-weight is no weight" in problem.what
    assert problem.expected == 'write a whole number in quotes, such as "-5"'
    assert hook(manifest) is None


@given(st.sets(st.sampled_from(EVERY), min_size=1))
def test_every_set_of_events_has_a_phase(events: set[str]) -> None:
    manifest = made(events=",".join(events))
    its = hook(manifest)
    assert hook_problems([manifest]) == ()
    assert (its is None) == (events == {"crd-install"})


def test_hooks_stand_in_the_order_they_run_in() -> None:
    given_ones = [
        made("d", "pre-install", "0"),
        made("c", "pre-upgrade"),
        made("main-2"),
        made("b", "pre-install", "10"),
        made("a", "pre-install", "9"),
        made("e", "pre-install", "-1"),
        made("after", "post-install"),
        made("main-1"),
        made("test", "test"),
        made("never", "pre-delete"),
    ]
    for shuffled in itertools.islice(itertools.permutations(given_ones), 0, 3_000_000, 300_000):
        parts = split(shuffled)
        assert [manifest.name for manifest in parts.before] == ["e", "c", "d", "a", "b"]
        assert [manifest.name for manifest in parts.main] == [
            manifest.name for manifest in shuffled if manifest.name.startswith("main")
        ]
        rest = (parts.after, parts.tests, parts.unsupported)
        assert [[manifest.name for manifest in part] for part in rest] == [["after"], ["test"], ["never"]]
        assert parts.applied == (*parts.before, *parts.main, *parts.after)


def test_a_job_runs_again_when_its_application_changes() -> None:
    main, other = made("main", spec={"x": 1}), made("other", application="other", spec={"x": 1})
    hooks = [job(), job("after", "post-upgrade")]
    first = with_runs([*hooks, main, other])
    assert len({run_of(manifest) for manifest in first[:2]}) == 1
    assert run_of(first[0])
    assert first[2:] == (main, other)
    again = with_runs([other, main, *reversed(hooks)])
    assert sorted(again, key=lambda m: m.identity) == sorted(first, key=lambda m: m.identity)
    changed = replace(main, body={**main.body, "spec": {"x": 2}})
    assert run_of(with_runs([*hooks, changed, other])[0]) != run_of(first[0])
    elsewhere = replace(other, body={**other.body, "spec": {"x": 2}})
    assert with_runs([*hooks, main, elsewhere])[:3] == first[:3]


@pytest.mark.parametrize("events", ["pre-install", "post-install", "test", "pre-delete", None])
def test_other_jobs_get_no_digest(events: str | None) -> None:
    manifests = (job(events=events), made("main"))
    assert with_runs(manifests) == manifests


def test_tests_change_no_digest() -> None:
    assert run_digest([made("a"), made("t", "test"), made("n", "pre-delete")]) == run_digest([made("a")])


def test_a_digest_leaves_what_is_written_on_the_pods() -> None:
    manifest = job(metadata={"labels": {"a": "b"}, "annotations": {"c": "d"}}, spec={"e": "f"})
    template = stamped(manifest, "0123").body["spec"]["template"]
    assert template == {
        "metadata": {"labels": {"a": "b"}, "annotations": {"c": "d", RUN: "0123"}},
        "spec": {"e": "f"},
    }
    assert manifest == job(metadata={"labels": {"a": "b"}, "annotations": {"c": "d"}}, spec={"e": "f"})


@pytest.mark.parametrize("spec", [None, {}, {"template": None}, {"template": 5}, 5])
def test_a_malformed_job_is_left_to_the_schemas(spec: Any) -> None:
    manifest = made(events="pre-upgrade", spec=spec)
    assert stamped(manifest, "0123") == manifest


@pytest.mark.parametrize("metadata", [5, {"annotations": 5}])
def test_malformed_metadata_of_pods_is_left_to_the_schemas(metadata: Any) -> None:
    manifest = job(metadata=metadata)
    assert stamped(manifest, "0123") == manifest
