"""The names that things get at Google, and the rules that they have to keep. Pure.

Everything that a stack makes is named after the stack, so that several stacks can share a project. The
suffixes are bounded, and with them the length of a stack's name. Rules:
https://cloud.google.com/compute/docs/naming-resources, https://cloud.google.com/iam/docs/service-accounts-create
(6 to 30 characters), https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers (4 to 32
characters, ``gcp-`` is Google's own).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any, Final

from onestack.gcp.faults import Fault

LONGEST_STACK: Final = 22
"""Characters: ``<stack>-preview`` is a service account's id, which has at most 30."""
_ACCOUNT: Final = 30
_DIGEST: Final = 4
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_PROJECT_WORDS: Final = ("google", "null", "undefined", "ssl")
_STACK = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")


def digest(*values: Any) -> str:
    """Four characters that stand for ``values``: anything that JSON can hold."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    hashed = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(hashed).decode()[:_DIGEST].lower()


def stack_faults(stack: str) -> list[Fault]:
    """Why Google would refuse names that begin with the stack's; they are about the stack, not a setting."""
    rule = f"2 to {LONGEST_STACK} lower-case letters, digits and '-', beginning with a letter"
    if len(stack) > LONGEST_STACK or not _STACK.fullmatch(stack):
        what = f"Google refuses names that begin with the stack's name '{stack}'"
        return [Fault((), what, f"rename the file: {rule}")]
    if stack.startswith(("gcp-", "goog")):
        what = f"the stack's name '{stack}' begins with what Google keeps for itself, 'gcp-' or 'goog'"
        return [Fault((), what, "rename the file")]
    return []


def project_id(value: str) -> str:
    """``value``, where it can be a project's id.

    The rule: https://cloud.google.com/resource-manager/docs/creating-managing-projects

    Raises: ValueError.
    """
    if value.isdigit():
        message = f"'{value}' is a project's number; write its id, such as 'acme-dev'"
        raise ValueError(message)
    if not _PROJECT.fullmatch(value):
        message = (
            f"'{value}' can't be a project's id: 6 to 30 lower-case letters, digits and '-', "
            "beginning with a letter and not ending with '-'"
        )
        raise ValueError(message)
    if word := next((word for word in _PROJECT_WORDS if word in value), None):
        message = f"'{value}' can't be a project's id: Google allows none with '{word}' in it"
        raise ValueError(message)
    return value


def application_account(stack: str, namespace: str, name: str) -> str:
    """The id of the Google service account of a Kubernetes one: readable, at most 30 characters, its own."""
    readable = f"{stack}-{namespace}-{name}".replace(".", "-")[: _ACCOUNT - _DIGEST - 1].rstrip("-")
    return f"{readable}-{digest(namespace, name)}"


def account_email(account: str, project: str) -> str:
    """The address of a service account of a project."""
    return f"{account}@{project}.iam.gserviceaccount.com"
