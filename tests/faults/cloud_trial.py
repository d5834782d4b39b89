"""A run against a simulated cloud that is killed at one of its writes, and run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import yaml

from onestack.engine.state import State, in_file
from onestack.local.gcp.faults import Operation, faults_file, held_file
from tests.e2e.cloud import Cloud
from tests.faults.files import told_of_writes
from tests.faults.victim import Victim

Verb = Literal["deploy", "destroy"]
Resource = tuple[str, str]
"""The type without ``gcp:`` and the class, and what its id ends with; nothing where there is but one."""

PROJECT: Final = "acme-dev"


@dataclass(frozen=True)
class Write:
    """The moment of a kill: before a write reaches the project, or after, when the engine isn't told yet."""

    when: Literal["before", "after"]
    operation: Operation
    resource: Resource

    def __str__(self) -> str:
        kind, name = self.resource
        return f"{self.when}-{self.operation}-{kind}{name}".replace("/", "-")


@dataclass(frozen=True)
class CloudBed:
    """One stack in one simulated project."""

    made: Cloud

    def killed_at(self, verb: Verb, write: Write) -> bool:
        """Runs a verb and kills it, and all that it started, at a write; whether it came to that."""
        kind, name = write.resource
        rule = {"type": f"{kind}:", "name": name, "operation": write.operation, "hold": write.when}
        self.faults(rule)
        held = held_file(self.made.simulation, PROJECT)
        victim: list[Victim] = []

        def on_file(number: int, path: str) -> None:
            if number and path == str(held) and victim:
                victim[0].kill()

        with told_of_writes(self.made.simulation, on_file):
            victim.append(Victim(self.made.clone.root, verb, self.made.clone.stack, "--offline"))
            code = victim[0].wait()
        held.unlink(missing_ok=True)
        self.faults()
        return code < 0

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """What goes wrong in the project from now on."""
        self.made.simulation.mkdir(parents=True, exist_ok=True)
        faults_file(self.made.simulation, PROJECT).write_text(yaml.safe_dump([dict(one) for one in rules]))

    def again(self, verb: Verb) -> str:
        """Runs a verb, once; nothing where it did what it should, else what it said."""
        done = self.made.onestack(verb)
        return "" if done.code == 0 else f"exit code {done.code}: {done.err}"

    def there(self) -> frozenset[str]:
        """What is in the project and not deleted: ``type id``."""
        resources = self.made.project()["resources"]
        return frozenset(
            key for key, one in resources.items() if not (one.get("gone") or one.get("forgotten"))
        )

    def state(self) -> State:
        """What the engine knows."""
        return in_file(self.made.simulation / "state/.pulumi/stacks/onestack/dev.json")

    def wrong(self) -> tuple[str, ...]:
        """How state and project differ, in words; nothing where they don't."""
        state = self.state()
        held = Counter(
            f"{one['type']} {one['id']}" for one in state.resources if one["type"].startswith("gcp:")
        )
        return (
            *(f"twice in the state: {one}" for one, count in held.items() if count > 1),
            *(f"lost from the state: {one}" for one in sorted(self.there() - held.keys())),
            *(f"not in the project: {one}" for one in sorted(held.keys() - self.there())),
            *(f"to be deleted: {one['urn']}" for one in state.resources if one.get("delete")),
            *(f"not answered for: {one['resource']['urn']}" for one in state.begun),
        )
