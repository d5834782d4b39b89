"""A report as a check of three stacks would make it."""

from __future__ import annotations

from onestack.errors import InvalidSettings, Problem
from onestack.findings.remark import Remark, of_failure
from onestack.findings.report import Counts, Report, StackReport
from onestack.validation.finding import Severity

HOSTILE = "manifests/shop/a,b:c%0A::error::x.yaml"


def remark(
    severity: Severity, rule: str, file: str, line: int, what: str, *, expected: str = "", stack: str = "dev"
) -> Remark:
    """One thing to tell, at column 3."""
    return Remark(
        severity, rule, Problem(file, line, 3 if line else 0, what, expected), "Service shop/web", (stack,)
    )


def shared(stack: str) -> tuple[Remark, ...]:
    """What is wrong in both stacks alike."""
    error, warning = Severity.ERROR, Severity.WARNING
    return (
        remark(warning, "reference", "manifests/shop/a.yaml", 4, "the Service selects no pods", stack=stack),
        remark(
            error,
            "schema",
            "manifests/shop/b.yaml",
            12,
            "unknown field 'replica'",
            expected="did you mean replicas?",
            stack=stack,
        ),
    )


def report() -> Report:
    """Two stacks with the same findings, one of them with more, and one whose settings are wrong."""
    more = (
        remark(Severity.ERROR, "manifest", HOSTILE, 1, "bad\n::add-mask::x\n##[add-mask]y \x1b[31m 50%"),
        remark(
            Severity.WARNING,
            "deprecated",
            "manifests/shop/b.yaml",
            2,
            "v1beta1 goes away",
            expected="write v1",
        ),
        remark(Severity.WARNING, "hook", "manifests/cache/helm.yaml", 0, "Job cache: delete hooks never run"),
    )
    settings = InvalidSettings(
        "stacks/Pulumi.prod.yaml",
        [Problem("stacks/Pulumi.prod.yaml", 3, 3, "onestack:colour: is not a setting", "known here: checks")],
    )
    counts = Counts(
        45, 1, {"no CustomResourceDefinition defines Widget.example.com": 2}, {"rules are in Rego": 1}
    )
    return Report(
        (
            StackReport("dev", counts, {"cache": Counts(5), "shop": counts}, (*shared("dev"), *more), 0.84),
            StackReport("staging", Counts(46, 0), {"shop": Counts(46)}, shared("staging"), 0.1),
            StackReport("prod", Counts(), {}, of_failure(settings, "prod"), 0.01, failed=2),
        )
    )
