"""The texts of a stack's applications: read, built or rendered, each as its folder says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onestack.errors import Problem
from onestack.manifests.application import Application
from onestack.manifests.names import wrong_label
from onestack.manifests.problems import Problems
from onestack.manifests.text import Text
from onestack.rendering import folder
from onestack.rendering.options import Options


@dataclass(frozen=True)
class Texts:
    """All texts that could be had, and what kept the others from it."""

    texts: tuple[Text, ...]
    problems: tuple[Problem, ...]


def texts(applications: Sequence[Application], options: Options) -> Texts:
    """The texts of ``applications`` in their order."""
    problems = Problems()
    found = tuple(text for app in applications for text in _of(app, options, problems))
    return Texts(found, tuple(problems.found))


def _of(application: Application, options: Options, problems: Problems) -> Iterator[Text]:
    if application.namespace is not None and (rule := wrong_label(application.namespace)):
        where = f"{options.folder}/{application.name}"
        problems.whole(where, f"'{application.namespace}' is no name for the application's namespace", rule)
    for file in folder.files(options.root, options.folder, application.name, problems):
        content = folder.content(options.root, file, problems)
        if content is not None:
            yield Text(application, file, content)
