"""What a check found about one object, and how much it weighs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from onestack.errors import Problem
from onestack.manifests.manifest import Identity


class Severity(StrEnum):
    """How a stack's settings weigh a kind of finding; what is off is not looked for."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


class Rule(StrEnum):
    """The kinds of findings; each but SCHEMA, PLACEHOLDER and SOURCE can be weighed in the settings."""

    SCHEMA = "schema"
    REFERENCE = "reference"
    NAMESPACE = "namespace"
    DEPRECATED = "deprecated"
    HOOK = "hook"
    PLAINTEXT = "plaintext"
    PLACEHOLDER = "placeholder"
    SOURCE = "source"
    """About what an application is made of, not one of its objects."""


@dataclass(frozen=True)
class Weights:
    """How findings weigh; what a schema refuses the API server refuses too, so that is an error.

    Unless it takes it all the same: see ``Fault.harmless``.
    """

    reference: Severity = Severity.WARNING
    namespace: Severity = Severity.ERROR
    deprecated: Severity = Severity.WARNING
    hook: Severity = Severity.WARNING
    plaintext: Severity = Severity.WARNING

    def of(self, rule: Rule) -> Severity:
        """The weight of a rule's findings."""
        if rule in {Rule.SCHEMA, Rule.PLACEHOLDER}:
            return Severity.ERROR
        if rule is Rule.SOURCE:
            return Severity.WARNING
        weight: Severity = getattr(self, rule.value)
        return weight


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be, with one object; of ``Rule.SOURCE`` there is none."""

    rule: Rule
    severity: Severity
    identity: Identity | None
    problem: Problem
