"""The API server judges the objects under tests/data/validation as we do without one.

Each object goes to the server as a server-side apply that changes nothing, with strict fields. Where we
find an error it must refuse, and what we find good it must take: exceptions stand here, with their reason.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from onestack.local.plane import Plane
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.text import Text
from onestack.validation.check import check
from onestack.validation.finding import Severity, Weights
from onestack.validation.verdict import State

pytestmark = pytest.mark.e2e

CASES = Path(__file__).parents[1] / "data" / "validation"
DEFINITION = "CustomResourceDefinition"
SCHEMAS_ALONE = Weights(
    reference=Severity.OFF, namespace=Severity.OFF, hook=Severity.OFF, plaintext=Severity.OFF
)
TAKEN_BY_THE_SERVER = {
    "crd-bounds": "the server doesn't compare the bounds, but no value can ever be right",
    "crd-enum-of-another-type": "the server doesn't compare enum and type, but no value can ever be right",
    "custom-unknown-in-closed": "an apply prunes the field without a word",
    "number-too-small": "the server lets the number run over, to 1294967296",
}


def judged(case: Path) -> tuple[list[Manifest], list[Manifest]]:
    """The manifests of a case and those among them that we call invalid."""
    manifests = load([Text(Application("app", namespace="default"), "it.yaml", case.read_bytes())])
    found = check(manifests, kubernetes="1.36", weights=SCHEMAS_ALONE)
    wrong = {verdict.identity for verdict in found.verdicts if verdict.state is State.INVALID}
    return list(manifests), [manifest for manifest in manifests if manifest.identity in wrong]


def cases() -> Iterator[Path]:
    """Those of the release that the plane runs."""
    yield from (
        case for case in sorted(CASES.glob("*.yaml")) if not re.match(rb"# kubernetes:", case.read_bytes())
    )


class Server:
    """What the plane says to an object."""

    def __init__(self, plane: Plane, toolchain: Toolchain) -> None:
        self._start = [str(toolchain.path("kubectl")), f"--kubeconfig={plane.kubeconfig}"]

    def refusal(self, manifest: Manifest) -> str:
        """Why it won't take the object, or nothing."""
        done = self.run(
            "apply",
            "--server-side",
            "--force-conflicts",
            "--dry-run=server",
            "--validate=strict",
            "--filename=-",
            body=manifest,
        )
        return "" if done.returncode == 0 else done.stderr

    def run(self, *arguments: str, body: Manifest | None = None) -> subprocess.CompletedProcess[str]:
        sent = orjson.dumps(body.body).decode() if body else None
        return subprocess.run(
            [*self._start, *arguments], input=sent, capture_output=True, text=True, check=False, timeout=60
        )

    def define(self, definition: Manifest) -> None:
        """Makes the kind known for real: a dry run of its objects needs it."""
        assert self.run("apply", "--server-side", "--filename=-", body=definition).returncode == 0
        name = f"{DEFINITION.lower()}s/{definition.name}"
        waited = self.run("wait", "--for=condition=Established", "--timeout=30s", name)
        assert waited.returncode == 0, waited.stderr

    def forget(self, definition: Manifest) -> None:
        """Takes the kind away again."""
        self.run("delete", "--wait", "--timeout=60s", f"{DEFINITION.lower()}s/{definition.name}")


@pytest.fixture(scope="session")
def server(plane: Plane, toolchain: Toolchain) -> Server:
    return Server(plane, toolchain)


@pytest.mark.parametrize("case", list(cases()), ids=lambda path: path.stem)
def test_the_server_judges_as_we_do(server: Server, case: Path) -> None:
    manifests, wrong = judged(case)
    defined: list[Manifest] = []
    try:
        for manifest in manifests:
            refusal = server.refusal(manifest)
            if manifest in wrong and case.stem not in TAKEN_BY_THE_SERVER:
                assert refusal, f"the server takes {manifest.identity}"
            elif refusal and (manifest not in wrong or case.stem in TAKEN_BY_THE_SERVER):
                is_unknown = "no matches for kind" in refusal
                assert is_unknown, refusal
            if manifest.kind == DEFINITION and manifest not in wrong and len(manifests) > 1:
                server.define(manifest)
                defined.append(manifest)
    finally:
        for definition in defined:
            server.forget(definition)
