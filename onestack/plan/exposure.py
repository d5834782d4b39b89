"""Risks of being reached by others: load balancers, open ranges, public members, webhooks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.plan.held import Held
from onestack.plan.model import Risk
from onestack.plan.planned import Planned
from onestack.validation.parts import EACH, each, labels, mappings, text, texts

_PUBLIC: Final = frozenset({"allUsers", "allAuthenticatedUsers"})
_EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})
_OPEN_TYPES: Final = frozenset({"LoadBalancer", "NodePort"})
_INTERNAL: Final = ("networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type")
_RANGES: Final = (
    ("sourceRanges", EACH),
    ("masterAuthorizedNetworksConfig", "cidrBlocks", EACH, "cidrBlock"),
    ("settings", "ipConfiguration", "authorizedNetworks", EACH, "value"),
)
_WEBHOOKS: Final = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})


def _service(planned: Planned, _held: Held) -> Iterator[Risk]:
    if planned.type != "kubernetes:core/v1:Service" or planned.op == "delete":
        return
    now, before = _opened(planned.after), _opened(planned.before)
    if now and now != before:
        yield _exposes(planned, f"can be reached from outside of the cluster: it is {now}")


def _opened(body: Mapping[str, Any]) -> str:
    kind = text(body, "spec", "type")
    notes = labels(body, "metadata", "annotations")
    if kind not in _OPEN_TYPES or any(notes.get(name) == "Internal" for name in _INTERNAL):
        return ""
    ranges = sorted(one for _, one in texts(body, "spec", "loadBalancerSourceRanges", EACH))
    return f"a {kind} for {', '.join(ranges[:3]) or 'everybody'}"


def _ingress(planned: Planned, _held: Held) -> Iterator[Risk]:
    if planned.package != "kubernetes" or planned.kind not in {"Ingress", "Gateway"}:
        return
    if planned.op == "create":
        hosts = sorted(
            {host for _, host in texts(planned.after, "spec", "rules", EACH, "host")}
            | {host for _, host in texts(planned.after, "spec", "listeners", EACH, "hostname")}
        )
        yield _exposes(planned, f"opens a way in from outside for {', '.join(hosts[:3]) or 'any host'}")
    elif planned.op in {"update", "replace"}:
        hosts = sorted(_hosts(planned.after) - _hosts(planned.before))
        if hosts:
            yield _exposes(planned, f"opens a way in from outside for {', '.join(hosts[:3])}")


def _hosts(body: Mapping[str, Any]) -> set[str]:
    return {host for _, host in texts(body, "spec", "rules", EACH, "host")}


def _cloud(planned: Planned, _held: Held) -> Iterator[Risk]:
    if planned.package != "gcp" or planned.op == "delete":
        return
    for path in _RANGES:
        ranges = {str(one) for _, one in each(planned.after, *path)} & _EVERYWHERE
        if ranges - {str(one) for _, one in each(planned.before, *path)}:
            yield _exposes(planned, f"is open to every address of the internet: {', '.join(sorted(ranges))}")
    members = {str(one) for _, one in each(planned.after, "members", EACH)} | {
        str(planned.after.get("member"))
    }
    if members & _PUBLIC:
        yield _exposes(planned, f"gives everybody access: {', '.join(sorted(members & _PUBLIC))}")
    prevention = (planned.before.get("publicAccessPrevention"), planned.after.get("publicAccessPrevention"))
    if prevention[0] == "enforced" != prevention[1]:
        yield _exposes(planned, "no longer refuses to be made public")


def _webhook(planned: Planned, _held: Held) -> Iterator[Risk]:
    """A webhook that fails closed, and whose pods are down, stops all changes that it is asked about."""
    if planned.kind not in _WEBHOOKS or planned.op == "delete":
        return
    closed = [
        text(one, "name")
        for _, one in mappings(planned.after, "webhooks", EACH)
        if (text(one, "failurePolicy") or "Fail") == "Fail"
    ]
    if closed:
        said = f"while it doesn't answer, the cluster refuses what it is asked about: {', '.join(closed[:3])}"
        yield Risk("can-block", planned.label, said, planned.urn, grave=False)


RULES: Final[Sequence[Callable[[Planned, Held], Iterator[Risk]]]] = (_service, _ingress, _cloud, _webhook)


def _exposes(planned: Planned, said: str) -> Risk:
    return Risk("exposes", planned.label, said, planned.urn, grave=True)
