"""The engine's events become values; what only repeats an error is noise."""

from onestack.engine.events import Diagnostic, Step, Summary, is_noise, parse

DEPLOYMENT = "urn:pulumi:local::onestack::kubernetes:apps/v1:Deployment::shop/web"


def test_a_planned_step_names_the_object_and_the_fields_that_differ() -> None:
    step = parse(
        {
            "resourcePreEvent": {
                "metadata": {
                    "op": "update",
                    "urn": DEPLOYMENT,
                    "type": "kubernetes:apps/v1:Deployment",
                    "detailedDiff": {"spec.replicas": {"diffKind": "update"}, "metadata.labels.a": {}},
                    "diffs": ["spec", "metadata"],
                }
            }
        }
    )
    assert isinstance(step, Step)
    assert (step.phase, step.op, step.kind, step.name) == ("started", "update", "Deployment", "shop/web")
    assert step.fields == ("metadata.labels.a", "spec.replicas")


def test_without_a_detailed_diff_the_top_level_fields_are_named() -> None:
    step = parse(
        {"resOutputsEvent": {"metadata": {"op": "update", "urn": "u::n", "type": "t", "diffs": ["data"]}}}
    )
    assert isinstance(step, Step)
    assert step.fields == ("data",)


def test_debug_messages_are_left_out_and_others_keep_their_severity() -> None:
    assert parse({"diagnosticEvent": {"severity": "debug", "message": "registering"}}) is None
    assert parse({"diagnosticEvent": {"severity": "error", "message": " no \n", "urn": "u"}}) == Diagnostic(
        severity="error", message="no", urn="u"
    )


def test_a_summary_without_changes_is_empty() -> None:
    assert parse({"summaryEvent": {"resourceChanges": None}}) == Summary(changes={})


def test_other_events_are_nothing_to_us() -> None:
    assert parse({"preludeEvent": {"config": {}}}) is None


def test_noise_is_recognised_and_a_reason_is_not() -> None:
    assert is_noise("an unhandled error occurred: program exited with non-zero exit code: 1")
    assert is_noise("update failed")
    assert not is_noise("deployments.apps is forbidden")


def test_where_a_plugin_was_found_is_no_diagnostic() -> None:
    message = "using pulumi-resource-kubernetes from $PATH at /b/pulumi-resource-kubernetes"
    assert parse({"diagnosticEvent": {"severity": "warning", "message": message}}) is None


def test_a_replacement_is_one_change_and_a_look_is_none() -> None:
    words = ("create", "update", "delete", "replace", "same", "delete-replaced", "create-replacement")
    steps = [Step("started", op, "u::n", "t") for op in (*words, "refresh", "read")]
    assert [step.op for step in steps if step.is_change] == ["create", "update", "delete", "replace"]


def test_a_change_that_begins_has_both_inputs_and_says_how_each_path_differs() -> None:
    metadata = {
        "op": "replace",
        "urn": DEPLOYMENT,
        "type": "t",
        "old": {"inputs": {"a": 1}, "outputs": {"__inputs": {}}},
        "new": {"inputs": {"a": 2}},
        "detailedDiff": {"a": {"diffKind": "update-replace"}, "b": {}},
    }
    step = parse({"resourcePreEvent": {"metadata": metadata}})
    assert isinstance(step, Step)
    assert (step.before, step.after) == ({"a": 1}, {"a": 2})
    assert step.differing == {"a": "update-replace", "b": "update"}
    done = parse({"resOutputsEvent": {"metadata": metadata}})
    assert isinstance(done, Step)
    assert (done.before, done.after, done.differing) == ({}, {}, {})
    bare = parse({"resourcePreEvent": {"metadata": {**metadata, "detailedDiff": None, "diffs": ["spec"]}}})
    assert isinstance(bare, Step)
    assert bare.differing == {"spec": "update"}
