"""Plans and pictures of them."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import GateClosed, Unavailable, UsageError


class PictureNotWritten(Unavailable):
    """A picture's file can't be written."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            "the picture can't be written",
            where=file,
            why=why,
            hint="name a file in a folder that exists and can be written",
        )


class PlanMoved(GateClosed):
    """What would be done now is not the plan that was sealed. ``differs`` says in what."""

    def __init__(self, stack: str, sealed: str, now: str, differs: Sequence[str]) -> None:
        super().__init__(
            f"the plan of stack '{stack}' is not the one that was sealed",
            why="\n".join([f"sealed: {sealed}", f"now:    {now}", *differs]),
            hint=f"look at what it is now ('onestack preview {stack}'), and have that approved",
        )


class InvalidPlan(UsageError):
    """What is given as a plan isn't one, or isn't what was written."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "this is no plan that can be used",
            where=where,
            why=why,
            hint="make it again with 'onestack preview STACK --plan FILE', and leave it as it is",
        )


class FileNotWritable(Unavailable):
    """A file that is named for what a verb finds can't be written; nothing was begun."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            "this file can't be written, so nothing was begun",
            where=file,
            why=why,
            hint="name a file in a folder that exists and can be written",
        )


class PlanNotWritten(Unavailable):
    """A file for a plan can't be written."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__("the plan can't be written", where=file, why=why, hint="name another file")
