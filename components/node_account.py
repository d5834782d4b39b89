"""Who a cluster's nodes are."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.options import within
from onestack.gcp.names import account_email


@dataclass(frozen=True)
class NodeAccountArgs:
    """``account``: the id of the service account to make, 6 to 30 characters."""

    project: str
    account: str


class NodeAccount(pulumi.ComponentResource):
    """A service account with the one role that nodes need to be nodes: logs, metrics, and what GKE asks for.

    https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa

    Not done here: pulling images, which the registry allows; anything for applications, which have their own
    identities and can't be the node.
    """

    email: str
    """The account's address, known before it exists."""

    def __init__(self, name: str, args: NodeAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("onestack:google:NodeAccount", name, None, opts)
        self.email = account_email(args.account, args.project)
        account = gcp.serviceaccount.Account(
            "account",
            project=args.project,
            account_id=args.account,
            display_name="Nodes of the cluster",
            opts=within(self, opts),
        )
        gcp.projects.IAMMember(
            "is-node",
            project=args.project,
            role="roles/container.defaultNodeServiceAccount",
            member=self.member,
            opts=within(self, opts, depends_on=[account]),
        )
        self.register_outputs({"email": self.email})

    @property
    def member(self) -> str:
        """As a member of IAM policies."""
        return f"serviceAccount:{self.email}"
