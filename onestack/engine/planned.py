"""What a stack's resources would be after an ``up``, each with all that it stands on."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any

import orjson

from onestack.engine import failure
from onestack.engine.events import is_noise
from onestack.engine.process import How, engine
from onestack.engine.workspace import Workspace
from onestack.errors import EngineKilled
from onestack.handover import Handover


def planned(workspace: Workspace, *, handed: Handover | None = None) -> tuple[Mapping[str, Any], ...]:
    """The steps of a preview of everything, those that change nothing included; takes no lock.

    Events say nothing of dependencies, so this is the engine's one document at the end of a preview: its
    steps are ``display.PreviewStep`` of Pulumi's Go packages, with resources as in a state and every
    secret value masked. The state isn't compared with the cluster: what is declared doesn't depend on it.

    Raises: EngineFailed, EngineKilled.
    """
    how = How("preview", ("preview", "--show-sames"), handed=handed, streamed=False)
    with engine(workspace, how) as (process, said):
        assert process.stdout is not None  # noqa: S101 - Popen was told to make it
        digest = _document(process.stdout.read())
        code = process.wait()
        said.seek(0)
        spoken = failure.spoken(said.read().decode(errors="replace"))
    if code < 0:
        raise EngineKilled(how.verb, workspace.stack, signal.Signals(-code).name)
    if code:
        raise failure.of(how.verb, workspace.stack, _errors(digest) or spoken)
    return tuple(digest.get("steps") or ())


def _document(written: bytes) -> Mapping[str, Any]:
    """The document, or an empty one where the engine failed before it could write any."""
    try:
        found = orjson.loads(written)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _errors(digest: Mapping[str, Any]) -> tuple[str, ...]:
    told = (
        str(one.get("message", "")).strip().removeprefix("error: ")
        for one in digest.get("diagnostics") or ()
        if one.get("severity") == "error"
    )
    return tuple(dict.fromkeys(one for one in told if one and not is_noise(one)))
