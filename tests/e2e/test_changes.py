"""What a change to the manifests plans: exactly that change and the release record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone

pytestmark = pytest.mark.e2e

RECORD = "ConfigMap onestack-system/onestack-release-test"

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: changes}\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.org/web:1.0.0"}]}
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: blue}\n"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, plane: Plane) -> Iterator[Clone]:
    """A small application, live."""
    made = clone(tmp_path_factory.mktemp("changes") / "repository", plane.kubeconfig)
    made.applications(shop="changes")
    _lay(made)
    made.deploy()
    yield made
    made.onestack("destroy", made.stack)


@pytest.fixture
def repository(deployed: Clone) -> Iterator[Clone]:
    """The deployed repository; what a test writes is undone, since it only previews."""
    yield deployed
    for file in (deployed.root / "manifests" / "shop").iterdir():
        file.unlink()
    _lay(deployed)


def _lay(made: Clone) -> None:
    made.write("manifests/shop/namespace.yaml", NAMESPACE)
    made.write("manifests/shop/web.yaml", WEB)
    made.write("manifests/shop/settings.yaml", SETTINGS)


def test_nothing_changed_plans_nothing(repository: Clone) -> None:
    assert repository.planned() == {}


def test_an_image_tag_plans_one_update_and_the_record(repository: Clone) -> None:
    repository.write("manifests/shop/web.yaml", WEB.replace("1.0.0", "1.0.1"))
    assert repository.planned() == {"Deployment changes/web": "update", RECORD: "update"}


def test_a_renamed_object_plans_one_create_one_delete_and_the_record(repository: Clone) -> None:
    repository.write("manifests/shop/settings.yaml", SETTINGS.replace("name: settings", "name: options"))
    assert repository.planned() == {
        "ConfigMap changes/options": "create",
        "ConfigMap changes/settings": "delete",
        RECORD: "update",
    }


def test_moving_a_manifest_to_another_file_plans_nothing(repository: Clone) -> None:
    (repository.root / "manifests/shop/settings.yaml").unlink()
    repository.write("manifests/shop/web.yaml", f"{SETTINGS}---\n{WEB}")
    assert repository.planned() == {}


def test_writing_a_manifest_differently_plans_nothing(repository: Clone) -> None:
    repository.write(
        "manifests/shop/settings.yaml",
        '# said otherwise\nkind: "ConfigMap"\ndata:\n  mode: "blue"\nmetadata:\n  namespace: changes\n'
        "  name: settings\napiVersion: v1\n",
    )
    assert repository.planned() == {}
