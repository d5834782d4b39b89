"""docs/json.md and what `--json` prints are the same, key by key and in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onestack import comparison, history, tables, trial
from onestack import plan as plans
from onestack.acceptance import Case, Results
from onestack.chart_tests import Ended
from onestack.cli.comment import _document as commented
from onestack.commenting import Commented, Status
from onestack.comparison.difference import Comparison, Thing, differences
from onestack.delivery import Deployment
from onestack.engine import Outcome, Step
from onestack.forge import Posted
from onestack.gates.verdict import Verdict
from onestack.gates.verdict import document as gates
from onestack.ledger import Approval, Begin, End, Ledger
from onestack.ledger import Results as Counted
from onestack.local.plane.status import ComponentStatus, PlaneStatus
from onestack.manifests.manifest import Location, Manifest
from onestack.records.folder import Folder
from onestack.revert import Revert
from onestack.revision import Revision
from onestack.rollout import About, Considered, Rollout
from onestack.rollout.rollback import Prepared
from onestack.rollout.table import document as rollout
from onestack.trial import Said, WayBack
from onestack.wait import WaitReport
from tests.unit.plan import made
from tests.unit.trial import trials

DOCS = Path(__file__).parents[2] / "docs"
JSON, PLANS = ((DOCS / name).read_text(encoding="utf-8") for name in ("json.md", "plan.md"))
KEY = re.compile(r'(?:[{,]|^)\s*"([a-z][A-Za-z]*)"', re.MULTILINE)
"""Words in quotes that begin an entry; those after a colon or a bar are values."""
NOW = datetime(2026, 11, 28, tzinfo=UTC)
TESTS = Results((Case("a", "passed"), Case("b", "failed", "no")))
REVISION = Revision("c" * 40, "d" * 40, "ada <a@b>", NOW, "A shop")
READY = WaitReport((), 1.0)
DONE = Outcome({}, (Step("done", "create", "urn::a", "a:b:C", fields=("x",)),), ("w",))


def keys(value: Any) -> Iterator[str]:
    """All keys of a document, at any depth."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            yield key
            yield from keys(held)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from keys(one)


def row(verb: str) -> str:
    """What the table says of a verb."""
    (found,) = re.findall(rf"^\| `onestack {re.escape(verb)}` \| (.+) \|$", JSON, re.MULTILINE)
    return str(found)


def section(title: str, text: str = JSON) -> str:
    """The block below a heading."""
    return text.partition(f"\n## {title}\n")[2].partition("```\n")[2].partition("\n```")[0]


def documented(text: str) -> set[str]:
    """The keys that a description names, those of what it refers to included."""
    found = set(KEY.findall(text))
    for word, what in (("ACCEPTANCE", "`ACCEPTANCE` is `"), ("[SAID]", "`SAID` is `")):
        if word in text:
            found |= set(KEY.findall(JSON.partition(what)[2].partition("`")[0]))
    return found


def _history(folder: Path) -> dict[str, Any]:
    ledger = Ledger(Folder(folder), "shop", "live")
    begin = Begin("deploy", "ada", "here", commit="c" * 40, approvals=(Approval("bob", "now", "there"),))
    ledger.end(ledger.begin(begin, lease=1), End("failed", error="no", tests=Counted(1, 1, 0), seconds=1.0))
    return history.document(history.history(Folder(folder), "shop", "live", limit=9, whole=True))


def _diff() -> dict[str, Any]:
    before = Thing(("a",), True, "Network", "Subnet", "a", {"x": 1, "gone": 1})
    after = Thing(("a",), True, "Network", "Subnet", "a", {"x": 2, "new": 1})
    found, same = differences((before,), (after,))
    return comparison.document(Comparison("a", "b", found, same))


def _verified() -> dict[str, Any]:
    job = Manifest("shop", "batch/v1", "Job", "load", "shop", {}, Location("f", 1, 1))
    ended = tables.tests_document([Ended(job, "failed", "no")])
    return tables.readiness_document((), READY) | ended | {"acceptance": TESTS.document()}


def _deployed() -> dict[str, Any]:
    about = About("shop", "live", "ada", REVISION)
    considered = Considered(about, verdicts=(Verdict("window", True, "always"),))
    done = Rollout(considered, Deployment(DONE, (), READY, 1.0), TESTS, 1)
    return tables.outcome_document(DONE) | tables.readiness_document((), READY) | rollout(done)


def _plane() -> dict[str, Any]:
    one = ComponentStatus("etcd", 1, 2, True, True, "", Path("log"))
    return tables.plane_document(PlaneStatus("running", (one,), "https://a", "1.36", Path(), Path(), NOW))


OUTCOME = documented(row("destroy"))
CHARTS = {"tests", "application", "object", "state"}
"""The tests of charts, which a deployment doesn't run."""
PREPARED = Prepared(
    Revert("b", "e" * 40, REVISION, REVISION, REVISION.tree), WayBack("lossy", (Said("a", "b"),))
)
COMMENTED = Commented(1, Posted("https://a", "created"), (Status("c" * 40, "x", "success", "y"),))
CASES: dict[str, tuple[set[str], Any]] = {
    "comment": (documented(row("comment STACK")), commented(COMMENTED)),
    "deploy": (
        OUTCOME | documented(row("verify")) - CHARTS | documented(row("deploy")),
        _deployed(),
    ),
    "destroy": (OUTCOME, tables.outcome_document(DONE)),
    "diff": (documented(section("onestack diff")), _diff()),
    "gates": (
        documented(section("onestack gates")),
        gates("live", [Verdict("window", False, "no", NOW)], NOW, plan=None),
    ),
    "local": (documented(row(r"local up\|down\|status\|reset")), _plane()),
    "rollback": (documented(row("rollback STACK")), PREPARED.document()),
    "trial": (
        documented(section("onestack trial")),
        [trial.document(one) for one in (trials.trial(), trials.failed())],
    ),
    "verify": (documented(row("verify")), _verified()),
}


@pytest.mark.parametrize("verb", CASES)
def test_every_key_is_described_and_every_described_one_is_there(verb: str) -> None:
    described, document = CASES[verb]
    assert set(keys(document)) == described


def test_a_history_is_described(tmp_path: Path) -> None:
    assert set(keys(_history(tmp_path))) == documented(section("onestack history"))


def test_a_plan_is_described() -> None:
    document = plans.document(made.small())
    # The names of resources are keys of this one.
    document["reach"]["applications"] = {}
    described = documented(section("The document", PLANS).partition("`VALUE`")[0])
    assert set(keys(document)) - {"value", "missing"} == described
    assert '`VALUE` is `{"value": JSON}` or `{"missing": ' in PLANS
    assert '"plan"' in row("preview")
