"""The registry of a stack's images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_gcp as gcp

from components.options import within


@dataclass(frozen=True)
class RegistryArgs:
    """``readers`` are IAM members that may pull, each under a name of its own.

    ``protected``: the registry can't be deleted or replaced.
    """

    project: str
    region: str
    name: str
    readers: Mapping[str, str] = field(default_factory=dict)
    protected: bool = True


class Registry(pulumi.ComponentResource):
    """An Artifact Registry for container images, whose tags can't be moved: what was checked is what runs.

    New images are scanned for vulnerabilities. Not done here: who may push (whoever builds), cleaning up
    (a cluster may run any image by its digest), mirrors of other registries.
    """

    url: str
    """``<region>-docker.pkg.dev/<project>/<name>``: what images' names begin with, known before it exists."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("onestack:google:Registry", name, None, opts)
        self.url = f"{args.region}-docker.pkg.dev/{args.project}/{args.name}"
        repository = gcp.artifactregistry.Repository(
            "repository",
            project=args.project,
            location=args.region,
            repository_id=args.name,
            format="DOCKER",
            docker_config={"immutable_tags": True},
            vulnerability_scanning_config={"enablement_config": "INHERITED"},
            opts=within(self, opts, protect=args.protected),
        )
        for reader, member in args.readers.items():
            gcp.artifactregistry.RepositoryIamMember(
                f"{reader}-pull",
                project=args.project,
                location=args.region,
                repository=repository.repository_id,
                role="roles/artifactregistry.reader",
                member=member,
                opts=within(self, opts),
            )
        self.register_outputs({"url": self.url})
