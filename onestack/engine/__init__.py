"""The only user of the Pulumi command: runs it on a stack and turns what it says into values."""

from onestack.engine.events import Diagnostic, Event, Step, Summary
from onestack.engine.excerpt import Excerpt
from onestack.engine.pending import settle
from onestack.engine.planned import planned
from onestack.engine.run import Outcome, destroy, died, look_for, preview, unlock, up
from onestack.engine.state import State, ensure_stack, export, secrets
from onestack.engine.state import read as read_state
from onestack.engine.workspace import HOME, Workspace, forget

__all__ = [
    "HOME",
    "Diagnostic",
    "Event",
    "Excerpt",
    "Outcome",
    "State",
    "Step",
    "Summary",
    "Workspace",
    "destroy",
    "died",
    "ensure_stack",
    "export",
    "forget",
    "look_for",
    "planned",
    "preview",
    "read_state",
    "secrets",
    "settle",
    "unlock",
    "up",
]
