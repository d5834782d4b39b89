"""What a trial can't vouch for, by what a stack declares. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from onestack.manifests.manifest import Manifest
from onestack.manifests.placeholders import names
from onestack.manifests.scope import is_builtin
from onestack.settings import Settings
from onestack.trial.model import Said

_POD_OWNERS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"})
_WEBHOOKS = frozenset({"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"})
_MOST_NAMED = 5


def unseen(settings: Settings, manifests: Sequence[Manifest], *, own_secrets: bool) -> tuple[Said, ...]:
    """What and why, the widest first. ``own_secrets``: the trial could read the stack's secrets."""
    return tuple(_unseen(settings, manifests, own_secrets=own_secrets))


def _unseen(settings: Settings, manifests: Sequence[Manifest], *, own_secrets: bool) -> Iterator[Said]:
    if settings.platform == "gcp":
        yield Said(
            "cloud resources", "network, cluster, identities and registry are not made; preview plans them"
        )
    if settings.platform != "embedded":
        yield Said(
            "the cluster's own", "its version, nodes, admission and quotas are the throwaway one's here"
        )
    if any(one.kind in _POD_OWNERS and is_builtin(one.group, one.kind) for one in manifests):
        yield Said(
            "containers and traffic to pods", "pods are simulated: no image is pulled, no process runs"
        )
    kinds = Counter(f"{one.kind}.{one.group}" for one in manifests if not is_builtin(one.group, one.kind))
    for kind, count in sorted(kinds.items()):
        yield Said(
            kind,
            "no controller acts on the only one"
            if count == 1
            else f"no controller acts on the {count} there are",
        )
    for known in settings.manifests.custom_kinds():
        yield Said(
            f"{known.kind}.{known.group}", "its definition comes from elsewhere: fields aren't checked"
        )
    if exposed := _named(one for one in manifests if _exposed(one)):
        yield Said("load balancers", f"no cloud makes them, and their addresses are made up: {exposed}")
    if hooks := _named(one for one in manifests if one.kind in _WEBHOOKS):
        yield Said("webhooks", f"their backends don't run: {hooks}")
    asking = [one for one in manifests if names(one.body)]
    if asking and not own_secrets:
        yield Said("secret values", f"stand-ins take their place: {_named(iter(asking))}")


def _exposed(manifest: Manifest) -> bool:
    if (manifest.group, manifest.kind) == ("networking.k8s.io", "Ingress"):
        return True
    spec = manifest.body.get("spec") or {}
    return (manifest.group, manifest.kind) == ("", "Service") and spec.get("type") == "LoadBalancer"


def _named(found: Iterator[Manifest]) -> str:
    said = [f"{one.kind} {one.resource_name}" for one in found]
    named = ", ".join(said[:_MOST_NAMED])
    return named if len(said) <= _MOST_NAMED else f"{named} and {len(said) - _MOST_NAMED} more"
