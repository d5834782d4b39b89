"""What acceptance tests are given, and what not."""

from __future__ import annotations

from pathlib import Path

from onestack.acceptance.handed import VARIABLE, TestedStack, given, write
from onestack.acceptance.plugin import served
from onestack.acceptance.run import environment, outputs

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
CALLERS = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "ACCEPTANCE_USER": "ada",
    "PULUMI_CONFIG_PASSPHRASE": "p",
    "GITHUB_TOKEN": "t",
    "GOOGLE_APPLICATION_CREDENTIALS": "/key.json",
    "PYTEST_ADDOPTS": "--pdb",
    "SLACK_TOKEN": "s",
}


def test_only_what_is_needed_is_handed_on() -> None:
    found = environment(CALLERS, plugin=False)
    assert found.keys() == {
        "PATH",
        "LC_ALL",
        "ACCEPTANCE_USER",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    }
    more = environment(CALLERS, plugin=True)
    assert more.keys() - found.keys() == {"GOOGLE_APPLICATION_CREDENTIALS"}


def test_secret_outputs_are_not_handed_over() -> None:
    stack = {
        "type": "pulumi:pulumi:Stack",
        "outputs": {"url": "https://a", "key": SECRET, "inside": [{"a": SECRET}], "ports": [1]},
    }
    assert outputs([{"type": "x"}, stack]) == {"url": "https://a", "ports": [1]}
    assert outputs([]) == {}


def test_the_stack_arrives_as_it_was_handed_over(tmp_path: Path) -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}}
    stack = TestedStack("test", "onestack", "embedded", "/k", None, {"a": 1}, {"shop": None}, [service])
    file = write(tmp_path, stack)
    assert given({VARIABLE: str(file)}) == stack
    assert given({}) is None
    assert stack.declared("Service", "web") == [service]
    assert stack.declared("Service", "other") == stack.declared("Pod") == []


def test_an_ingress_leads_to_all_its_backends() -> None:
    def backend(name: str) -> dict[str, object]:
        return {"service": {"name": name}}

    rules = [{"http": {"paths": [{"backend": backend("a")}, {"backend": {"resource": {}}}]}}, {"host": "b"}]
    assert served({"spec": {"defaultBackend": backend("c"), "rules": rules}}) == {"a", "c"}
    assert served({}) == frozenset()
