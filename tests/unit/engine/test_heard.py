"""What a run said becomes what failed, where, and what may be there all the same."""

from __future__ import annotations

from typing import Any, Final

from onestack.engine.events import Event, parse
from onestack.engine.heard import Heard

TIMEOUT: Final = "Error waiting to create Router: timeout while waiting for state to become 'DONE'"
ROUTER: Final = "urn:pulumi:dev::shop::gcp:compute/router:Router::router"
NETWORK: Final = "urn:pulumi:dev::shop::gcp:compute/network:Network::network"


def heard(*raw: dict[str, Any]) -> Heard:
    """What is made of these events of the engine."""
    gathered = Heard()
    for one in raw:
        event: Event | None = parse(one)
        assert event is not None
        gathered.take(event)
    return gathered


def failed(urn: str, op: str = "create") -> dict[str, Any]:
    """A step that failed."""
    new = {"urn": urn, "type": urn.split("::")[2], "inputs": {"project": "acme-dev"}}
    return {"resOpFailedEvent": {"metadata": {"op": op, "urn": urn, "type": new["type"], "new": new}}}


def error(urn: str, message: str) -> dict[str, Any]:
    """A message about a resource."""
    return {"diagnosticEvent": {"severity": "error", "urn": urn, "message": message}}


def test_only_creations_that_took_too_long_may_be_there() -> None:
    said = heard(failed(ROUTER), error(NETWORK, "quota"), error(ROUTER, TIMEOUT), failed(NETWORK))
    assert [one["urn"] for one in said.unfinished] == [ROUTER]
    assert said.errors == ["Network network: quota", f"Router router: {TIMEOUT}"]
    assert said.project == "acme-dev"


def test_a_change_that_took_too_long_leaves_nothing_unknown() -> None:
    assert heard(failed(ROUTER, "update"), error(ROUTER, TIMEOUT)).unfinished == ()
