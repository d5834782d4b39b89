"""The YAML of an application, as it was written or as a tool rendered it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from onestack.manifests.application import Application


@dataclass(frozen=True)
class Text:
    """YAML documents of one application.

    ``file`` is what a person would edit, relative to the repository. Of ``rendered`` text it is the
    kustomization, the chart's template or ``helm.yaml``: lines of ``content`` are then not lines of it,
    so problems name the object and the field instead.
    """

    application: Application
    file: str
    content: bytes
    rendered: bool = False
