"""A state in a cloud, and what the cloud says to it."""

from __future__ import annotations

from http import HTTPStatus

from onestack.errors.base import OnestackError, Unavailable, UsageError


class NotOnGoogle(UsageError):
    """A stack has no state in Google Cloud to be prepared."""

    def __init__(self, stack: str, platform: str) -> None:
        super().__init__(
            f"stack '{stack}' is not on Google Cloud",
            why=f"its platform is '{platform}', and only 'gcp' has a bucket and a key for its state",
            hint="its state needs no preparation; docs/state.md says where it is",
        )


class NoCredentials(Unavailable):
    """There are no credentials for Google Cloud. ``why`` is what was found of them."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "there are no credentials for Google Cloud",
            why=why,
            hint="log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS "
            "to a file with credentials",
        )


class CredentialsExpired(Unavailable):
    """There are credentials for Google Cloud, and they are no longer valid."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the credentials for Google Cloud are expired or revoked",
            why=why,
            hint="log in again with 'gcloud auth application-default login', or renew "
            "GOOGLE_OAUTH_ACCESS_TOKEN if that is set",
        )


class CloudUnreachable(Unavailable):
    """No answer came from an interface of Google Cloud. ``where`` is its address."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            "Google Cloud can't be reached",
            where=where,
            why=why,
            hint="check network and proxy and run again: what was done is kept",
        )


class CloudRefused(OnestackError):
    """An interface of Google Cloud refused a request.

    ``status`` is the HTTP status, ``reason`` Google's own word where it gives one, ``said`` its sentence.
    """

    def __init__(
        self, doing: str, status: int, reason: str, said: str, *, what: str = "", hint: str = ""
    ) -> None:
        self.doing = doing
        self.status = status
        self.reason = reason
        self.said = said
        super().__init__(
            what or f"Google Cloud refused {doing}",
            why=f"{reason} ({status}): {said}" if reason else f"HTTP {status}: {said}",
            hint=hint or "mend the cause and run again: what was done is kept",
        )

    @property
    def missing(self) -> bool:
        """Whether what was asked for isn't there."""
        return self.status == HTTPStatus.NOT_FOUND

    @property
    def conflict(self) -> bool:
        """Whether what was to be made is there already."""
        return self.status == HTTPStatus.CONFLICT

    @property
    def outdated(self) -> bool:
        """Whether what was to be changed is no longer what was read."""
        return self.status == HTTPStatus.PRECONDITION_FAILED


class PermissionRefused(CloudRefused, Unavailable):
    """The credentials may not do it. ``grant`` is the command that lets them."""

    def __init__(self, doing: str, reason: str, said: str, grant: str) -> None:
        super().__init__(
            doing,
            403,
            reason,
            said,
            what=f"the credentials may not do this in Google Cloud: {doing}",
            hint=f"have somebody who may grant it run:\n{grant}",
        )


class ApiNotEnabled(CloudRefused, Unavailable):
    """An interface of Google Cloud is not enabled in the project."""

    def __init__(self, doing: str, said: str, service: str, project: str) -> None:
        super().__init__(
            doing,
            403,
            "SERVICE_DISABLED",
            said,
            what=f"{service} is not enabled in project '{project}'",
            hint=f"gcloud services enable {service} --project={project}\nit takes effect within minutes; "
            "then run again",
        )


class QuotaProjectMissing(CloudRefused, Unavailable):
    """The credentials are a person's, and say no project that their requests count for."""

    def __init__(self, doing: str, reason: str, said: str, project: str) -> None:
        super().__init__(
            doing,
            403,
            reason,
            said,
            what="the credentials name no project that requests count for, or one that they may not use",
            hint=f"gcloud auth application-default set-quota-project {project}",
        )


class ProjectMissing(CloudRefused, UsageError):
    """There is no such project, or it is none that the credentials may know of."""

    def __init__(self, doing: str, status: int, reason: str, said: str, project: str) -> None:
        super().__init__(
            doing,
            status,
            reason,
            said,
            what=f"there is no project '{project}'",
            hint="correct onestack:gcp.project in the stack's file, or create the project: "
            f"gcloud projects create {project}",
        )


class BillingDisabled(CloudRefused, Unavailable):
    """The project has no billing account, or a closed one."""

    def __init__(self, doing: str, reason: str, said: str, project: str) -> None:
        super().__init__(
            doing,
            403,
            reason,
            said,
            what=f"billing is off in project '{project}'",
            hint=f"gcloud billing projects link {project} --billing-account=ACCOUNT\nthen run again",
        )


class BucketTaken(UsageError):
    """The name of the bucket belongs to another project: such names are unique in all of Google Cloud."""

    def __init__(self, bucket: str, project: str) -> None:
        super().__init__(
            f"the bucket 'gs://{bucket}' belongs to another project than '{project}'",
            why="names of buckets are unique in all of Google Cloud, and whoever owns that one would have "
            "the state",
            hint="choose another name: onestack:gcp.state.bucket in the stack's file",
        )


class KeyNotThere(OnestackError):
    """The key is neither there nor can it be made: Google says both at once."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "the key for secrets is not there and can't be made",
            where=key,
            why="Google Cloud said that it isn't there, and then that it is",
            hint="run again; it may take a moment until a new key can be seen",
        )


class StateBucketMissing(Unavailable):
    """The bucket that a stack's state lies in isn't there."""

    def __init__(self, address: str, stack: str) -> None:
        super().__init__(
            f"the state of stack '{stack}' can't be reached",
            where=address,
            why="there is no such bucket",
            hint="correct PULUMI_BACKEND_URL; for a stack on Google Cloud "
            f"'onestack bootstrap {stack}' makes the bucket",
        )
