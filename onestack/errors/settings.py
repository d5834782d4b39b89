"""The repository and a stack's settings."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import UsageError
from onestack.errors.manifests import Problem


class UnknownStack(UsageError):
    """There is no settings file for the stack."""

    def __init__(self, stack: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"there is no stack '{stack}'",
            why=f"stacks/Pulumi.{stack}.yaml does not exist",
            hint=f"stacks of this repository: {', '.join(known) or 'none'}",
        )


class NoStacks(UsageError):
    """The repository has no settings file for any stack."""

    def __init__(self, root: str) -> None:
        super().__init__(
            "there is no stack to check",
            where=root,
            why="stacks/ holds no Pulumi.<stack>.yaml",
            hint="add one, or name a folder of manifests with --manifests DIR",
        )


class NoManifests(UsageError):
    """What ``--manifests`` names holds nothing to check."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(
            "there are no manifests to check",
            where=given,
            why=why,
            hint="name a folder of applications, or a folder or file of YAML",
        )


class InvalidSettings(UsageError):
    """The stack's settings can't be read or don't fit together. ``problems`` holds all of them."""

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(
            "the stack's settings are not valid",
            where=where,
            why="\n".join(map(str, self.problems)),
            hint="mend the file; every setting is described in docs/settings.md",
        )


class UnknownApplication(UsageError):
    """The stack has no such application."""

    def __init__(self, stack: str, application: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"stack '{stack}' has no application '{application}'",
            hint=f"applications of this stack: {', '.join(known) or 'none'}",
        )


class NotARepository(UsageError):
    """There is no onestack repository at or above the folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "this is not inside a onestack repository",
            where=folder,
            why="neither this folder nor one above it holds a Pulumi.yaml",
            hint="go into the repository, or name it with --root DIR",
        )


class InvalidProject(UsageError):
    """Pulumi.yaml can't be read or lacks what every project has."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            "this is not a usable Pulumi project", where=file, why=why, hint="mend it, or restore it from git"
        )
