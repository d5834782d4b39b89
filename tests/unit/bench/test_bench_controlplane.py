"""What the control plane did in a phase is what was added in it."""

from __future__ import annotations

from tests.bench.controlplane import between, counted
from tests.bench.report import document
from tests.unit.bench.canned import measured, results

METRICS = """\
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",resource="pods",verb="GET",version="v1"} 3
apiserver_request_total{code="404",resource="pods",verb="GET",version="v1"} 1e+01
apiserver_request_total{code="201",resource="pods",subresource="",verb="POST",version="v1"} 5
apiserver_request_total_other{verb="GET"} 100
"""


def test_requests_are_added_up_by_verb() -> None:
    assert counted(METRICS) == {"GET": 13.0, "POST": 5.0}
    assert counted("") == {}


def test_only_what_was_added_counts() -> None:
    assert between({"GET": 3.0, "POST": 5.0}, {"GET": 4.5, "POST": 5.0, "PATCH": 1.0}) == {
        "GET": 1.5,
        "PATCH": 1.0,
    }


def test_the_report_has_the_cpu_of_the_control_plane_and_the_requests_of_every_subject() -> None:
    one = measured("kubectl", 500, "first up", 2.0)
    object.__setattr__(one, "plane_cpu", {"etcd": 1.25, "kwok": 2.0})
    object.__setattr__(one, "requests", {"GET": 7.0, "APPLY": 500.0})
    text = document(results(one))
    assert "| 500 | first up | kubectl | 3.2 | 1.2 | 0.0 | 0.0 | 0.0 | 2.0 |" in text
    assert "| 500 | first up | kubectl | 7 | - | - | 500 | - | - | - | - |" in text
