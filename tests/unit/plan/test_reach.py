"""What changes reach: through the engine's dependencies and through what objects say of each other."""

from __future__ import annotations

from typing import Any

import yaml

from onestack.inventory import Inventory
from onestack.manifests.manifest import Location, Manifest
from onestack.plan.diagram import diagram
from onestack.plan.effect import Known, effect
from onestack.plan.model import Reach
from onestack.plan.planned import Planned
from onestack.plan.reach import reach
from tests.unit.plan import made
from tests.unit.plan.made import planned, resource, urn

OBJECTS = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, annotations: {iam.gke.io/gcp-service-account: web@p.iam.gserviceaccount.com}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
        - {name: web, image: a, envFrom: [{configMapRef: {name: settings}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {kind: Deployment, name: web}}
"""


def manifest(body: dict[str, Any]) -> Manifest:
    name = body["metadata"]["name"]
    return Manifest("shop", body["apiVersion"], body["kind"], name, "shop", body, Location("a.yaml", 1, 1))


MANIFESTS = tuple(map(manifest, yaml.safe_load_all(OBJECTS)))
HELD = tuple(resource(one.type_token, one.resource_name) for one in MANIFESTS)


def reached(*changing: Planned, held: Any = HELD) -> Reach:
    empty = Inventory((), (), (), "", 0)
    return effect(changing, Known("dev", held, empty, MANIFESTS, {}))


def names(found: Reach) -> set[str]:
    known = {one.id: f"{one.kind}/{one.name.rpartition('/')[2]}" for one in found.graph.resources}
    return {known[one] for one in found.reached}


def test_a_config_map_reaches_its_pods_and_all_behind_them() -> None:
    found = reached(planned("update", "kubernetes:core/v1:ConfigMap", "shop/settings"))
    assert names(found) == {"Deployment/web", "Service/web", "Ingress/web"}
    assert [one.rpartition(":")[2] for one in found.paths[0]] == [
        "shop/settings", "shop/web", "shop/web", "shop/web",
    ]  # fmt: skip
    assert [one.split("::")[2].rpartition(":")[2] for one in found.paths[0]] == [
        "ConfigMap", "Deployment", "Service", "Ingress",
    ]  # fmt: skip


def test_rights_policies_and_scalers_reach_the_pods() -> None:
    pods = {"Deployment/web", "Service/web", "Ingress/web"}
    rbac = "kubernetes:rbac.authorization.k8s.io/v1"
    assert names(reached(planned("update", f"{rbac}:Role", "shop/web"))) == pods | {
        "RoleBinding/web",
        "ServiceAccount/web",
    }
    for token in (
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    ):
        assert names(reached(planned("update", token, "shop/web"))) == pods


def test_a_subnet_reaches_the_pool_the_pods_and_the_ingress() -> None:
    subnet = resource("gcp:compute/subnetwork:Subnetwork", "nodes")
    pool = resource("gcp:container/nodePool:NodePool", "default", subnet.id)
    provider = resource("pulumi:providers:kubernetes", "cluster", pool.id)
    deployment = resource("kubernetes:apps/v1:Deployment", "shop/web", provider.id)
    rest = tuple(one for one in HELD if one.kind in {"Service", "Ingress"})
    found = reached(
        planned("replace", subnet.type, "nodes"), held=(subnet, pool, provider, deployment, *rest)
    )
    assert names(found) == {"NodePool/default", "Deployment/web", "Service/web", "Ingress/web"}


def test_an_identity_at_google_reaches_the_pods_that_act_as_it() -> None:
    account = resource(
        "gcp:serviceaccount/account:Account", "web", inputs={"accountId": "web", "project": "p"}
    )
    role = resource(
        "gcp:projects/iAMMember:IAMMember",
        "web",
        account.id,
        inputs={"member": "serviceAccount:web@p.iam.gserviceaccount.com"},
    )
    found = reached(planned("update", role.type, "web"), held=(account, role, *HELD))
    assert names(found) == {"ServiceAccount/web", "Deployment/web", "Service/web", "Ingress/web"}


def test_the_release_record_is_reached_by_nothing() -> None:
    record = resource(
        "kubernetes:core/v1:ConfigMap", "onestack-system/onestack-release-dev", *(one.id for one in HELD)
    )
    found = reached(planned("update", "kubernetes:apps/v1:Deployment", "shop/web"), held=(*HELD, record))
    assert names(found) == {"Service/web", "Ingress/web"}


def test_a_circle_ends() -> None:
    one, other = resource("a:b:C", "x", urn("a:b:C", "y")), resource("a:b:C", "y", urn("a:b:C", "x"))
    found = reach([one.id], (one, other))
    assert found.reached == {other.id}
    assert found.paths == ((one.id, other.id),)


def test_many_boxes_are_folded() -> None:
    base = resource("kubernetes:core/v1:Namespace", "shop")
    many = [resource("kubernetes:apps/v1:Deployment", f"shop/{number}", base.id) for number in range(300)]
    plan = made.plan(planned("update", base.type, "shop"), held=(base, *many))
    drawn = diagram(plan)
    assert len(drawn.splitlines()) < 12
    assert "300 Deployments" in drawn
    assert diagram(made.plan()) == ""


def test_many_applications_are_folded_by_kind() -> None:
    provider = resource("pulumi:providers:kubernetes", "cluster")
    pods = [resource("kubernetes:apps/v1:Deployment", f"t{n}/web", provider.id) for n in range(60)]
    services = [resource("kubernetes:core/v1:Service", f"t{n}/web", pods[n].id) for n in range(60)]
    pool = resource("gcp:container/nodePool:NodePool", "default")
    provider = resource("pulumi:providers:kubernetes", "cluster", pool.id)
    changed = planned("update", pool.type, "default")
    drawn = diagram(made.plan(changed, held=(pool, provider, *pods, *services)))
    assert "60 Deployments" in drawn
    assert "60 Services" in drawn
    assert drawn.count("-->") == 2
