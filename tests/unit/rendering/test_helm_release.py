"""What a helm.yaml says, and what is wrong with it."""

from __future__ import annotations

import pytest

from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.rendering.release import LocalChart, Release, RemoteChart, release

FILE = "manifests/app/helm.yaml"
DIGEST = "sha256:" + "0" * 64
PINNED = f"version: 1.2.3\ndigest: {DIGEST}\n"
APPLICATION = Application("app", "web")
VERSION = 'write all three numbers, such as "1.2.3", and no range'
OCI = "write oci://host/path/name; the version and digest have keys of their own"
HTTPS = "write https://host/path, without user, query or fragment"
LABEL = "use at most 63 lower-case letters, digits and '-', with a letter or digit at both ends"


def read(text: str, application: Application = APPLICATION) -> tuple[Release | None, list[str]]:
    problems = Problems()
    made = release(text.encode(), FILE, application, problems)
    return made, [str(problem).removeprefix(f"{FILE}:") for problem in problems.found]


def good(text: str, application: Application = APPLICATION) -> Release:
    made, problems = read(text, application)
    assert problems == []
    assert made is not None
    return made


def test_a_chart_of_the_repository() -> None:
    made = good("chart: ./chart\n")
    assert made.chart == LocalChart("./chart")
    assert (made.name, made.namespace, made.values) == ("app", "web", None)
    assert not made.skip_tests
    assert not made.skip_schema_validation


def test_all_keys() -> None:
    text = "chart: ../c\nrelease: shop\nnamespace: web\nvalues: [a.yaml, b.yaml]\nskipTests: true\n"
    made = good(text + "skipSchemaValidation: true\n", Application("app"))
    assert (made.name, made.namespace, made.values) == ("shop", "web", ("a.yaml", "b.yaml"))
    assert made.skip_tests
    assert made.skip_schema_validation


@pytest.mark.parametrize("host", ["charts.example.org", "127.0.0.1:5000", "[::1]:5000"])
def test_a_chart_of_a_registry(host: str) -> None:
    chart = good(f"chart: oci://{host}/team/demo\n{PINNED}").chart
    assert chart == RemoteChart(host, f"oci://{host}/team/demo", "", "1.2.3", DIGEST)
    assert isinstance(chart, RemoteChart)
    assert chart.plain == (host != "charts.example.org")


def test_a_chart_of_a_repository() -> None:
    chart = good(f"chart: demo\nrepository: https://charts.example.org/stable\n{PINNED}").chart
    url = "https://charts.example.org/stable"
    assert chart == RemoteChart("charts.example.org", "demo", url, "1.2.3", DIGEST)
    assert str(chart) == f"demo of {url} 1.2.3"


def test_an_unknown_digest_is_for_the_fetch_to_tell() -> None:
    chart = good("chart: oci://charts.example.org/demo\nversion: 1.2.3-rc.1+x\n").chart
    assert isinstance(chart, RemoteChart)
    assert chart.digest is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", " this is not one mapping; write at least 'chart: ./chart'"),
        ("- a\n", " this is not one mapping; write at least 'chart: ./chart'"),
        ("chart: a\n---\nchart: b\n", " this is not one mapping; write at least 'chart: ./chart'"),
        ("chart: a\nchart: b\n", "2:1: the key 'chart' stands twice in this mapping"),
        ("chrt: a\nchart: a\n", "1:1: 'chrt' is no key of helm.yaml; write 'chart'"),
        ("skiptests: true\nchart: a\n", "1:1: 'skiptests' is no key of helm.yaml; write 'skipTests'"),
        ("foo: a\nchart: a\n", "1:1: 'foo' is no key of helm.yaml; the keys are chart, repository, version"),
        ("release: a\n", "1:1: chart is missing; write it: a path such as ./chart, oci://host/path/name,"),
        ("chart: 5\n", "1:8: chart is the number 5; write a string"),
        ("chart: a\nvalues: a.yaml\n", "2:9: values is a string; write a list of files"),
        ("chart: a\nvalues: [5]\n", "2:10: values[0] is the number 5; write a string"),
        ("chart: a\nskipTests: 'yes'\n", "2:12: skipTests is a string; write true or false"),
        ("chart: /a\n", "1:8: the chart '/a' is no relative path; write for example ./chart"),
        ("chart: ''\n", "1:8: the chart '' is no relative path; write for example ./chart"),
        (
            "chart: https://a/b.tgz\n",
            "1:8: the chart 'https://a/b.tgz' is no path and in no registry; write a",
        ),
        ("chart: a\nversion: 1.2.3\n", "2:1: a chart in the repository has no version to choose; remove it;"),
        (
            f"chart: a\ndigest: {DIGEST}\n",
            "2:1: a chart in the repository has no digest to choose; remove it;",
        ),
        (f"chart: oci://h\n{PINNED}", f"1:8: 'oci://h' is no address of a chart in a registry; {OCI}"),
        (f"chart: oci://h/\n{PINNED}", f"1:8: 'oci://h/' is no address of a chart in a registry; {OCI}"),
        (
            f"chart: oci://h/a:1\n{PINNED}",
            f"1:8: 'oci://h/a:1' is no address of a chart in a registry; {OCI}",
        ),
        (
            f"chart: oci://u@h/a\n{PINNED}",
            f"1:8: 'oci://u@h/a' is no address of a chart in a registry; {OCI}",
        ),
        (
            f"chart: oci://h/../a\n{PINNED}",
            f"1:8: 'oci://h/../a' is no address of a chart in a registry; {OCI}",
        ),
        (
            f"chart: 'oci://h:x/a'\n{PINNED}",
            f"1:8: 'oci://h:x/a' is no address of a chart in a registry; {OCI}",
        ),
        (
            f"chart: a\nrepository: ftp://h/\n{PINNED}",
            f"2:13: 'ftp://h/' is no address of a repository; {HTTPS}",
        ),
        (f"chart: a\nrepository: https://h?x\n{PINNED}", "2:13: 'https://h?x' is no address of a repository"),
        (
            f"chart: a\nrepository: http://h/\n{PINNED}",
            "2:13: the repository is not read over TLS; write https://h",
        ),
        (
            f"chart: ./a\nrepository: https://h/\n{PINNED}",
            "1:8: './a' is no name of a chart in a repository;",
        ),
        (f"chart: -a\nrepository: https://h/\n{PINNED}", "1:8: '-a' is no name of a chart in a repository;"),
        (f"chart: oci://h/a\ndigest: {DIGEST}\n", f"1:1: the chart has no version; {VERSION}"),
        ("chart: oci://h/a\nversion: ^1.2.3\n", f"2:10: the version '^1.2.3' is not exact; {VERSION}"),
        ("chart: oci://h/a\nversion: '1.2'\n", f"2:10: the version '1.2' is not exact; {VERSION}"),
        ("chart: oci://h/a\nversion: 1.2.x\n", f"2:10: the version '1.2.x' is not exact; {VERSION}"),
        ("chart: oci://h/a\nversion: 1.2\n", "2:10: version is the number 1.2; write a string"),
        (
            "chart: oci://h/a\nversion: 1.2.3\ndigest: abc\n",
            "3:9: 'abc' is no digest; write sha256: and the 64",
        ),
        ("chart: a\nrelease: A b\n", f"2:10: 'A b' is no name for a release; {LABEL}"),
        (f"chart: a\nrelease: {'a' * 54}\n", f"2:10: '{'a' * 54}' is no name for a release; use at most 53"),
        ("chart: a\nnamespace: A_b\n", f"2:12: 'A_b' is no name for a namespace; {LABEL}"),
        (
            "chart: a\nnamespace: b\n",
            "2:12: the namespace is 'b' here, but 'web' in the stack's settings; keep one",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, expected: str) -> None:
    made, (problem,) = read(text)
    assert made is None
    assert problem.startswith(expected)


def test_a_namespace_is_needed() -> None:
    made, problems = read("chart: a\n", Application("app"))
    assert made is None
    assert problems == [
        (
            "1:1: the release of application 'app' has no namespace; write 'namespace', or set the "
            "application's in the stack's settings"
        )
    ]


def test_an_application_that_can_be_no_release() -> None:
    made, problems = read("chart: a\n", Application("App", "web"))
    assert made is None
    assert problems == [f"1:8: 'App' is no name for a release; {LABEL}"]


def test_all_problems_come_in_one_go() -> None:
    _, problems = read("chart: oci://h/a\nversion: '*'\nrelease: A\nnamespace: B\n", Application("app"))
    assert [problem.partition(":")[0] for problem in problems] == ["2", "3", "4"]
