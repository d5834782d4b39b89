"""The texts of a stack's applications: read, built or rendered, each as its folder says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onestack.errors import Problem, Unavailable
from onestack.manifests.application import Application
from onestack.manifests.names import wrong_label
from onestack.manifests.problems import Problems
from onestack.manifests.text import Text
from onestack.rendering import folder, helm, kustomize
from onestack.rendering.missing import Missing
from onestack.rendering.options import Options
from onestack.rendering.source import Made, source


@dataclass(frozen=True)
class Texts:
    """All texts that could be had, and what kept the others from it: mistakes, or what is not there now."""

    texts: tuple[Text, ...]
    problems: tuple[Problem, ...]
    unavailable: tuple[Unavailable, ...] = ()
    warnings: tuple[Problem, ...] = ()


def texts(applications: Sequence[Application], options: Options) -> Texts:
    """The texts of ``applications`` in their order; one of which something can't be had has none."""
    problems, missing = Problems(), Missing()
    found: dict[str, tuple[Text, ...]] = {}
    charts = []
    for application in applications:
        _check_namespace(application, options, problems)
        its = source(application, options, problems)
        match its.made if its else None:
            case Made.PLAIN:
                found[application.name] = tuple(_plain(application, options, problems))
            case Made.KUSTOMIZE if its:
                with missing.noted():
                    found[application.name] = kustomize.texts_of(application, its.folder, options, problems)
            case Made.HELM:
                charts.append(application)
    # Charts come last: they may ask which API versions the CRDs of all the others define.
    others = [text for texts in found.values() for text in texts]
    found |= helm.rendered(charts, options, others, problems, missing)
    return Texts(
        tuple(text for application in applications for text in found.get(application.name, ())),
        tuple(problems.found),
        missing.found,
        tuple(problems.warnings),
    )


def _check_namespace(application: Application, options: Options, problems: Problems) -> None:
    if application.namespace is not None and (rule := wrong_label(application.namespace)):
        where = f"{options.folder}/{application.name}"
        problems.whole(where, f"'{application.namespace}' is no name for the application's namespace", rule)


def _plain(application: Application, options: Options, problems: Problems) -> Iterator[Text]:
    for file in folder.files(options.root, options.folder, application.name, problems):
        content = folder.content(options.root, file, problems)
        if content is not None:
            yield Text(application, file, content)
