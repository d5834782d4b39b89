"""The repository's own application in every form that manifests/ takes, through the real engine.

Its files are the same throughout: as they are, below Kustomize overlays, as templates of a chart.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from onestack.local.plane import Plane
from tests.e2e.clone import REPOSITORY, Clone, clone

PLAIN = REPOSITORY / "manifests" / "bookshop"
FORMS = REPOSITORY / "tests" / "data" / "bookshop"
SECRETS = ("database-password", "payment-api-key", "payment-webhook-secret", "orders-signing")

pytestmark = pytest.mark.e2e


@pytest.fixture
def repository(tmp_path: Path, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clone]:
    """A repository with an empty application and secrets of its own; taken down afterwards."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of this test alone")
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(bookshop="bookshop")
    each = " && ".join(f"printf not-a-secret | pulumi config set --secret secrets:{name}" for name in SECRETS)
    configured = made.shell(f"pulumi stack select --create {made.stack} && {each}")
    assert configured.code == 0, configured.err
    yield made
    made.onestack("destroy", made.stack)


def _files(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in PLAIN.glob("*.yaml"):
        shutil.copy(file, folder)


def _plain(application: Path) -> None:
    _files(application)


def _kustomized(application: Path) -> None:
    shutil.copytree(FORMS / "base", application / "base")
    shutil.copytree(FORMS / "overlays", application / "overlays")
    _files(application / "base")


def _unchanged_overlay(application: Path) -> None:
    _kustomized(application)
    overlay = application / "overlays" / "test" / "kustomization.yaml"
    overlay.parent.mkdir()
    overlay.write_text("resources: [../../base]\n")


def _chart(application: Path) -> None:
    shutil.copytree(FORMS / "chart", application / "chart")
    shutil.copy(FORMS / "helm.yaml", application)
    _files(application / "chart" / "templates")


def _bare_chart(application: Path) -> None:
    _files(application / "chart" / "templates")
    shutil.copy(FORMS / "chart" / "Chart.yaml", application / "chart")
    (application / "helm.yaml").write_text("chart: ./chart\nnamespace: bookshop\n")


def _build(repository: Clone, overlay: str) -> None:
    file = repository.root / "stacks" / f"Pulumi.{repository.stack}.yaml"
    settings = yaml.safe_load(file.read_text())
    chosen = {"namespace": "bookshop", "overlay": overlay}
    settings["config"]["onestack:manifests"]["applications"]["bookshop"] = chosen
    file.write_text(yaml.safe_dump(settings))


def _live(repository: Clone, what: str) -> Any:
    found = repository.shell(f"kubectl -n bookshop get {what} -o json")
    assert found.code == 0, found.err
    return json.loads(found.out)


def _nothing_more(repository: Clone) -> None:
    again = repository.shell("pulumi preview --expect-no-changes --non-interactive")
    assert again.code == 0, again.out + again.err


def test_an_overlay_for_each_environment(repository: Clone) -> None:
    _kustomized(repository.root / "manifests" / "bookshop")
    for overlay, replicas in (("dev", 1), ("staging", 2), ("prod", 4)):
        _build(repository, overlay)
        deployed = repository.deploy()["applications"]["bookshop"]
        assert deployed["ready"] + deployed.get("unobservable", 0) == 42
        orders = _live(repository, "deployment orders")
        assert orders["status"]["readyReplicas"] == orders["spec"]["replicas"] == replicas
        assert orders["metadata"]["labels"]["example.com/environment"] == overlay
        generated = [one["configMapRef"]["name"] for one in _env_from(orders) if "configMapRef" in one]
        assert any(name.startswith("orders-logging-") for name in generated)
        _nothing_more(repository)


def _env_from(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return list(container["envFrom"])


def test_a_chart_with_hooks(repository: Clone) -> None:
    _chart(repository.root / "manifests" / "bookshop")
    repository.deploy()
    audit = _live(repository, "deployment audit")
    assert audit["status"]["readyReplicas"] == 2
    # A version of the chart's own CRD is known while it renders.
    assert _live(repository, "promotion opening-week")["spec"]["percent"] == 20
    jobs = {job["metadata"]["name"]: job for job in _live(repository, "jobs")["items"]}
    done = {name: jobs[name]["status"]["completionTime"] for name in ("backup", "reindex")}
    assert done["backup"] <= audit["metadata"]["creationTimestamp"] <= done["reindex"]
    _nothing_more(repository)
    verified = repository.onestack("verify", repository.stack)
    assert verified.code == 0, verified.err
    assert "buys-a-book" in verified.out + verified.err
    assert repository.shell("kubectl -n bookshop get pod buys-a-book --ignore-not-found").out == ""


@pytest.mark.torture
def test_moving_between_the_forms_plans_nothing(repository: Clone) -> None:
    application = repository.root / "manifests" / "bookshop"
    _plain(application)
    repository.deploy()
    _nothing_more(repository)
    for form in (_unchanged_overlay, _bare_chart):
        shutil.rmtree(application)
        form(application)
        _nothing_more(repository)
