"""Engine events become progress: what is done is counted, warnings stay, failures are named."""

from onestack.engine import Diagnostic, Step, Summary
from onestack.show import EngineProgress


class Said:
    """A `Progress` that remembers."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.notes: list[str] = []

    def step(self, what: str) -> None:
        self.steps.append(what)

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_done_steps_are_counted_and_the_last_is_named() -> None:
    said = Said()
    show = EngineProgress(said, "deploying")
    show(Step("started", "create", "u::shop/a", "kubernetes:core/v1:ConfigMap"))
    show(Step("done", "create", "u::shop/a", "kubernetes:core/v1:ConfigMap"))
    show(Step("done", "create", "u::shop/b", "kubernetes:core/v1:ConfigMap"))
    assert said.steps[-2:] == [
        "deploying: 1 resource, last ConfigMap shop/a",
        "deploying: 2 resources, last ConfigMap shop/b",
    ]


def test_a_warning_is_said_once_and_stays() -> None:
    said = Said()
    show = EngineProgress(said, "deploying")
    for _ in range(2):
        show(Diagnostic("warning", "deprecated"))
    assert said.notes == ["warning: deprecated"]


def test_what_is_about_this_moment_is_progress_and_what_fails_is_named() -> None:
    said = Said()
    show = EngineProgress(said, "deploying")
    show(Diagnostic("info", "3 of 4 ready", ephemeral=True))
    show(Step("failed", "create", "u::shop/a", "kubernetes:apps/v1:Deployment"))
    show(Summary({}))
    assert said.steps == ["deploying: 3 of 4 ready"]
    assert said.notes == ["failed: create Deployment shop/a"]
