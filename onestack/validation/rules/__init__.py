"""What the API server checks in code and no schema holds, by kind. Pure.

Only what it refuses for certain, whatever the cluster: each rule names the function in Kubernetes that
has it (``pkg/apis/*/validation``, release 1.36). What is of a wrong type is the schema's to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from onestack.validation.fault import Fault
from onestack.validation.rules.access import binding, cluster_role, role
from onestack.validation.rules.config import config_map, secret
from onestack.validation.rules.ingresses import ingress
from onestack.validation.rules.jobs import cron_job, job
from onestack.validation.rules.policies import disruption_budget, network_policy
from onestack.validation.rules.scaling import autoscaler, priority_class
from onestack.validation.rules.services import service
from onestack.validation.rules.storage import claim, volume
from onestack.validation.rules.workloads import daemon_set, deployment, pod, replica_set, stateful_set

Check = Callable[[Mapping[str, Any]], Iterator[Fault]]

_RULES: Final[Mapping[tuple[str, str], Check]] = {
    ("", "ConfigMap"): config_map,
    ("", "PersistentVolume"): volume,
    ("", "PersistentVolumeClaim"): claim,
    ("", "Pod"): pod,
    ("", "Secret"): secret,
    ("", "Service"): service,
    ("apps", "DaemonSet"): daemon_set,
    ("apps", "Deployment"): deployment,
    ("apps", "ReplicaSet"): replica_set,
    ("apps", "StatefulSet"): stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaler,
    ("batch", "CronJob"): cron_job,
    ("batch", "Job"): job,
    ("networking.k8s.io", "Ingress"): ingress,
    ("networking.k8s.io", "NetworkPolicy"): network_policy,
    ("policy", "PodDisruptionBudget"): disruption_budget,
    ("rbac.authorization.k8s.io", "ClusterRole"): cluster_role,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): binding,
    ("rbac.authorization.k8s.io", "Role"): role,
    ("rbac.authorization.k8s.io", "RoleBinding"): binding,
    ("scheduling.k8s.io", "PriorityClass"): priority_class,
}


def broken(group: str, kind: str, body: Mapping[str, Any]) -> Iterator[Fault]:
    """The rules that an object of a built-in kind breaks."""
    check = _RULES.get((group, kind))
    if check is not None:
        yield from check(body)
