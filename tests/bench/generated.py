"""Objects as a team has them: the same for a number and a seed, of one's choice in size."""

from __future__ import annotations

import base64
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from onestack.errors import UsageError

SEED: Final = 2026
LEAST: Final = 20
LABEL: Final = "bench.example.com/generated"
NAMESPACES_FILE: Final = "00-namespaces.yaml"  # first in every tool's order

Body = dict[str, Any]

_PER_NAMESPACE = 50
# Of a hundred objects that are no Namespace. What is left by rounding becomes ConfigMaps.
_MIX: Final[Mapping[str, int]] = {
    "Deployment": 20, "Service": 20, "ServiceAccount": 6, "Ingress": 6, "NetworkPolicy": 6, "Secret": 6,
    "Role": 5, "RoleBinding": 5, "CronJob": 4, "PodDisruptionBudget": 4,
}  # fmt: skip
_WORDS = ("cart", "catalog", "checkout", "email", "ledger", "orders", "payment", "search", "stock", "users")


@dataclass(frozen=True)
class Generated:
    """``namespaces`` and, by file name, the objects of one service each."""

    namespaces: tuple[Body, ...]
    services: Mapping[str, tuple[Body, ...]]

    @property
    def objects(self) -> tuple[Body, ...]:
        """All of them, namespaces first."""
        return (*self.namespaces, *(body for bodies in self.services.values() for body in bodies))

    def kinds(self) -> dict[str, int]:
        """How many there are of each kind, most frequent first."""
        return dict(Counter(body["kind"] for body in self.objects).most_common())

    def write(self, folder: Path) -> None:
        """Writes one YAML file per service."""
        folder.mkdir(parents=True)
        for name, bodies in {NAMESPACES_FILE: self.namespaces, **self.services}.items():
            (folder / name).write_text(yaml.safe_dump_all(bodies, sort_keys=False))


@dataclass(frozen=True)
class _Service:
    name: str
    namespace: str
    random: random.Random

    def body(self, api_version: str, kind: str, name: str = "", **fields: object) -> Body:
        labels = {"app.kubernetes.io/name": self.name, LABEL: "true"}
        metadata = {"name": name or self.name, "namespace": self.namespace, "labels": labels}
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}

    @property
    def selector(self) -> Body:
        return {"app.kubernetes.io/name": self.name}

    @property
    def image(self) -> str:
        return f"registry.example.com/{self.name}:1.{self.random.randrange(20)}.{self.random.randrange(10)}"


def generate(count: int, seed: int = SEED) -> Generated:
    """``count`` objects, Namespaces included. Raises: UsageError below twenty."""
    if count < LEAST:
        raise UsageError(f"{count} objects are too few for a mix of kinds; take {LEAST} or more")
    chance = random.Random(seed)  # noqa: S311 - the same every time is what is wanted; no secret is made
    namespaces = [f"team-{number:02d}" for number in range(max(1, count // _PER_NAMESPACE))]
    members = _members(count - len(namespaces), chance)
    services = {}
    for number, kinds in enumerate(members):
        name = f"{chance.choice(_WORDS)}-{number:03d}"
        service = _Service(name, namespaces[number % len(namespaces)], chance)
        services[f"{name}.yaml"] = tuple(_bodies(service, kinds))
    return Generated(tuple(_namespace(name) for name in namespaces), services)


def change(folder: Path) -> None:
    """Gives the first Deployment in ``folder`` another image tag. Raises: UsageError if there is none."""
    for file in sorted(folder.glob("*.yaml")):
        text, found = re.subn(r"(?m)^(\s+image: \S+?):\S+$", r"\1:9.9.9", file.read_text(), count=1)
        if found:
            file.write_text(text)
            return
    raise UsageError(f"{folder} holds no image to change")


def _members(count: int, chance: random.Random) -> list[list[str]]:
    """The kinds of each service: every service has a Deployment, and the others are dealt out."""
    wanted = {kind: max(1, count * share // 100) for kind, share in _MIX.items()}
    services = wanted["Deployment"]
    members: list[list[str]] = [[] for _ in range(services)]
    order = list(range(services))
    for kind, number in wanted.items():
        # A RoleBinding goes where the Role is; a Service to every Deployment.
        if kind != "RoleBinding":
            chance.shuffle(order)
        for index in order[:number]:
            members[index].append(kind)
    for index in range(count - sum(wanted.values())):
        members[index % services].append("ConfigMap")
    return members


def _namespace(name: str) -> Body:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {LABEL: "true"}}}


def _bodies(service: _Service, kinds: Sequence[str]) -> Iterator[Body]:
    for number, kind in enumerate(kinds):
        match kind:
            case "ConfigMap":
                data = {f"SETTING_{one}": str(service.random.randrange(10**6)) for one in range(8)}
                yield service.body("v1", kind, f"{service.name}-{number}", data=data)
            case "Secret":
                value = base64.b64encode(service.random.randbytes(24)).decode()
                yield service.body("v1", kind, type="Opaque", data={"password": value})
            case "ServiceAccount":
                yield service.body("v1", kind, automountServiceAccountToken=False)
            case "Deployment":
                yield _deployment(service)
            case "CronJob":
                yield _cron_job(service)
            case "Role" | "RoleBinding":
                yield _rights(service, kind)
            case _:
                yield _network_or_budget(service, kind)


def _deployment(service: _Service) -> Body:
    container = {
        "name": "app",
        "image": service.image,
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "PORT", "value": "8080"}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
    }
    template = {"metadata": {"labels": service.selector}, "spec": {"containers": [container]}}
    selector = {"matchLabels": service.selector}
    spec = {"replicas": service.random.randint(1, 2), "selector": selector, "template": template}
    return service.body("apps/v1", "Deployment", spec=spec)


def _cron_job(service: _Service) -> Body:
    containers = [{"name": "job", "image": service.image, "args": ["clean-up"]}]
    pod = {"spec": {"restartPolicy": "Never", "containers": containers}}
    # Suspended: a job that starts in one turn and not in another would spoil the comparison.
    spec = {"schedule": "0 3 1 1 *", "suspend": True, "jobTemplate": {"spec": {"template": pod}}}
    return service.body("batch/v1", "CronJob", spec=spec)


def _rights(service: _Service, kind: str) -> Body:
    group = "rbac.authorization.k8s.io"
    if kind == "Role":
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]
        return service.body(f"{group}/v1", kind, rules=rules)
    role = {"apiGroup": group, "kind": "Role", "name": service.name}
    subjects = [{"kind": "ServiceAccount", "name": service.name, "namespace": service.namespace}]
    return service.body(f"{group}/v1", kind, roleRef=role, subjects=subjects)


def _network_or_budget(service: _Service, kind: str) -> Body:
    selected = {"matchLabels": service.selector}
    if kind == "Service":
        ports = [{"name": "http", "port": 80, "targetPort": "http"}]
        return service.body("v1", kind, spec={"selector": service.selector, "ports": ports})
    if kind == "PodDisruptionBudget":
        return service.body("policy/v1", kind, spec={"maxUnavailable": 1, "selector": selected})
    if kind == "NetworkPolicy":
        ingress = [{"ports": [{"port": 8080, "protocol": "TCP"}]}]
        spec: Body = {"podSelector": selected, "policyTypes": ["Ingress"], "ingress": ingress}
        return service.body("networking.k8s.io/v1", kind, spec=spec)
    backend = {"service": {"name": service.name, "port": {"name": "http"}}}
    http = {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}
    rules = [{"host": f"{service.name}.example.com", "http": http}]
    return service.body("networking.k8s.io/v1", kind, spec={"rules": rules})
