"""Names, labels and kinds as the API server takes them."""

from __future__ import annotations

import pytest

from onestack.manifests.names import wrong_label_value, wrong_name, wrong_qualified
from onestack.manifests.scope import builtin, is_before, is_builtin, superseded, unserved

RBAC = "rbac.authorization.k8s.io"


@pytest.mark.parametrize(
    ("group", "kind", "good", "bad"),
    [
        (
            "",
            "ConfigMap",
            ("a", "a.b-c", "1", "a" * 253),
            ("", "A", "a_b", "-a", "a.", "a..b", "a" * 254),
        ),
        ("", "Namespace", ("a", "1-a", "a" * 63), ("a.b", "a" * 64, "a-")),
        ("", "Service", ("web", "1web"), ("web.a", "-web")),
        ("apps", "StatefulSet", ("db",), ("db.a", "a" * 64)),
        (RBAC, "ClusterRole", ("system:Node_x", "a b"), (".", "..", "a/b", "a%b")),
        ("batch", "CronJob", ("a" * 52,), ("a" * 53,)),
        ("example.com", "Book", ("a.b",), ("A",)),
    ],
)
def test_names_by_kind(group: str, kind: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    assert [name for name in good if wrong_name(group, kind, name)] == []
    assert [name for name in bad if not wrong_name(group, kind, name)] == []


def test_keys_and_values_of_labels() -> None:
    good = ("a", "A.b_c-1", "example.com/a", "a" * 63)
    bad = ("", "a/b/c", "/a", "Example.com/a", "-a", "a/", "a" * 64, "a b")
    assert [key for key in good if wrong_qualified(key)] == []
    assert [key for key in bad if not wrong_qualified(key)] == []
    assert [value for value in ("", "a", "1.2_x-Y") if wrong_label_value(value)] == []
    assert [value for value in ("-", "a/b", "a b", "a" * 64, "a\n") if not wrong_label_value(value)] == []


def test_the_table_knows_what_kubernetes_serves() -> None:
    assert is_builtin("apps", "Deployment")
    assert is_builtin("", "Secret")
    assert not is_builtin("example.com", "Deployment")
    assert builtin()["autoscaling", "HorizontalPodAutoscaler"].versions == ("v2", "v1")
    assert not builtin()["", "Namespace"].namespaced


def test_no_version_that_every_release_removed_is_served_and_what_replaces_it_is() -> None:
    for gone in superseded():
        for kind in gone.kinds:
            is_gone = bool(gone.removed) and not is_before("1.25", gone.removed)
            assert (unserved(gone.version, kind, builtin()) is not None) == is_gone
            assert gone.hint or unserved(gone.instead, kind, builtin()) is None
            assert gone.advice
