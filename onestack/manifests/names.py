"""What the API server takes as names (k8s.io/apimachinery, ``api/validation``; rules per kind). Pure."""

from __future__ import annotations

import re
from typing import Final

LABEL_LENGTH: Final = 63
SUBDOMAIN_LENGTH: Final = 253

_LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_QUALIFIED: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")

# Everything else is a DNS subdomain.
_DNS_LABEL: Final = frozenset((("", "Namespace"), ("", "Service"), ("apps", "StatefulSet")))
_PATH_SEGMENT: Final = frozenset({"rbac.authorization.k8s.io"})
# Kinds that name their pods or jobs after themselves (batch/validation).
_SHORTER: Final = {("batch", "CronJob"): 52, ("batch", "Job"): 63}


def wrong_name(group: str, kind: str, name: str) -> str | None:
    """What the name of an object of this kind would have to be, if it isn't that."""
    if group in _PATH_SEGMENT:
        return wrong_path_segment(name)
    if (group, kind) in _DNS_LABEL:
        return wrong_label(name)
    most = _SHORTER.get((group, kind))
    if most is not None and len(name) > most:
        return f"a {kind}'s name has at most {most} characters, this one has {len(name)}"
    return wrong_subdomain(name)


def wrong_label(name: str) -> str | None:
    """What a DNS-1123 label is, if the name is none."""
    if len(name) <= LABEL_LENGTH and _LABEL.match(name):
        return None
    return (
        f"use at most {LABEL_LENGTH} lower-case letters, digits and '-', with a letter or digit at both ends"
    )


def wrong_subdomain(name: str) -> str | None:
    """What a DNS-1123 subdomain is, if the name is none."""
    if len(name) <= SUBDOMAIN_LENGTH and _SUBDOMAIN.match(name):
        return None
    return (
        f"use at most {SUBDOMAIN_LENGTH} lower-case letters, digits, '-' and '.', "
        "with a letter or digit at both ends and around each '.'"
    )


def wrong_path_segment(name: str) -> str | None:
    """What the name of a role or binding is, if the name is none."""
    if name in {".", ".."} or "/" in name or "%" in name:
        return "it can't be '.' or '..' nor contain '/' or '%'"
    return None


def wrong_qualified(key: str) -> str | None:
    """What the key of a label or annotation is, if the key is none (``prefix/name`` or ``name``)."""
    prefix, slash, name = key.rpartition("/")
    if slash and wrong_subdomain(prefix):
        return "the part before '/' is a DNS name in lower case"
    if not (len(name) <= LABEL_LENGTH and _QUALIFIED.match(name)):
        return (
            f"use at most {LABEL_LENGTH} letters, digits, '-', '_' and '.', with a letter or digit at both "
            "ends, and before them optionally a DNS name and '/'"
        )
    return None


def wrong_label_value(value: str) -> str | None:
    """What the value of a label is, if the value is none."""
    if not value or (len(value) <= LABEL_LENGTH and _QUALIFIED.match(value)):
        return None
    return (
        f"use at most {LABEL_LENGTH} letters, digits, '-', '_' and '.', with a letter or digit at both ends"
    )
