"""Google's refusals, in Google's words."""

from __future__ import annotations

from typing import Any, Final

from onestack.errors import GoogleRefused
from onestack.local.gcp.fill import render
from onestack.local.gcp.project import Project
from onestack.local.gcp.table import Service, Type

_CONSOLE: Final = "https://console.developers.google.com/apis/api"
_CREDENTIALS: Final = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
    "valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project., authError"
)


def doing(known: Type, operation: str, resource_id: str = "") -> str:
    """What the provider says before Google's words. Source: the resources in terraform-provider-google."""
    if operation == "create":
        return f"Error creating {known.noun}"
    if operation == "update":
        return f'Error updating {known.noun} "{resource_id}"'
    return f"Error when reading or editing {known.noun}"


def exists(known: Type, facts: Any) -> GoogleRefused:
    return GoogleRefused(doing(known, "create"), 409, str(render(known.service.exists, facts)))


def missing(known: Type, operation: str, other: Type, other_id: str) -> GoogleRefused:
    """Something that a resource refers to isn't there; ``other`` says so in its own service's words."""
    facts = {"id": other_id, "noun": other.noun}
    return GoogleRefused(doing(known, operation), 404, str(render(other.service.missing, facts)))


def in_use(known: Type, resource_id: str, user: str) -> GoogleRefused:
    text = (
        f"The {known.noun.lower()} resource '{resource_id}' is already being used by '{user}', "
        "resourceInUseByAnotherResource"
    )
    return GoogleRefused(doing(known, "delete"), 400, text)


def disabled(known: Type, operation: str, service: Service, project: Project) -> GoogleRefused:
    api = known.needs
    title = service.title if service.name == api else api
    text = (
        f"{title} has not been used in project {project.number} before or it is disabled. "
        f"Enable it by visiting {_CONSOLE}/{api}/overview?project={project.number} then retry. "
        "If you enabled this API recently, "
        "wait a few minutes for the action to propagate to our systems and retry.\n"
        f'Details: [{{"reason": "SERVICE_DISABLED", "service": "{api}", '
        f'"consumer": "projects/{project.number}"}}], accessNotConfigured'
    )
    return GoogleRefused(doing(known, operation), 403, text)


def permission(known: Type, operation: str, resource_id: str) -> GoogleRefused:
    collection = resource_id.rsplit("/", 2)[-2] if resource_id.count("/") > 1 else "resources"
    service = known.service.name.partition(".")[0]
    needed = known.permission or f"{service}.{collection}.{operation}"
    return GoogleRefused(
        doing(known, operation, resource_id),
        403,
        f"Required '{needed}' permission for '{resource_id}', forbidden",
    )


def quota(known: Type, operation: str, resource_id: str) -> GoogleRefused:
    metric = known.noun.upper().replace(" ", "_") + "S"
    return GoogleRefused(
        doing(known, operation, resource_id),
        403,
        f"Quota '{metric}' exceeded.  Limit: 5.0 globally., quotaExceeded",
    )


def on_order(known: Type, operation: str, resource_id: str, refuse: str, project: Project) -> GoogleRefused:
    """The refusal that a fault asks for."""
    if refuse == "quota":
        return quota(known, operation, resource_id)
    if refuse == "permission":
        return permission(known, operation, resource_id)
    if refuse == "disabled":
        return disabled(known, operation, known.service, project)
    if refuse == "credentials":
        return GoogleRefused(doing(known, operation, resource_id), 401, _CREDENTIALS)
    return GoogleRefused(doing(known, operation, resource_id), 400, refuse)
