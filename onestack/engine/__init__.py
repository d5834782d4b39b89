"""The only user of the Pulumi command: runs it on a stack and turns what it says into values."""

from onestack.engine.events import Diagnostic, Event, Step, Summary
from onestack.engine.run import Outcome, destroy, died, preview, unlock, up
from onestack.engine.state import ensure_stack, export, held, secrets, unfinished
from onestack.engine.workspace import HOME, Workspace, forget

__all__ = [
    "HOME",
    "Diagnostic",
    "Event",
    "Outcome",
    "Step",
    "Summary",
    "Workspace",
    "destroy",
    "died",
    "ensure_stack",
    "export",
    "forget",
    "held",
    "preview",
    "secrets",
    "unfinished",
    "unlock",
    "up",
]
