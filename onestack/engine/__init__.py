"""The only user of the Pulumi command: runs it on a stack and turns what it says into values."""

from onestack.engine.events import Diagnostic, Event, Step, Summary
from onestack.engine.excerpt import Excerpt
from onestack.engine.outcome import Outcome
from onestack.engine.pending import cut_off, settle
from onestack.engine.pending import forget as forget_cut_off
from onestack.engine.planned import planned
from onestack.engine.run import destroy, died, look_for, preview, unlock, up
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
    "cut_off",
    "destroy",
    "died",
    "ensure_stack",
    "export",
    "forget",
    "forget_cut_off",
    "look_for",
    "planned",
    "preview",
    "read_state",
    "secrets",
    "settle",
    "unlock",
    "up",
]
