"""Bad weather between onestack and the API server: a run converges or says in one message what failed,
and the next one in good weather ends in what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, Finished, clone
from tests.faults.proxy import Proxy, point, proxied
from tests.faults.rules import Action, Answer, Cut, Delay, Hold, Lose, Rule

pytestmark = pytest.mark.e2e

MAPS = 14
SPACES = ("weather", "weather-two")

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clouds.weather.example.org}
spec:
  group: weather.example.org
  scope: Namespaced
  names: {kind: Cloud, plural: clouds, singular: cloud}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {cover: {type: integer}}}}
"""
CLOUD = """\
apiVersion: weather.example.org/v1
kind: Cloud
metadata: {name: cirrus}
spec: {cover: 3}
"""
SERVED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example.org/web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


def space(name: str) -> str:
    """A Namespace."""
    return f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n"


def config_map(name: str, namespace: str, value: str = "b") -> str:
    """A ConfigMap with one value."""
    metadata = f"{{name: {name}, namespace: {namespace}}}"
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\ndata: {{a: {value}}}\n"


@pytest.fixture
def proxy(plane: Plane, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy in front of the plane."""
    with proxied(plane.kubeconfig, tmp_path / "proxy") as running:
        yield running


@pytest.fixture
def repository(tmp_path: Path, proxy: Proxy) -> Iterator[Clone]:
    """Some twenty objects of all sorts behind the proxy, not deployed; taken down in good weather."""
    made = clone(tmp_path / "repository", proxy.kubeconfig)
    point(made, proxy.kubeconfig)
    made.applications(shop=SPACES[0])
    made.write("manifests/shop/spaces.yaml", "---\n".join(map(space, SPACES)))
    made.write("manifests/shop/crd.yaml", DEFINITION)
    made.write("manifests/shop/cloud.yaml", CLOUD)
    made.write("manifests/shop/served.yaml", SERVED)
    maps = (config_map(f"c{number}", SPACES[number % 2]) for number in range(MAPS))
    made.write("manifests/shop/maps.yaml", "---\n".join(maps))
    yield made
    proxy.rules = []
    proxy.release()
    made.destroy()


def said(done: Finished, *codes: int) -> str:
    """What a command said, having ended as it may: in one message if it failed."""
    assert done.code in codes, (done.code, done.err)
    assert "Traceback" not in done.out + done.err
    if done.code:
        assert sum(line.startswith("error: ") for line in done.err.splitlines()) == 1, done.err
    return done.err


def is_settled(made: Clone, proxy: Proxy) -> None:
    """In good weather a run ends in what is declared; state, cluster and manifests then agree."""
    proxy.rules = []
    proxy.release()
    made.deploy()
    quiet = made.shell("pulumi preview --expect-no-changes --non-interactive")
    assert quiet.code == 0, quiet.out + quiet.err
    alike = made.shell("kubectl diff --server-side -f manifests/shop/maps.yaml -f manifests/shop/crd.yaml")
    assert alike.code == 0, alike.out + alike.err
    assert live(made) == {f"c{number}": "b" for number in range(MAPS)}


def live(made: Clone) -> dict[str, str]:
    """Our ConfigMaps in the cluster and their value."""
    done = made.shell(
        "kubectl get configmap -A -l onestack.dev/stack=test "
        "-o jsonpath='{range .items[*]}{.metadata.name}={.data.a} {end}'"
    )
    assert done.code == 0, done.err
    listed: dict[str, Any] = dict(one.split("=") for one in done.out.split())
    return {name: value for name, value in listed.items() if name.startswith("c")}


BAD = {
    "500": Answer(500),
    "429": Answer(429, retry_after=1),
    "503": Answer(503),
    "cut": Cut(),
    "lost": Lose(),
}
RARELY = [pytest.param(action, id=name, marks=pytest.mark.torture) for name, action in BAD.items()]
EVERY_DAY = [pytest.param(BAD[name], id=name) for name in ("500", "429")]


@pytest.mark.parametrize("action", [*EVERY_DAY, *RARELY[2:]])
def test_a_fifth_of_all_requests_fails(repository: Clone, proxy: Proxy, action: Action) -> None:
    proxy.rules = [Rule(action, share=0.2, seed=7)]
    done = repository.onestack("deploy", repository.stack)
    assert proxy.met(type(action))
    said(done, 0, 1, 4)
    is_settled(repository, proxy)


@pytest.mark.parametrize("action", RARELY)
def test_a_fifth_of_all_requests_fails_while_it_is_taken_down(
    repository: Clone, proxy: Proxy, action: Action
) -> None:
    repository.deploy()
    proxy.rules = [Rule(action, share=0.2, seed=7)]
    done = repository.onestack("destroy", repository.stack)
    assert proxy.met(type(action))
    said(done, 0, 1, 4)
    proxy.rules = []
    repository.destroy()
    assert live(repository) == {}


@pytest.mark.torture
def test_a_held_request_is_waited_for(repository: Clone, proxy: Proxy) -> None:
    proxy.rules = [Rule(Hold(), methods="POST", path="/configmaps$", times=1)]
    with ThreadPoolExecutor() as aside:
        running = aside.submit(repository.onestack, "deploy", repository.stack)
        proxy.wait_held()
        proxy.release()
        said(running.result(), 0)
    is_settled(repository, proxy)


@pytest.mark.torture
@pytest.mark.parametrize("path", ["/configmaps$", "^/version$", "/clouds$"], ids=["map", "version", "custom"])
def test_a_request_that_is_never_answered_ends_in_a_message(
    repository: Clone, proxy: Proxy, path: str
) -> None:
    proxy.rules = [Rule(Hold(), path=path)]
    done = repository.onestack("deploy", repository.stack, timeout=240)
    said(done, 1, 4)
    is_settled(repository, proxy)


@pytest.mark.torture
def test_a_definition_that_is_slow_to_be_served_is_waited_for(repository: Clone, proxy: Proxy) -> None:
    proxy.rules = [
        Rule(Answer(404), path="^/apis/weather.example.org", times=2),
        Rule(Delay(2), methods="GET", path="/customresourcedefinitions/clouds", times=3),
    ]
    said(repository.onestack("deploy", repository.stack), 0)
    assert proxy.met(Answer)
    is_settled(repository, proxy)
