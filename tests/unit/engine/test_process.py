"""An engine that is interrupted is heard to its end."""

from __future__ import annotations

import subprocess
import sys

from onestack.engine.events import Event, Step
from onestack.engine.process import _stop, events

ENGINE = """
import json, signal, sys
def say(name):
    urn = f"urn:pulumi:dev::shop::gcp:compute/router:Router::{name}"
    metadata = {"op": "create", "urn": urn, "type": "gcp:compute/router:Router", "new": {"urn": urn}}
    print(json.dumps({"resourcePreEvent": {"metadata": metadata}}), flush=True)
def end(*_):
    print('{"cut off', flush=True)
    say("late")
    sys.exit()
signal.signal(signal.SIGINT, end)
for name in ("first", "unread"):
    say(name)
signal.pause()
"""


def test_what_it_begins_while_it_is_interrupted_is_heard() -> None:
    heard: list[Event] = []
    with subprocess.Popen([sys.executable, "-c", ENGINE], stdout=subprocess.PIPE) as process:
        heard.append(next(events(process)))
        _stop(process, heard.append)
    assert process.returncode == 0
    assert [one.name for one in heard if isinstance(one, Step)] == ["first", "unread", "late"]
