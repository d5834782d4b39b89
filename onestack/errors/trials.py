"""Acceptance tests and trials."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors.base import OnestackError, UsageError


class InvalidAcceptancePath(UsageError):
    """The folder of acceptance tests isn't in the repository: ``why``."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"the folder of acceptance tests '{path}' can't be used",
            why=why,
            hint="name a folder of the repository: onestack:acceptance.path in the stack's file",
        )


class AcceptanceTimedOut(OnestackError):
    """The acceptance tests didn't end in time and were ended. ``seconds`` is the bound."""

    def __init__(self, stack: str, seconds: int, test: str) -> None:
        super().__init__(
            f"the acceptance tests of stack '{stack}' did not end within {seconds} s, and were ended",
            why=f"{test} was running" if test else "no test had begun",
            hint="give that test a bound of its own, or raise onestack:acceptance.timeoutSeconds",
        )


class AcceptanceBroken(OnestackError):
    """pytest itself ended in another way than by running tests. ``code`` is its exit code."""

    def __init__(self, code: int, said: str) -> None:
        reasons = {
            2: "were interrupted from inside",
            3: "broke pytest itself",
            4: "couldn't be started: pytest was called wrongly",
        }
        killed = f"were killed by signal {-code}" if code < 0 else f"ended with code {code}"
        super().__init__(
            f"the acceptance tests {reasons.get(code, killed)}",
            why=said,
            hint="mend the suite; 'onestack verify STACK' runs it again without deploying",
        )


class AcceptanceFailed(OnestackError):
    """What was deployed is ready, and its acceptance tests fail. ``wrong`` is a line for each."""

    def __init__(self, stack: str, wrong: Sequence[str]) -> None:
        super().__init__(
            f"stack '{stack}' is deployed and ready, and its acceptance tests fail",
            why="\n".join(wrong),
            hint=f"'onestack verify {stack}' runs them again; where an earlier revision was deployed, "
            f"'onestack rollback {stack}' prepares the way back",
        )


class InvalidTrial(OnestackError):
    """A document doesn't hold a trial. It comes from a job that nobody vouches for, and is not quoted."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the document of a trial can't be used",
            why=why,
            hint="have it made by 'onestack trial --json' of the same version",
        )


class NoBase(UsageError):
    """There is no revision that a trial could begin with."""

    def __init__(self, folder: str, tried: Sequence[str]) -> None:
        super().__init__(
            "there is no base to begin a trial with",
            where=folder,
            why=f"this revision has no commit in common with {' or '.join(tried)}, or they aren't here",
            hint="name one: --base REV; in CI, check out with the whole history (fetch-depth: 0)",
        )


class StackNotNamed(UsageError):
    """A verb that could be about one of several stacks isn't told which."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(
            "no stack is named",
            why=f"the repository has these: {', '.join(known) or 'none'}",
            hint="name the one that is meant",
        )


class RevisionUnusable(OnestackError):
    """A revision can't be read or planned as a stack; it fails as its cause does."""

    def __init__(self, name: str, cause: OnestackError) -> None:
        self.exit_code = cause.exit_code
        super().__init__(
            f"{name} can't be compared",
            why=cause.message(),
            hint="name a revision that 'onestack check' accepts, such as one that was deployed",
        )
