"""The forge that the repository lies at: pull requests, their comments and approvals, deployments. GitHub."""

from onestack.forge.github import Forge
from onestack.forge.model import (
    CommitState,
    Deployment,
    DeploymentState,
    Posted,
    Pull,
    Remark,
)
from onestack.forge.place import Place, place

__all__ = [
    "CommitState",
    "Deployment",
    "DeploymentState",
    "Forge",
    "Place",
    "Posted",
    "Pull",
    "Remark",
    "place",
]
