"""Results as text and as documents."""

import io
import subprocess

from rich.console import Console
from rich.table import Table

from onestack import tables
from onestack.chart_tests import Ended
from onestack.engine import Outcome, Step
from onestack.health import Verdict
from onestack.manifests.manifest import Location, Manifest
from onestack.wait import ObjectRef, WaitReport
from onestack.wait import Outcome as Waited


def manifest(application: str, name: str) -> Manifest:
    """A ConfigMap of an application."""
    return Manifest(application, "v1", "ConfigMap", name, "shop", {}, Location("f", 1, 1))


def waited(name: str, verdict: Verdict) -> Waited:
    """An outcome for it."""
    return Waited(ObjectRef("v1", "ConfigMap", "shop", name), verdict)


def printed(table: Table) -> list[list[str]]:
    """A table's rows as words."""
    text = io.StringIO()
    Console(file=text, width=160).print(table)
    return [line.split() for line in text.getvalue().splitlines()]


MANIFESTS = (manifest("shop", "a"), manifest("shop", "b"), manifest("tools", "c"))
REPORT = WaitReport(
    (
        waited("a", Verdict("ready", "")),
        waited("b", Verdict("failed", "no")),
        waited("c", Verdict("ready", "")),
    ),
    1.0,
)


def test_each_application_is_a_row_of_counts() -> None:
    rows = printed(tables.applications(MANIFESTS, REPORT))
    assert rows[1:] == [["shop", "2", "1", "0", "0", "1"], ["tools", "1", "1", "0", "0", "0"]]


def test_readiness_as_a_document_names_what_is_not() -> None:
    document = tables.readiness_document(MANIFESTS, REPORT)
    assert document["ready"] is False
    assert document["applications"] == {"shop": {"ready": 1, "failed": 1}, "tools": {"ready": 1}}
    assert document["notReady"] == ["ConfigMap shop/b: no"]


def test_an_outcome_is_counted_and_names_its_fields() -> None:
    step = Step("started", "update", "u::shop/a", "x:Deployment", ("spec.replicas",))
    outcome = Outcome(changes={"same": 3, "update": 1}, steps=(step,), warnings=())
    assert tables.counted(outcome) == "3 unchanged, 1 updated"
    assert tables.counted(outcome, planned=True) == "3 unchanged, 1 to update"
    assert tables.counted(Outcome({"same": 3}, (), ())) == "nothing changed"
    assert tables.outcome_document(outcome)["steps"][0]["fields"] == ["spec.replicas"]


def test_exports_survive_a_shell_whatever_they_hold() -> None:
    text = tables.exports({"A": "it's $HOME `id`"}, ["/a b/bin", "/c"])
    done = subprocess.run(
        ["/bin/sh", "-ec", f'{text}\nprintf "%s\\n%s" "$A" "$PATH"'],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["it's $HOME `id`", "/a b/bin:/c:/usr/bin:/bin"]


def test_only_what_became_of_a_resource_is_counted() -> None:
    counts = {"same": 1, "replace": 1, "delete-replaced": 1, "create-replacement": 1, "refresh": 2, "read": 1}
    outcome = Outcome(counts, (), ())
    assert tables.outcome_document(outcome)["changes"] == {"replace": 1, "same": 1}
    assert tables.counted(outcome) == "1 replaced, 1 unchanged"
    assert tables.counted(Outcome({"same": 1, "refresh": 2}, (), ())) == "nothing changed"


def test_only_the_embedded_platform_is_told_of_make() -> None:
    embedded = "\n".join(tables.next_steps("https://s", "local", "embedded"))
    other = "\n".join(tables.next_steps("https://s", "dev", "kubeconfig"))
    assert "make up" in embedded
    assert "make down" in embedded
    assert "make " not in other
    assert "onestack destroy dev" in other


def test_next_steps_are_for_newcomers() -> None:
    first, later = Outcome({"create": 8}, (), ()), Outcome({"create": 1, "same": 8}, (), ())
    assert tables.newcomer(first, "gcp", watched=False)
    assert tables.newcomer(later, "embedded", watched=True)
    assert not tables.newcomer(later, "embedded", watched=False)
    assert not tables.newcomer(later, "kubeconfig", watched=True)
    assert not tables.newcomer(Outcome({"same": 8}, (), ()), "gcp", watched=False)


def test_chart_tests_are_told_one_by_one_and_what_they_only_use_is_not() -> None:
    job = Manifest("shop", "batch/v1", "Job", "load", "shop", {}, Location("f", 1, 1))
    ended = (
        Ended(manifest("shop", "data"), "passed", "created"),
        Ended(job, "failed", "no", seconds=1.26),
        Ended(manifest("shop", "worse"), "failed", "could not be created"),
    )
    assert list(tables.tests(ended)) == [
        "test shop: Job shop/load: failed: no",
        "test shop: ConfigMap shop/worse: failed: could not be created",
        "2 chart tests: 2 failed",
    ]
    assert tables.tests_document(ended)["tests"][0] == {
        "application": "shop",
        "object": "Job shop/load",
        "state": "failed",
        "message": "no",
        "seconds": 1.3,
    }
    assert list(tables.tests(())) == []
