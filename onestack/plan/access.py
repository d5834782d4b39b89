"""Risks of who may do what: roles and their bindings, in the cluster and at Google Cloud. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.plan.held import Held
from onestack.plan.model import Missing, Risk
from onestack.plan.planned import Planned
from onestack.validation.parts import EACH, each, labels, mappings, text

_RBAC: Final = "rbac.authorization.k8s.io"
_MIGHTY: Final = frozenset({"cluster-admin", "admin", "edit"})
_ESCALATES: Final = frozenset({"*", "escalate", "bind", "impersonate"})
_IAM: Final = ("IAMMember", "IAMBinding", "IAMPolicy", "IamMember", "IamBinding", "IamPolicy")
_GRANTS_ALL: Final = frozenset({"roles/owner", "roles/editor", "roles/iam.securityAdmin"})
_WORKLOAD: Final = "iam.gke.io/gcp-service-account"


def _binding(planned: Planned, _held: Held) -> Iterator[Risk]:
    """Who gets rights by a binding: told where it is new, or another, and for every right to everything."""
    if not _is_rbac(planned, "ClusterRoleBinding", "RoleBinding") or planned.op == "delete":
        return
    role = text(planned.after, "roleRef", "name")
    if planned.op != "create" and _granted(planned.before) == _granted(planned.after):
        return
    whom = ", ".join(_subjects(planned.after)[:3]) or "nobody"
    everywhere = planned.kind == "ClusterRoleBinding"
    grave = role == "cluster-admin" or (everywhere and role in _MIGHTY) or planned.op != "create"
    where = "the whole cluster" if everywhere else "its namespace"
    yield _access(planned, f"gives the rights of {role or 'its role'} in {where} to {whom}", grave=grave)


def _role(planned: Planned, _held: Held) -> Iterator[Risk]:
    if not _is_rbac(planned, "ClusterRole", "Role") or planned.op == "delete":
        return
    gained = [one for one in _rights(planned.after) if one not in _rights(planned.before)]
    mighty = [one for one in gained if "*" in one or _ESCALATES & set(one.split())]
    if mighty:
        yield _access(planned, f"holds rights that lead to all others: {'; '.join(mighty[:3])}", grave=True)
    elif gained and planned.op != "create":
        yield _access(planned, f"holds more rights than before: {'; '.join(gained[:3])}", grave=True)


def _iam(planned: Planned, _held: Held) -> Iterator[Risk]:
    if planned.package != "gcp" or not planned.kind.endswith(_IAM):
        return
    body = planned.before if planned.op == "delete" else planned.after
    role = _word(body.get("role")) or "roles"
    whom = _word(body.get("member")) or ", ".join(map(_word, _list(body.get("members")))) or "others"
    verb = "takes" if planned.op == "delete" else "gives"
    grave = planned.op != "create" or role in _GRANTS_ALL
    yield _access(planned, f"{verb} {role} {'from' if verb == 'takes' else 'to'} {whom}", grave=grave)


def _identity(planned: Planned, _held: Held) -> Iterator[Risk]:
    """Another Google identity of a ServiceAccount, or none any more: its pods act as somebody else."""
    if planned.type != "kubernetes:core/v1:ServiceAccount" or planned.op == "create":
        return
    before, after = (
        labels(one, "metadata", "annotations").get(_WORKLOAD) for one in (planned.before, planned.after)
    )
    if before != after:
        said = f"its pods act as {after or 'nobody'} at Google Cloud, no more as {before or 'nobody'}"
        yield _access(planned, said, grave=True)


def _account(planned: Planned, _held: Held) -> Iterator[Risk]:
    identities = ("gcp:serviceaccount/account:Account", "gcp:projects/iAMCustomRole:IAMCustomRole")
    federated = planned.type.startswith("gcp:iam/workloadIdentityPool")
    if (planned.type in identities or federated) and planned.op in {"replace", "delete"}:
        yield _access(planned, "what acts by it is somebody else, or nobody, from then on", grave=True)
    elif federated and planned.op == "update":
        yield _access(planned, "changes who outside may act as the stack's identities", grave=True)


RULES: Final[Sequence[Callable[[Planned, Held], Iterator[Risk]]]] = (
    _binding,
    _role,
    _iam,
    _identity,
    _account,
)


def _access(planned: Planned, said: str, *, grave: bool) -> Risk:
    return Risk("changes-access", planned.label, said, planned.urn, grave)


def _is_rbac(planned: Planned, *kinds: str) -> bool:
    identity = planned.identity
    return identity is not None and identity.group == _RBAC and identity.kind in kinds


def _granted(body: Mapping[str, Any]) -> tuple[str, list[str]]:
    return text(body, "roleRef", "name"), _subjects(body)


def _subjects(body: Mapping[str, Any]) -> list[str]:
    return sorted(
        f"{text(one, 'kind')} {'/'.join(filter(None, (text(one, 'namespace'), text(one, 'name'))))}"
        for _, one in mappings(body, "subjects", EACH)
    )


def _rights(body: Mapping[str, Any]) -> list[str]:
    """Each right as ``get list of pods, secrets``."""
    return sorted(
        f"{' '.join(_words(one, 'verbs'))} of "
        f"{', '.join((*_words(one, 'resources'), *_words(one, 'nonResourceURLs'))) or 'nothing'}"
        for _, one in mappings(body, "rules", EACH)
    )


def _words(value: Any, key: str) -> list[str]:
    return [_word(one) for _, one in each(value, key, EACH)]


def _word(value: Any) -> str:
    """A value as a word; what the cloud decides has none."""
    if value is None:
        return ""
    return "one that isn't known yet" if isinstance(value, Missing) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
