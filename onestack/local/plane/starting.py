"""Starts what does not run, in parallel where it can be, and waits until all is ready."""

from __future__ import annotations

from onestack.local.plane import process
from onestack.local.plane.commands import APISERVER, COMPONENTS, CONTROLLER_MANAGER, ETCD, KWOK, SCHEDULER
from onestack.local.plane.preparation import StartPlan
from onestack.local.plane.readiness import Readiness
from onestack.progress import Progress


def start(plan: StartPlan, readiness: Readiness, progress: Progress) -> None:
    """Carries the plan out. Raises as `Plane.up` says."""
    _stop_outdated(plan)
    missing = [name for name in COMPONENTS if name not in plan.running]
    if not missing:
        progress.step("looking at the control plane")
    elif len(missing) < len(COMPONENTS):
        progress.step(f"starting {', '.join(missing)}")
    else:
        progress.step("starting the control plane: etcd")
    _spawn(plan, ETCD)
    readiness.etcd()
    if APISERVER in missing:
        progress.step("starting the control plane: API server")
    _spawn(plan, APISERVER)
    readiness.apiserver_answers()
    if missing:
        progress.step("starting the control plane: controllers, scheduler and node")
    _spawn(plan, CONTROLLER_MANAGER)
    _spawn(plan, SCHEDULER)
    readiness.bootstrap()
    # kwok gives up where it may not read the API's discovery, and the roles that let it are
    # among the last things that a new API server makes.
    readiness.apiserver()
    _spawn(plan, KWOK)
    readiness.everything()


def _stop_outdated(plan: StartPlan) -> None:
    """What runs with other settings than it now has (another port, another binary)."""
    process.stop(list(plan.outdated.values()), 8.0)


def _spawn(plan: StartPlan, component: str) -> None:
    if component in plan.running:
        return
    command = plan.commands[component]
    layout = plan.layout
    layout.record(component).unlink(missing_ok=True)
    record = process.start(
        command.argv, layout.log(component), process.environment(layout.directory), command.fingerprint
    )
    process.save(record, layout.record(component))
    plan.running[component] = record
