"""What an application's folder holds: plain YAML, a kustomization, overlays of one, or a chart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.rendering import confine, folder
from onestack.rendering.kustomize_closure import kustomizations_in
from onestack.rendering.options import Options

OVERLAYS: Final = "overlays"
_CHART: Final = "Chart.yaml"
_HELM: Final = "helm.yaml"


class Made(Enum):
    """How an application's objects come about."""

    PLAIN = "plain YAML"
    KUSTOMIZE = "Kustomize"
    HELM = "Helm"


@dataclass(frozen=True)
class Source:
    """``folder`` is a path in the repository: of a kustomization the real one that is to be built."""

    made: Made
    folder: str


def source(application: Application, options: Options, problems: Problems) -> Source | None:
    """What the folder of an application holds for the stack; None, with a problem, if that isn't clear."""
    start = folder.place(options.root, options.folder, application.name, problems)
    if start is None:
        return None
    overlays = _overlays(options.root, start)
    chart = (options.root / start / _HELM).is_file()
    said = [*kustomizations_in(options.root, start), *([_HELM] if chart else [])]
    said += [f"{OVERLAYS}/"] if overlays else []
    if len(said) > 1:
        what = f"the application has {', '.join(said[:-1])} and {said[-1]}"
        problems.whole(start, what, "keep one of them, and make the rest an application of its own")
        return None
    if application.overlay is not None and not overlays:
        what = f"the settings name the overlay '{application.overlay}', and the application has none"
        problems.whole(start, what, f"write {start}/{OVERLAYS}/{application.overlay}, or remove the setting")
        return None
    if overlays:
        return _overlay(application, options, start, overlays, problems)
    if chart:
        return Source(Made.HELM, start)
    return _kustomization(options, start, problems) if said else _plain(options, start, problems)


def _plain(options: Options, start: str, problems: Problems) -> Source | None:
    if (options.root / start / _CHART).is_file():
        what = "there is a chart, and nothing says how to render it"
        problems.whole(f"{start}/{_CHART}", what, f"write {start}/{_HELM} with 'chart: .'")
        return None
    return Source(Made.PLAIN, start)


def _overlays(root: Path, start: str) -> list[str]:
    """The names of an application's overlays, sorted."""
    below = f"{start}/{OVERLAYS}"
    return [name for name in folder.folders(root / below) if kustomizations_in(root, f"{below}/{name}")]


def _overlay(
    application: Application, options: Options, start: str, overlays: list[str], problems: Problems
) -> Source | None:
    wanted = application.overlay or options.stack
    if wanted in overlays:
        return _kustomization(options, f"{start}/{OVERLAYS}/{wanted}", problems)
    where = f"{start}/{OVERLAYS}/{wanted}/kustomization.yaml"
    setting = f"choose another with the setting 'overlay' of application '{application.name}'"
    problems.whole(
        f"{start}/{OVERLAYS}",
        f"application '{application.name}' has no overlay '{wanted}'; it has {', '.join(overlays)}",
        f"write {where}, or {setting}",
    )
    return None


def _kustomization(options: Options, at: str, problems: Problems) -> Source | None:
    try:
        return Source(Made.KUSTOMIZE, confine.real(options.root, at, at))
    except confine.Refused as refused:
        problems.whole(at, refused.what, refused.expected)
        return None
