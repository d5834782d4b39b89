"""What a stack's resources are folded to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onestack.graph import Count, Graph, Resource, document, fold, mermaid, svg
from tests.unit.graph.canned import PROVIDER, STACK, Made, application, arrows, cloud, local, of


def test_hundreds_of_objects_are_one_box_per_namespace_with_their_kinds_counted() -> None:
    made = local()
    application(made, "large", 200)
    picture = fold("dev", made.graph())
    assert of(picture) == {
        "Applications": ["bookshop", "cluster-wide", "large", "monitoring"],
        "Cluster": ["Cluster"],
    }
    large = picture.groups[0].boxes[2]
    assert large.counts == (
        Count("Deployment", 200),
        Count("Ingress", 1),
        Count("Namespace", 1),
        Count("Service", 200),
    )
    assert large.resources == 402


def test_an_object_stands_with_its_application_where_that_is_known() -> None:
    made = local()
    crd = next(one.id for one in made.resources if one.kind == "CustomResourceDefinition")
    moved = made("kubernetes:rbac.authorization.k8s.io/v1:Role", "kube-system/lease", PROVIDER)
    picture = fold("dev", made.graph({crd: "bookshop", moved: "monitoring"}))
    assert of(picture)["Applications"] == ["bookshop", "monitoring"]


def test_a_cluster_that_is_only_reached_is_told_as_such() -> None:
    picture = fold("local", local().graph())
    (cluster,) = picture.groups[1].boxes
    assert (cluster.resources, cluster.note) == (0, "not made by this stack")
    assert arrows(picture) == {"Applications -> Cluster", "bookshop -> cluster-wide"}


def test_a_provider_that_nothing_uses_is_no_cluster() -> None:
    made = Made()
    made("pulumi:providers:kubernetes", "cluster")
    assert fold("dev", made.graph()).groups == ()


def test_what_the_stack_makes_stands_below_and_arrows_pass_through_providers() -> None:
    picture = fold("dev", cloud().graph())
    assert of(picture) == {
        "Applications": ["bookshop", "cert-manager", "monitoring"],
        "Cluster": ["Cluster dev", "NodePools"],
        "Registry": ["Registry dev"],
        "Identities": ["NodeIdentity nodes", "WorkloadIdentity bookshop/server"],
        "Network": ["Network dev"],
        "Project": ["Services"],
    }
    assert arrows(picture) == {
        "Applications -> NodePools",
        "bookshop -> cert-manager",
        "NodePools -> Cluster dev",
        "Cluster dev -> NodeIdentity nodes",
        "Cluster dev -> Network dev",
        "WorkloadIdentity bookshop/server -> Cluster dev",
        "Registry dev -> NodeIdentity nodes",
        "NodeIdentity nodes -> Services",
        "Network dev -> Services",
    }


def test_few_resources_of_the_cloud_are_told_by_name_and_protection_is() -> None:
    cluster = fold("dev", cloud().graph()).groups[1].boxes[0]
    assert cluster.counts == (Count("Cluster", 1, 1, ("dev",)), Count("CryptoKey", 1, 1, ("secrets",)))
    assert cluster.protected == 2


@given(st.permutations(cloud().resources))
def test_the_order_in_which_resources_are_told_changes_nothing(shuffled: list[Resource]) -> None:
    first, second = (fold("dev", Graph(tuple(one))) for one in (cloud().resources, shuffled))
    assert first == second
    assert (svg(first), mermaid(first), document(first)) == (svg(second), mermaid(second), document(second))


def test_what_is_part_of_no_component_stands_in_one_box_of_its_group() -> None:
    made = Made()
    network = made("gcp:compute/network:Network", "a")
    made("gcp:compute/subnetwork:Subnetwork", "b", network)
    made("random:index/randomId:RandomId", "c")
    assert of(fold("dev", made.graph())) == {"random": ["random"], "Network": ["Network"]}


def test_a_dependency_on_a_component_is_one_on_its_parts_also_in_between() -> None:
    made = Made()
    outer = made("onestack:gcp:Outer", "x")
    inner = made("onestack:gcp:Network", "net", parent=outer)
    made("gcp:compute/network:Network", "a", parent=inner)
    made("gcp:artifactregistry/repository:Repository", "b", outer)
    assert arrows(fold("dev", made.graph())) == {"Registry -> Network net"}


def test_what_is_made_within_a_resource_needs_it_and_is_part_of_its_component() -> None:
    made = Made()
    component = made("onestack:gcp:Cluster", "c")
    cluster = made("gcp:container/cluster:Cluster", "c", parent=component)
    made("gcp:container/nodePool:NodePool", "p", parent=cluster)
    picture = fold("dev", made.graph())
    assert [one.kind for one in picture.groups[0].boxes[0].counts] == ["Cluster", "NodePool"]
    made = Made()
    network = made("gcp:compute/network:Network", "n")
    made("gcp:artifactregistry/repository:Repository", "r", parent=network)
    assert arrows(fold("dev", made.graph())) == {"Registry -> Network"}


def test_parents_in_a_circle_and_needs_of_nothing_known_end() -> None:
    made = Made()
    made("gcp:compute/network:Network", "a", "urn:nowhere", parent="urn:elsewhere")
    loop = made("gcp:compute/network:Network", "b", parent=STACK)
    made.resources[-1] = Resource(loop, "gcp:compute/network:Network", "b", loop, (loop,))
    assert of(fold("dev", made.graph())) == {"Network": ["Network"]}


def test_names_that_must_not_be_said_are_in_no_form_of_the_picture() -> None:
    made = cloud()
    made("gcp:serviceaccount/account:Account", "hunter2", parent=made("onestack:gcp:Identity", "hunter2"))
    application(made, "hunter2", 1)
    picture = fold("dev", made.graph(), lambda text: text.replace("hunter2", "[secret]"))
    said = (mermaid(picture), svg(picture), str(document(picture)))
    assert ["hunter2" in one for one in said] == [False] * 3
    assert "[secret]" in said[1]


def test_boxes_of_one_title_have_ids_of_their_own() -> None:
    made = Made()
    for name in ("a/b", "a b", "a_b"):
        made("gcp:compute/network:Network", name, parent=made("onestack:gcp:Network", name))
    ids = [box.id for box in fold("dev", made.graph()).groups[0].boxes]
    assert ids == ["b_network_a_b", "b_network_a_b_2", "b_network_a_b_3"]
