"""A selector that takes no pods of the set. Pure."""

from __future__ import annotations

from onestack.validation.pods import PodTemplate
from onestack.validation.references.index import OF_THE_CLUSTER, Index
from onestack.validation.references.near import listed, nearest
from onestack.validation.selectors import EXISTS, IN, Requirement, Selector


def unselected(index: Index, namespace: str, wanted: Selector) -> bool:
    """Whether no pod of the namespace can be taken by the selector, as far as the set tells."""
    if namespace in OF_THE_CLUSTER or index.pods.selected(namespace, wanted):
        return False
    if index.made.may_make_pods(namespace, wanted):
        return False
    # Pods that may label pods mark leaders so.
    if any(_lacks_only(template, wanted) for template in index.made.labelling(namespace)):
        return False
    # An operator makes pods of which no manifest tells; only a slip is worth a word there.
    return not index.made.operated(namespace) or any(
        _slip(index, namespace, one, sure=True) for one in wanted.requirements
    )


def _lacks_only(template: PodTemplate, wanted: Selector) -> bool:
    held = [one for one in wanted.requirements if one.key in template.labels]
    return bool(held) and all(one.matches(template.labels) for one in held)


def described(wanted: Selector) -> str:
    """``a=b,c in (d,e)``, in the API server's own notation."""
    return ",".join(sorted(map(_described, wanted.requirements)))


def _described(one: Requirement) -> str:
    if not one.values:
        return one.key if one.operator == EXISTS else f"!{one.key}"
    if one.operator == IN and len(one.values) == 1:
        return f"{one.key}={next(iter(one.values))}"
    return f"{one.key} {'in' if one.operator == IN else 'notin'} ({','.join(sorted(one.values))})"


def hint(index: Index, namespace: str, wanted: Selector) -> str:
    """What was probably meant, or what to compare."""
    others = index.pods.elsewhere(wanted)
    if others:
        return f"there are such pods in {'namespace' if len(others) == 1 else 'namespaces'} {listed(others)}"
    alike = index.pods.alike(namespace, wanted)
    if alike is not None:
        return _difference(alike, wanted)
    near = next(
        filter(None, (_slip(index, namespace, one) for one in sorted(wanted.requirements, key=_described))),
        "",
    )
    if near:
        return near
    if not index.pods.all(namespace):
        return f"no workload of this set is in namespace '{namespace}'; correct the namespace, or declare one"
    return "compare it with the labels of the workload's spec.template.metadata"


def _difference(alike: PodTemplate, wanted: Selector) -> str:
    wrong = sorted(one.key for one in wanted.requirements if not one.matches(alike.labels))
    has = ",".join(f"{key}={alike.labels[key]}" for key in wrong if key in alike.labels)
    differs = f"has {has}" if has else f"lacks {','.join(wrong)}"
    return f"the nearest is {alike.manifest.kind} '{alike.manifest.name}', whose template {differs}"


def _slip(index: Index, namespace: str, one: Requirement, *, sure: bool = False) -> str:
    for value in sorted(one.values) if one.operator == IN else ():
        near = nearest(value, index.pods.values(namespace, one.key), sure=sure)
        if near and value not in index.pods.values(namespace, one.key):
            return f"did you mean {one.key}={near}?"
    keys = index.pods.keys(namespace)
    near = nearest(one.key, keys, sure=sure) if one.key not in keys else ""
    return f"did you mean the label '{near}'?" if near else ""
