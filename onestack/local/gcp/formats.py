"""Forms that texts must have, with the provider's own words for those that don't."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Final

_CONTROL_PLANE_BITS: Final = 28
_DAY_SECONDS: Final = 86400
_NAME: Final = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_ACCOUNT: Final = r"[-a-z0-9.]+@([-a-z0-9]+\.)+gserviceaccount\.com"

# Source: google/verify/validation.go and the resources' own checks, hashicorp/terraform-provider-google.
_PATTERNS: Final[Mapping[str, tuple[str, str]]] = {
    "gce-name": (
        r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
        "must be 1 to 63 lower-case letters, digits or dashes, begin with a letter and not end with a dash",
    ),
    "nat-name": (rf"(?=.{{2,63}}$){_NAME}", "must be 2 to 63 lower-case letters, digits or dashes"),
    "cluster-name": (
        rf"(?=.{{1,40}}$){_NAME}",
        "must be 1 to 40 lower-case letters, digits or dashes, begin with a letter and not end with a dash",
    ),
    "account-id": (
        rf"(?=.{{6,30}}$){_NAME}",
        "must be 6 to 30 lower-case letters, digits or dashes, and begin with a letter",
    ),
    "pool-id": (
        r"(?!gcp-)[-0-9a-z]{4,32}",
        "must be 4 to 32 lower-case letters, digits or dashes, and not begin with gcp-",
    ),
    "member": (
        r"(?!deleted)(.+:.+|projectOwners|projectReaders|projectWriters|allUsers|allAuthenticatedUsers)",
        "must be KIND:WHO as in https://cloud.google.com/billing/docs/reference/rest/v1/Policy#Binding",
    ),
    "service": (r".+\..+", "expected a domain like serviceusage.googleapis.com"),
    "service-account": (
        rf"projects/[^/]+/serviceAccounts/{_ACCOUNT}",
        "must be projects/PROJECT/serviceAccounts/EMAIL",
    ),
    "timestamp": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "must be an RFC 3339 time"),
    "clock-time": (r"([01]\d|2[0-3]):[0-5]\d", "must be HH:MM, 00:00 to 23:59"),
    "duration": (r"\d+(\.\d{1,9})?s", "must be seconds such as 3600s"),
    "private-asn": (r"\d+", "must be a private ASN of RFC 6996"),
    "to-256": (r"(?s).{0,256}", "must have at most 256 characters"),
}


def problem(form: str, value: object) -> str:
    """What is wrong with a value that should have a form; "" where nothing is."""
    text = str(value)
    if form in {"cidr", "control-plane-range"}:
        return _range_problem(form, text)
    if form == "rotation-period":
        return _rotation_problem(text)
    pattern, words = _PATTERNS[form]
    return "" if re.fullmatch(pattern, text) else f"{words}, and is {text!r}"


def _range_problem(form: str, text: str) -> str:
    try:
        network = ipaddress.ip_network(text if "/" in text else f"{text}/")
    except ValueError as error:
        return f"must be a range such as 10.0.0.0/20: {error}"
    if form == "control-plane-range" and network.prefixlen != _CONTROL_PLANE_BITS:
        return f"must be a /{_CONTROL_PLANE_BITS} range, and is {text}"
    return ""


def _rotation_problem(text: str) -> str:
    found = re.fullmatch(r"([0-9.]*\d)s", text)
    if found is None:
        return f"Invalid rotation period format: {text}"
    return "" if float(found[1]) >= _DAY_SECONDS else "Rotation period must be greater than one day"
