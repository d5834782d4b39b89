"""An engine that is interrupted is heard to its end."""

from __future__ import annotations

import subprocess
import sys

from onestack.engine.events import Event, Step
from onestack.engine.process import _stop, events

ENGINE = """
import json, os, signal, sys
def say(*names):
    lines = []
    for name in names:
        urn = f"urn:pulumi:dev::shop::gcp:compute/router:Router::{name}"
        metadata = {"op": "create", "urn": urn, "type": "gcp:compute/router:Router", "new": {"urn": urn}}
        lines.append(json.dumps({"resourcePreEvent": {"metadata": metadata}}) + "\\n")
    os.write(1, "".join(lines).encode())
def end(*_):
    os.write(1, b'{"cut off\\n')
    say("late")
    sys.exit()
signal.signal(signal.SIGINT, end)
say("first", "unread")
signal.pause()
"""


def test_what_it_begins_while_it_is_interrupted_is_heard() -> None:
    heard: list[Event] = []
    with subprocess.Popen([sys.executable, "-c", ENGINE], stdout=subprocess.PIPE) as process:
        heard.append(next(events(process)))
        _stop(process, heard.append)
    assert process.returncode == 0
    assert [one.name for one in heard if isinstance(one, Step)] == ["first", "unread", "late"]
