"""A release whose wait failed waits again, until that very content was seen ready."""

from onestack.manifests import record


def live(digest: str, ready: str | None = None, attempt: str | None = None) -> dict[str, object]:
    """A record as the API server holds it."""
    data = {"digest": digest} | ({"attempt": attempt} if attempt else {})
    return {"metadata": {"annotations": {record.READY: ready} if ready else {}}, "data": data}


def test_a_first_release_is_its_digest() -> None:
    assert record.data("d1", None) == {"digest": "d1"}


def test_a_release_that_was_seen_ready_stays_as_it_is() -> None:
    assert record.data("d1", live("d1", ready="d1")) == {"digest": "d1"}
    assert record.data("d1", live("d1", ready="d1", attempt="3")) == {"digest": "d1", "attempt": "3"}


def test_a_release_that_was_not_seen_ready_changes_each_time() -> None:
    assert record.data("d1", live("d1")) == {"digest": "d1", "attempt": "2"}
    assert record.data("d1", live("d1", ready="d0", attempt="2")) == {"digest": "d1", "attempt": "3"}


def test_new_content_starts_anew() -> None:
    assert record.data("d2", live("d1", attempt="7")) == {"digest": "d2"}


def test_an_attempt_that_somebody_wrote_over_is_no_traceback() -> None:
    assert record.data("d1", live("d1", attempt="many")) == {"digest": "d1", "attempt": "2"}


def test_the_record_and_its_namespace_are_marked_as_ours() -> None:
    manifest = record.record_manifest("d1", project="onestack", stack="local")
    assert manifest.resource_name == "onestack-system/onestack-release-local"
    assert manifest.body["metadata"]["labels"] == {"onestack.dev/stack": "local"}
    assert manifest.body["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    holder = record.namespace_manifest(project="onestack", stack="local")
    assert "pulumi.com/skipAwait" not in holder.body["metadata"]["annotations"]


def test_a_mark_of_another_release_says_nothing_of_this_one() -> None:
    assert record.seen_ready(live("d1", ready="d1"), "d1")
    assert not record.seen_ready(live("d2", ready="d1"), "d1")
    assert not record.seen_ready(live("d1", ready="d2"), "d1")
    assert record.is_marked(live("d1", ready="d2"))
    assert not record.is_marked(live("d1"))
    assert not record.is_marked(None)


def test_the_namespace_is_declared_by_the_first_stack_on_a_cluster_only() -> None:
    mine = record.namespace_manifest(project="onestack", stack="a").body
    assert record.namespaces(record.Found(), project="onestack", stack="a")
    assert record.namespaces(record.Found(namespace=mine), project="onestack", stack="a")
    assert not record.namespaces(record.Found(namespace=mine), project="onestack", stack="b")
    names = [one.name for one in record.manifests(record.Found(mine), project="onestack", stack="b")]
    assert names == ["onestack-release-b"]
