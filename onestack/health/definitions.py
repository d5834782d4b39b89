"""Readiness of what the cluster's API itself is made of: kinds, API services, namespaces, quotas."""

from __future__ import annotations

from onestack.health.live import Live, conditions, section, text, unseen
from onestack.health.verdict import Verdict, failed, failing, ready, waiting


def custom_resource_definition(obj: Live) -> Verdict:
    """Established. Names that another definition has taken stay taken."""
    found = conditions(obj)
    if (names := found.get("NamesAccepted")) and names.is_false:
        return failed(f"its names are taken: {names.explanation}")
    if (approval := found.get("KubernetesAPIApprovalPolicyConformant")) and approval.is_false:
        return failed(approval.explanation)
    if (established := found.get("Established")) and established.is_true:
        return ready("established")
    return waiting("not established yet")


def api_service(obj: Live) -> Verdict:
    """Its server answers."""
    available = conditions(obj).get("Available")
    if available and available.is_true:
        return ready("available")
    if available and available.is_false:
        return failing(f"not available: {available.explanation}")
    return waiting("not checked by the API server yet")


def namespace(obj: Live) -> Verdict:
    """Active."""
    phase = text(obj, "status", "phase")
    if phase == "Terminating":
        return failed("is being deleted")
    return ready("active") if phase in {"Active", ""} else waiting(f"phase {phase}")


def disruption_budget(obj: Live) -> Verdict:
    """Its controller has counted its pods."""
    if unseen(obj):
        return waiting("its controller has not seen this version yet")
    return ready("observed")


def resource_quota(obj: Live) -> Verdict:
    """Its limits are in force."""
    if section(obj, "spec", "hard") == section(obj, "status", "hard"):
        return ready("in force")
    return waiting("its limits are not in force yet")


def secret(obj: Live) -> Verdict:
    """Exists; a service account's token also has to be filled in."""
    if text(obj, "type") == "kubernetes.io/service-account-token" and not section(obj, "data"):
        return waiting("its token was not filled in yet")
    return ready()
