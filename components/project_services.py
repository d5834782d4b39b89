"""The services (APIs) of a project that a stack needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.options import within

SERVICES: Final = (
    "artifactregistry",
    "cloudkms",
    "cloudresourcemanager",
    "compute",
    "container",
    "containerscanning",
    "containersecurity",
    "iam",
    "iamcredentials",
    "logging",
    "monitoring",
    "sts",
)
"""By the name before ``.googleapis.com``."""


@dataclass(frozen=True)
class ProjectServicesArgs:
    """``project``: the id of a project that exists and has billing."""

    project: str


class ProjectServices(pulumi.ComponentResource):
    """Turns on all of `SERVICES`, behind which everything else of the stack stands.

    They stay on when the stack is destroyed: other stacks of the project may need them, and turning one off
    deletes what it holds. Not done here: making the project, its billing, its quotas; turning on
    ``serviceusage``, with which services are turned on (new projects have it).
    """

    def __init__(
        self, name: str, args: ProjectServicesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("onestack:google:ProjectServices", name, None, opts)
        self._enabled = {
            service: gcp.projects.Service(
                service,
                project=args.project,
                service=f"{service}.googleapis.com",
                disable_on_destroy=False,
                opts=within(self, opts),
            )
            for service in SERVICES
        }
        self.register_outputs({})

    def of(self, *services: str) -> list[pulumi.Resource]:
        """What to depend on for these of `SERVICES`. Raises: KeyError for another one."""
        return [self._enabled[service] for service in services]
