"""Stacks' resources as the engine tells of them, small and made up, and pictures of any shape."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from onestack.graph import Box, Count, Edge, Graph, Group, Picture, Resource

URN = "urn:pulumi:dev::onestack::"
STACK = f"{URN}pulumi:pulumi:Stack::onestack-dev"
PROVIDER = f"{URN}pulumi:providers:kubernetes::cluster"


class Made:
    """Collects resources; each call returns the new one's URN."""

    def __init__(self) -> None:
        self.resources = [Resource(STACK, "pulumi:pulumi:Stack", "onestack-dev", custom=False)]

    def __call__(self, token: str, name: str, *needs: str, parent: str = STACK, protect: bool = False) -> str:
        urn = f"{URN}{token}::{name}"
        custom = not token.startswith("onestack:")
        self.resources.append(Resource(urn, token, name, parent, needs, {}, custom, protect))
        return urn

    def graph(self, applications: dict[str, str] | None = None) -> Graph:
        """All that was made."""
        return Graph(tuple(self.resources), applications or {})


def application(made: Made, name: str, workloads: int, *needs: str) -> list[str]:
    """A namespace with that many Deployments and Services, and an Ingress."""
    namespace = made("kubernetes:core/v1:Namespace", name, PROVIDER)
    behind = (PROVIDER, namespace, *needs)
    return [
        namespace,
        *(made("kubernetes:apps/v1:Deployment", f"{name}/{one}", *behind) for one in range(workloads)),
        *(made("kubernetes:core/v1:Service", f"{name}/{one}", *behind) for one in range(workloads)),
        made("kubernetes:networking.k8s.io/v1:Ingress", f"{name}/web", *behind),
    ]


def local() -> Made:
    """A stack whose cluster is there already."""
    made = Made()
    made("pulumi:providers:kubernetes", "cluster")
    crd = made(
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "promotions.example.com", PROVIDER
    )
    application(made, "bookshop", 4, crd)
    application(made, "monitoring", 1)
    return made


def cloud() -> Made:
    """A stack that makes network, cluster and identities as components, and two applications on them."""
    made = Made()
    services = made("onestack:gcp:Services", "services")
    enabled = [
        made("gcp:projects/service:Service", one, parent=services)
        for one in ("compute", "container", "iam", "artifactregistry")
    ]
    network = made("onestack:gcp:Network", "dev")
    vpc = made("gcp:compute/network:Network", "dev", *enabled, parent=network, protect=True)
    subnet = made("gcp:compute/subnetwork:Subnetwork", "nodes", vpc, parent=network)
    identity = made("onestack:gcp:NodeIdentity", "nodes")
    account = made("gcp:serviceaccount/account:Account", "nodes", *enabled, parent=identity)
    role = made("gcp:projects/iAMMember:IAMMember", "nodes-logs", account, parent=identity)
    registry = made("onestack:gcp:Registry", "dev")
    images = made(
        "gcp:artifactregistry/repository:Repository", "dev", *enabled, parent=registry, protect=True
    )
    made(
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        "pull", images, account, parent=registry,
    )  # fmt: skip
    component = made("onestack:gcp:Cluster", "dev")
    key = made("gcp:kms/cryptoKey:CryptoKey", "secrets", *enabled, parent=component, protect=True)
    cluster = made(
        "gcp:container/cluster:Cluster", "dev", vpc, subnet, key, account, parent=component, protect=True
    )
    pools = made("onestack:gcp:NodePools", "pools")
    nodes = made("gcp:container/nodePool:NodePool", "default", cluster, role, parent=pools)
    workload = made("onestack:gcp:WorkloadIdentity", "bookshop/server")
    server = made("gcp:serviceaccount/account:Account", "server", *enabled, parent=workload)
    made("gcp:serviceaccount/iAMMember:IAMMember", "server", server, cluster, parent=workload)
    made("pulumi:providers:kubernetes", "cluster", cluster)
    webhook = application(made, "cert-manager", 1, nodes)[1]
    application(made, "bookshop", 4, nodes, webhook)
    application(made, "monitoring", 1, nodes)
    return made


NAMES = st.text("abc XYZ-", max_size=30)
IDS = st.integers(0, 9).map(lambda number: f"b_{number}")


@st.composite
def pictures(draw: st.DrawFn, texts: st.SearchStrategy[str] = NAMES) -> Picture:
    """Pictures of up to ten boxes in up to four groups, with any arrows that `fold` could make."""
    ids = sorted(draw(st.sets(IDS, min_size=1)))
    in_group = {one: draw(st.integers(0, 3)) for one in ids}
    groups = tuple(
        Group(
            f"g{number}", draw(texts), tuple(_box(draw, one, texts) for one in ids if in_group[one] == number)
        )
        for number in sorted(set(in_group.values()))
    )
    pairs = draw(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=20))
    edges = {Edge(source, target) for source, target in pairs if source != target}
    for group in groups:
        outside = [one for one in ids if one not in {box.id for box in group.boxes}]
        if draw(st.booleans()) and outside:
            edges.add(Edge(group.id, draw(st.sampled_from(outside))))
    return Picture(draw(texts), groups, tuple(sorted(edges)))


def _box(draw: st.DrawFn, name: str, texts: st.SearchStrategy[str]) -> Box:
    counts = draw(st.lists(st.builds(Count, texts, st.integers(1, 3), st.integers(0, 1)), max_size=12))
    named = [Count(one.kind, one.count, one.protected, (draw(texts),)) for one in counts]
    return Box(name, draw(texts), tuple(named), draw(st.sampled_from(["", "not made by this stack"])))


def of(picture: Picture) -> dict[str, list[str]]:
    """Titles of boxes by title of group."""
    return {group.title: [box.title for box in group.boxes] for group in picture.groups}


def arrows(picture: Picture) -> set[str]:
    """``source -> target`` by title."""
    return {f"{picture.titles[edge.source]} -> {picture.titles[edge.target]}" for edge in picture.edges}


def reach(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """All pairs of which the first reaches the second, worked out the slow way."""
    found = set(pairs)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more
