"""Who workflows of GitHub Actions are at Google, without a key that could be lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.options import within
from onestack.gcp.names import account_email

_ISSUER: Final = "https://token.actions.githubusercontent.com"
_PROVIDER: Final = "github"
PREVIEW_ROLES: Final = (
    "roles/artifactregistry.reader",
    "roles/cloudkms.viewer",
    "roles/compute.networkViewer",
    "roles/container.viewer",
    "roles/iam.securityReviewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/serviceusage.serviceUsageViewer",
)
"""Looking at what a stack is made of, Kubernetes objects but no Secrets included."""
DEPLOY_ROLES: Final = (
    "roles/artifactregistry.admin",
    "roles/cloudkms.admin",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
    "roles/container.admin",
    "roles/iam.securityReviewer",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/serviceusage.serviceUsageAdmin",
)
"""Making what a stack is made of. Roles of the project are given out under a condition, `conditions`."""
_GIVES: Final = "roles/resourcemanager.projectIamAdmin"
_LISTED: Final = 10
"""So many roles can a condition list: https://cloud.google.com/iam/docs/setting-limits-on-granting-roles"""


@dataclass(frozen=True)
class GithubIdentityArgs:
    """``repository`` is ``owner/name``, ``branch`` a branch of it, as `onestack.gcp.repository` has them.

    ``preview`` and ``deploy`` are ids of service accounts to make, ``pool`` that of the workload identity
    pool. ``node_account`` is the nodes' service account, which whoever makes nodes must be allowed to use,
    and ``gives`` are the roles of the project that the stack gives to nodes and applications.
    """

    project: str
    repository: str
    branch: str
    pool: str
    preview: str
    deploy: str
    node_account: str
    gives: Sequence[str]


class GithubIdentity(pulumi.ComponentResource):
    """Two service accounts that workflows can be: one that looks, one that deploys.

    Google takes tokens of the repository's workflows only. Any of them may be the first, whatever it runs
    on; only those that run on the branch may be the second, and none that a pull request started: not even
    ``pull_request_target``, whose branch is the branch, too. The second may give out only the roles of the
    project that the stack gives out already: a merge can't give anybody more. The run that adds a role to
    the stack, and the first one of all, are a person's.

    A repository that is deleted and made anew by somebody else under the same name is taken for the same. Not
    done here: access to the state (``onestack bootstrap`` gives it), keys, other forges, roles of folders.
    """

    provider: pulumi.Output[str]
    """``projects/<number>/.../providers/github``, for ``google-github-actions/auth``."""
    preview: str
    """The address of the account that looks."""
    deploy: str
    """The address of the account that deploys."""

    def __init__(
        self, name: str, args: GithubIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("onestack:google:GithubIdentity", name, None, opts)
        pool = gcp.iam.WorkloadIdentityPool(
            "pool",
            project=args.project,
            workload_identity_pool_id=args.pool,
            display_name="GitHub Actions",
            opts=within(self, opts),
        )
        provider = gcp.iam.WorkloadIdentityPoolProvider(
            "provider",
            project=args.project,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id=_PROVIDER,
            display_name="GitHub Actions",
            oidc={"issuer_uri": _ISSUER},
            attribute_mapping={
                "google.subject": "assertion.sub",
                "attribute.repository": "assertion.repository",
                "attribute.deploys": _DEPLOYS,
            },
            attribute_condition=f"assertion.repository == '{args.repository}'",
            opts=within(self, opts),
        )
        self.provider = provider.name
        self.preview = account_email(args.preview, args.project)
        self.deploy = account_email(args.deploy, args.project)
        looks = _whoever(pool, f"repository/{args.repository}")
        deploys = _whoever(pool, f"deploys/{args.repository}@refs/heads/{args.branch}")
        self._account("preview", args, args.preview, looks, PREVIEW_ROLES, opts)
        deployer = self._account("deploy", args, args.deploy, deploys, DEPLOY_ROLES, opts)
        self._rights_to_give(args, deployer, opts)
        self.register_outputs({"provider": self.provider, "preview": self.preview, "deploy": self.deploy})

    def _account(
        self,
        name: str,
        args: GithubIdentityArgs,
        account_id: str,
        whoever: pulumi.Output[str],
        roles: Sequence[str],
        opts: pulumi.ResourceOptions | None,
    ) -> gcp.serviceaccount.Account:
        account = gcp.serviceaccount.Account(
            name,
            project=args.project,
            account_id=account_id,
            display_name=f"GitHub Actions of {args.repository}: {name}"[:100],
            opts=within(self, opts),
        )
        gcp.serviceaccount.IAMMember(
            f"{name}-is-account",
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=whoever,
            opts=within(self, opts),
        )
        for role in roles:
            gcp.projects.IAMMember(
                f"{name}-{role}",
                project=args.project,
                role=role,
                member=f"serviceAccount:{account_email(account_id, args.project)}",
                opts=within(self, opts, depends_on=[account]),
            )
        return account

    def _rights_to_give(
        self,
        args: GithubIdentityArgs,
        deployer: gcp.serviceaccount.Account,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        member = f"serviceAccount:{self.deploy}"
        gcp.serviceaccount.IAMMember(
            "deploy-uses-nodes",
            service_account_id=f"projects/{args.project}/serviceAccounts/{args.node_account}",
            role="roles/iam.serviceAccountUser",
            member=member,
            opts=within(self, opts, depends_on=[deployer]),
        )
        for number, expression in enumerate(conditions(args.gives), 1):
            gcp.projects.IAMMember(
                f"deploy-gives-{number}",
                project=args.project,
                role=_GIVES,
                member=member,
                condition={
                    "title": f"gives-what-the-stack-gives-{number}",
                    "description": "Roles that onestack gives to nodes and applications of the stack",
                    "expression": expression,
                },
                opts=within(self, opts, depends_on=[deployer]),
            )


# Of no branch, where a pull request started it.
_DEPLOYS: Final = (
    "assertion.event_name.startsWith('pull_request') ? 'none' : assertion.repository + '@' + assertion.ref"
)


def _whoever(pool: gcp.iam.WorkloadIdentityPool, attribute: str) -> pulumi.Output[str]:
    return pool.name.apply(lambda name: f"principalSet://iam.googleapis.com/{name}/attribute.{attribute}")


def conditions(roles: Sequence[str]) -> Iterator[str]:
    """That a change of the project's policy concerns only these roles, in lists that IAM takes."""
    chosen = sorted(set(roles))
    for start in range(0, len(chosen), _LISTED):
        listed = ", ".join(f"'{role}'" for role in chosen[start : start + _LISTED])
        yield f"api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([{listed}])"
