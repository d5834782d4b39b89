"""Trials of a revision on a throwaway control plane: the upgrade, its tests, and the way back."""

from onestack.trial.document import document, from_document
from onestack.trial.markdown import markdown
from onestack.trial.model import Said, Step, Trial, Tried, WayBack, masked
from onestack.trial.run import trial, way_back
from onestack.trial.text import lines

__all__ = [
    "Said",
    "Step",
    "Trial",
    "Tried",
    "WayBack",
    "document",
    "from_document",
    "lines",
    "markdown",
    "masked",
    "trial",
    "way_back",
]
