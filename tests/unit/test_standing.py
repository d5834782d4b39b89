"""Declared, held and there: what a dead run left follows from the three."""

from dataclasses import replace
from typing import Any

from onestack.manifests.manifest import Identity, Location, Manifest
from onestack.standing import Standing, identities


def config_map(name: str) -> Identity:
    """The identity of a ConfigMap."""
    return Identity("", "ConfigMap", "shop", name)


def manifest(name: str, kind: str = "ConfigMap", **spec: Any) -> Manifest:
    """A manifest in the same namespace."""
    api_version = "batch/v1" if kind == "Job" else "v1"
    body = {"apiVersion": api_version, "kind": kind, "spec": spec}
    return Manifest("shop", api_version, kind, name, "shop", body, Location("f.yaml", 1, 1))


def test_resources_of_the_state_are_objects_and_others_are_left_out() -> None:
    found = identities(
        [
            "kubernetes:core/v1:ConfigMap::shop/a",
            "kubernetes:apps/v1:Deployment::shop/web",
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::reader",
            "pulumi:providers:kubernetes::cluster",
            "pulumi:pulumi:Stack::onestack-test",
        ]
    )
    assert found == {
        config_map("a"),
        Identity("apps", "Deployment", "shop", "web"),
        Identity("rbac.authorization.k8s.io", "ClusterRole", None, "reader"),
    }


def test_what_is_there_but_not_held_is_taken_over_or_a_stray() -> None:
    standing = Standing(
        live={config_map(name): {} for name in ("held", "declared", "stray")},
        held=frozenset({config_map("held")}),
        declared=(manifest("held"), manifest("declared"), manifest("new")),
    )
    assert [one.name for one in standing.unheld] == ["declared"]
    assert standing.strays == (config_map("stray"),)
    assert standing.missing == ()


def test_what_is_held_and_declared_but_gone_is_missing_and_what_is_dropped_is_not() -> None:
    standing = Standing(
        live={}, held=frozenset({config_map("gone"), config_map("dropped")}), declared=(manifest("gone"),)
    )
    assert standing.missing == (config_map("gone"),)


def test_a_finished_job_that_its_ttl_removed_is_not_missing() -> None:
    job = manifest("migrate", kind="Job", ttlSecondsAfterFinished=3)
    standing = Standing(live={}, held=frozenset({job.identity}), declared=(job,))
    assert standing.missing == ()


def test_a_job_that_failed_before_its_ttl_removed_it_is_missing() -> None:
    job = manifest("migrate", kind="Job", ttlSecondsAfterFinished=3)
    held = frozenset({job.identity})
    standing = Standing(live={}, held=held, declared=(job,), unfinished=held)
    assert standing.missing == (job.identity,)
    assert Standing(live={job.identity: {}}, held=held, declared=(job,), unfinished=held).missing == ()


def test_hooks_of_a_dead_run_are_not_taken_over_but_run_again() -> None:
    job = manifest("migrate", kind="Job")
    pod = manifest("check", kind="Pod")
    settings = manifest("settings")
    hooks = [
        replace(one, body={**one.body, "metadata": {"annotations": {"helm.sh/hook": "pre-install"}}})
        for one in (job, pod, settings)
    ]
    live: dict[Identity, dict[str, Any]] = {one.identity: {} for one in hooks}
    standing = Standing(live=live, held=frozenset(), declared=tuple(hooks))
    assert standing.interrupted == (job.identity, pod.identity)
    assert [one.name for one in standing.unheld] == ["settings"]
    assert Standing(live=live, held=frozenset(), declared=(job, pod)).interrupted == ()
    assert Standing(live=live, held=frozenset(live), declared=tuple(hooks)).interrupted == ()
