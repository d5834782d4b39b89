"""Jobs and CronJobs (``pkg/apis/batch/validation/validation.go``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.validation.fault import Fault, said
from onestack.validation.parts import Path, mapping, number, text
from onestack.validation.rules.bounds import natural
from onestack.validation.rules.pods import pod_spec
from onestack.validation.schedules import wrong_schedule, wrong_zone

_NUMBERS: Final = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
)


def job(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateJob``, ``validateGeneratedSelector``."""
    spec = mapping(body, "spec")
    yield from _job_spec(spec, ("spec",))
    if spec.get("selector") is not None and spec.get("manualSelector") is not True:
        what = "a Job's selector is made by the API server"
        yield Fault(("spec", "selector"), what, "remove it, or write 'manualSelector: true'", key=True)


def cron_job(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateCronJobSpec``."""
    spec = mapping(body, "spec")
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    if isinstance(schedule, str) and (rule := wrong_schedule(schedule)):
        yield Fault(("spec", "schedule"), f"the schedule {said(schedule)} can't be read: {rule}", _EXAMPLE)
    if isinstance(zone, str) and (rule := wrong_zone(zone)):
        yield Fault(("spec", "timeZone"), f"{said(zone)} is no time zone", rule)
    yield from natural(
        spec, ("spec",), "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"
    )
    path = ("spec", "jobTemplate", "spec")
    template = mapping(body, *path)
    yield from _job_spec(template, path)
    if template.get("manualSelector") is not None and template.get("manualSelector") is not False:
        yield Fault(
            (*path, "manualSelector"), "the Jobs of a CronJob select their pods themselves", "remove it"
        )


_EXAMPLE: Final = "write for example '*/15 * * * *' or '@daily'"


def _job_spec(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validateJobSpec``."""
    yield from natural(spec, path, *_NUMBERS)
    pods, here = mapping(spec, "template", "spec"), (*path, "template", "spec")
    yield from pod_spec(pods, here)
    policy = text(pods, "restartPolicy")
    if "template" in spec and policy in {"", "Always"}:
        shown = said(policy) if policy else "missing, which means Always"
        what = f"the restartPolicy of a Job's pods is {shown}"
        yield Fault((*here, "restartPolicy"), what, "write Never or OnFailure")
    if policy == "OnFailure" and spec.get("podFailurePolicy") is not None:
        what = "with a podFailurePolicy the restartPolicy can't be OnFailure"
        yield Fault((*here, "restartPolicy"), what, "write Never")
    is_indexed = spec.get("completionMode") == "Indexed"
    # Without both, the server sets both to 1.
    if is_indexed and number(spec, "completions") is None and number(spec, "parallelism") is not None:
        yield Fault((*path, "completionMode"), "an indexed Job needs completions", "say how many")
    for field in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
        if not is_indexed and spec.get(field) is not None:
            yield Fault(
                (*path, field),
                f"{field} is only for indexed Jobs",
                "write 'completionMode: Indexed'",
                key=True,
            )
