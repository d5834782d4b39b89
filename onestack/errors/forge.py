"""The code host and Slack."""

from __future__ import annotations

from onestack.errors.base import OnestackError, Unavailable, UsageError


class NoForge(UsageError):
    """It isn't said which repository of which forge this is."""

    def __init__(self, named: str) -> None:
        super().__init__(
            f"'{named}' is no repository of GitHub"
            if named
            else "it isn't known which repository at GitHub this is",
            why=""
            if named
            else "GITHUB_REPOSITORY isn't set, and git's remote 'origin' isn't at GITHUB_SERVER_URL",
            hint="name it as OWNER/NAME with --repository or in GITHUB_REPOSITORY",
        )


class NoForgeToken(UsageError):
    """There is no token to speak to the forge with."""

    def __init__(self, repository: str) -> None:
        super().__init__(
            "there is no token for GitHub",
            where=repository,
            why="neither GITHUB_TOKEN nor GH_TOKEN is set",
            hint="in a workflow: 'env: GITHUB_TOKEN: ${{ github.token }}'; "
            "docs/github.md says which rights it needs",
        )


class InsecureForge(UsageError):
    """The forge's address isn't encrypted."""

    def __init__(self, host: str) -> None:
        super().__init__(
            "no token is sent without encryption",
            where=host,
            hint="use an address that begins with https:// in GITHUB_API_URL",
        )


class ForgeUnavailable(Unavailable):
    """GitHub can't be reached, fails, or asks to wait longer than there is patience for."""

    def __init__(self, doing: str, said: str, *, wait: float | None = None) -> None:
        later = "run again" if wait is None else f"run again in {max(1, round(wait))} s"
        super().__init__(
            f"GitHub is not available: {doing}",
            why=said,
            hint=f"{later}: nothing is doubled by that; https://www.githubstatus.com says how GitHub is",
        )


class ForgeTokenRefused(UsageError):
    """GitHub doesn't take the token."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(
            f"GitHub doesn't take the token: {doing}",
            why=said,
            hint="it has expired or was revoked: renew GITHUB_TOKEN or GH_TOKEN; "
            "a workflow's own ends with its job",
        )


class ForgeForbidden(UsageError):
    """The token may not do this."""

    def __init__(self, doing: str, said: str, needs: str) -> None:
        super().__init__(
            f"the token may not do this at GitHub: {doing}",
            why=said,
            hint=f"give it the permission '{needs}', in a workflow under 'permissions:'; "
            "a workflow that a fork's pull request sets off never has it",
        )


class ForgeMissing(UsageError):
    """GitHub has no such thing, or doesn't show it to this token."""

    def __init__(self, doing: str, where: str, needs: str, *, why: str = "") -> None:
        super().__init__(
            f"GitHub has no such thing, or hides it from this token: {doing}",
            where=where,
            why=why,
            hint=f"check the name; if it is there, the token lacks the permission '{needs}'",
        )


class ForgeDisagrees(OnestackError):
    """GitHub refuses what it was asked for."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(f"GitHub refuses this: {doing}", why=said, hint="mend what it says and run again")


class HeadMoved(OnestackError):
    """The pull request's branch isn't any more what was looked at."""

    def __init__(self, number: int, seen: str, head: str) -> None:
        super().__init__(
            f"the branch of pull request #{number} has moved on",
            why=f"this is about {seen[:12]}, and its head is {head[:12]}",
            hint="nothing was written: the run for the new head writes its own",
        )


class CommentTooLong(OnestackError):
    """A comment is longer than GitHub takes."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            "the comment is longer than GitHub takes",
            why=f"it has {length} characters, and {limit} is the most",
            hint="shorten it",
        )


class UntrustedDocument(OnestackError):
    """A document that another job handed over isn't what it should be."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "this is not a document to comment",
            where=where,
            why=why,
            hint="nothing was posted: hand over, unchanged, what the same version of onestack wrote",
        )


class NothingToComment(UsageError):
    """No document was named to comment, or of a kind that this can't read."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "there is nothing to comment",
            why=why,
            hint="name a document with --plan, --trial or --text",
        )


class NoPullRequest(UsageError):
    """It isn't known which pull request is meant."""

    def __init__(self, commit: str | None) -> None:
        super().__init__(
            "it isn't known which pull request to comment",
            why=f"no open one has {commit[:12]} as its head"
            if commit
            else "the job isn't one of a pull request",
            hint="name it with --pull NUMBER",
        )


class SlackMisconfigured(UsageError):
    """Slack can't be told by what is set."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Slack can't be told",
            why=why,
            hint="set 'onestack:notify: {slack: {channel: \"#name\"}}' and SLACK_BOT_TOKEN, "
            "or SLACK_WEBHOOK_URL",
        )


class SlackNotTold(Unavailable):
    """A message couldn't be sent now."""

    def __init__(self, stage: str, why: str) -> None:
        super().__init__(
            f"Slack was not told that it {'waits' if stage == 'waiting' else stage}: {why}",
            hint="it is kept, and sent by the next run",
        )
