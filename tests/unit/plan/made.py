"""Plans for tests: changes as the engine tells of them, small ones, big ones, and ones of any shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from onestack import plan as plans
from onestack.graph import Graph, Resource
from onestack.plan import Change, Field, Missing, Plan, Reach, Risk, Unchecked
from onestack.plan.held import Held
from onestack.plan.model import OPS, Op
from onestack.plan.planned import Planned
from onestack.plan.reach import reach

URN = "urn:pulumi:dev::onestack::"
HASH = f"sha256:{'a' * 64}"


def urn(token: str, name: str) -> str:
    return f"{URN}{token}::{name}"


def planned(
    op: Op,
    token: str,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    live: Any = Missing.UNSEEN,
    application: str | None = None,
    **differing: str,
) -> Planned:
    """One resource; ``differing`` has ``__`` for a dot."""
    paths = {path.replace("__", "."): how for path, how in differing.items()}
    return Planned(
        op, urn(token, name), token, before or {}, after or {}, paths, live=live, application=application
    )


def resource(token: str, name: str, *needs: str, inputs: Mapping[str, Any] | None = None) -> Resource:
    return Resource(urn(token, name), token, name, depends_on=needs, inputs=inputs or {})


def plan(*changing: Planned, held: tuple[Resource, ...] = (), **others: Any) -> Plan:
    """The plan of what changes, of a stack that holds ``held``."""
    known = Held(held)
    return Plan(
        project="onestack",
        stack="dev",
        tree="1" * 40,
        settings=HASH,
        state=HASH,
        changes=plans.changes(changing, known),
        same=len(held),
        risks=plans.risks(changing, known),
        reach=reach([one.urn for one in changing], held),
        **others,
    )


def small() -> Plan:
    """An image, a drifted field, a secret, and a namespace that goes with a claim in it."""
    deployment, service = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
    before = {"spec": {"replicas": 3, "template": {"image": "shop:1.4.2"}}}
    after = {"spec": {"replicas": 3, "template": {"image": "shop:1.4.3"}}}
    changing = (
        planned(
            "update",
            deployment,
            "shop/web",
            before,
            after,
            live={"spec": {"replicas": 7, "template": {"image": "shop:1.4.2"}}},
            application="shop",
            spec__template__image="update",
        ),
        planned(
            "update",
            "kubernetes:core/v1:Secret",
            "shop/key",
            {"data": {"key": Missing.HIDDEN}},
            {"data": {"key": Missing.HIDDEN}},
            application="shop",
            data__key="update",
        ),
        planned(
            "create", "kubernetes:core/v1:ConfigMap", "shop/settings", after={"data": {}}, application="shop"
        ),
        planned("delete", "kubernetes:core/v1:Namespace", "old"),
        planned(
            "delete",
            "kubernetes:core/v1:PersistentVolumeClaim",
            "old/data",
            {"spec": {"resources": {"requests": {"storage": "20Gi"}}}},
        ),
        planned(
            "replace",
            "gcp:compute/subnetwork:Subnetwork",
            "nodes",
            {"ipCidrRange": "10.0.0.0/20"},
            {"ipCidrRange": "10.8.0.0/20"},
            ipCidrRange="update-replace",
        ),
    )
    subnet = resource("gcp:compute/subnetwork:Subnetwork", "nodes")
    cluster = resource("gcp:container/cluster:Cluster", "dev", subnet.id)
    pool = resource("gcp:container/nodePool:NodePool", "default", cluster.id)
    provider = resource("pulumi:providers:kubernetes", "cluster", pool.id)
    web = resource(deployment, "shop/web", provider.id)
    front = resource(service, "shop/web", provider.id, web.id)
    held = (subnet, cluster, pool, provider, web, front, resource("kubernetes:core/v1:Namespace", "old"))
    unseen = (Unchecked("fields of 2 objects", "no CustomResourceDefinition of their kind is known"),)
    return plan(*changing, held=held, unchecked=unseen)


def big(objects: int = 2_000) -> Plan:
    """Everything changes, and half of it goes."""
    token = "kubernetes:apps/v1:StatefulSet"
    changing = [
        planned("delete", token, f"team-{number % 40}/store-{number}", {"spec": {"replicas": 3}})
        if number % 2
        else planned(
            "update",
            token,
            f"team-{number % 40}/store-{number}",
            {"spec": {"image": f"store:{number}"}},
            {"spec": {"image": f"store:{number + 1}"}},
            application=f"team-{number % 40}",
            spec__image="update",
        )
        for number in range(objects)
    ]
    return plan(*changing, held=tuple(resource(token, one.name) for one in changing))


HOSTILE = (
    "@everyone",
    "<script>alert(1)</script>",
    "[click](http://evil.example)",
    "![x](https://evil.example/p.png)",
    "`code` ``",
    "a|b",
    "line\nbreak",
    "\u202etxt.exe",
    "</details>",
    "-->",
    "www.evil.example",
    "#1 GH-1 org/repo#2",
    "```",
    "**bold** _it_ ~~no~~",
    "| x |\n|---|",
    "&lt;b&gt; &amp; &#64;team",
    "/approve sha256:" + "b" * 64,
    "\\`",
    "1. one",
    "# title",
    "::error::x",
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.lists(st.sampled_from((*HOSTILE, "word", " ", "`", "|", "\\")), max_size=4).map("".join),
)
values = st.one_of(
    texts,
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.sampled_from(list(Missing)),
    st.lists(texts, max_size=2),
    st.dictionaries(texts, texts, max_size=2),
)
names = st.one_of(texts, st.just("shop/web"))


def called(change: Change) -> Change:
    """The change under the name that follows from its URN."""
    planned = Planned(change.op, change.urn, change.type)
    where = planned.identity.namespace if planned.identity else None
    return replace(change, name=planned.name, namespace=where)


@st.composite
def any_plan(draw: st.DrawFn) -> Plan:
    """A plan in which every name, value and sentence may be hostile."""
    fields = st.builds(Field, texts, values, values, values, st.booleans())
    changing = draw(
        st.lists(
            st.builds(
                Change,
                st.sampled_from(OPS),
                names.map(lambda name: urn("kubernetes:core/v1:ConfigMap", name)),
                texts.map(lambda kind: f"kubernetes:core/v1:{kind}"),
                names,
                st.none() | texts,
                st.none() | texts,
                st.lists(fields, max_size=3).map(tuple),
                st.lists(texts, max_size=2).map(tuple),
            ).map(called),
            max_size=6,
        )
    )
    risks = draw(
        st.lists(
            st.builds(
                Risk, st.sampled_from(("deletes-data", "exposes")), texts, texts, texts, grave=st.booleans()
            ),
            max_size=30,
        )
    )
    resources = tuple(
        Resource(f"r{number}", f"kubernetes:core/v1:{name}", name, depends_on=(f"r{number - 1}",))
        for number, name in enumerate(draw(st.lists(texts, max_size=5)))
    )
    reached = Reach(
        Graph(resources),
        frozenset(one.id for one in resources[:1]),
        frozenset(one.id for one in resources[1:]),
        (tuple(one.id for one in resources),) if resources else (),
    )
    return replace(
        plan(unchecked=tuple(draw(st.lists(st.builds(Unchecked, texts, texts), max_size=3)))),
        stack=draw(st.one_of(st.just("dev"), texts)),
        changes=tuple(changing),
        risks=tuple(risks),
        reach=reached,
        warnings=tuple(draw(st.lists(texts, max_size=2))),
    )
