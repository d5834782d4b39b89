"""What an application may do at Google."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.options import within
from onestack.gcp.names import account_email


@dataclass(frozen=True)
class WorkloadIdentityArgs:
    """The Kubernetes service account ``namespace``/``service_account`` gets ``roles`` of the project.

    ``account``: the id of the Google service account to make for it, 6 to 30 characters.
    """

    project: str
    namespace: str
    service_account: str
    account: str
    roles: Sequence[str]


class WorkloadIdentity(pulumi.ComponentResource):
    """A Google service account that exactly one Kubernetes service account may be, with roles of the project.

    The Kubernetes one needs the annotation ``iam.gke.io/gcp-service-account`` with ``email``. It has to stand
    behind a cluster with workload identity: the project's pool of identities comes with the first one. Every
    cluster of the project shares that pool, and so this identity, where namespace and name are the same.

    Not done here: roles on single buckets, topics or the like, keys, the annotation.
    """

    email: str
    """The Google account's address, known before it exists."""

    def __init__(
        self, name: str, args: WorkloadIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("onestack:google:WorkloadIdentity", name, None, opts)
        self.email = account_email(args.account, args.project)
        whom = f"{args.namespace}/{args.service_account}"
        account = gcp.serviceaccount.Account(
            name,
            project=args.project,
            account_id=args.account,
            display_name=f"Application {whom}"[:100],
            opts=within(self, opts),
        )
        gcp.serviceaccount.IAMMember(
            f"{name}-is-account",
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=f"serviceAccount:{args.project}.svc.id.goog[{whom}]",
            opts=within(self, opts),
        )
        for role in sorted(set(args.roles)):
            gcp.projects.IAMMember(
                f"{name}-{role}",
                project=args.project,
                role=role,
                member=f"serviceAccount:{self.email}",
                opts=within(self, opts, depends_on=[account]),
            )
        self.register_outputs({"email": self.email})
