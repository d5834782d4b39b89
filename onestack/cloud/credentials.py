"""Credentials for Google Cloud, from the places that the engine takes them from, in its order.

``pkg/authhelpers/gcpauth.go`` of Pulumi: GOOGLE_CREDENTIALS, GOOGLE_OAUTH_ACCESS_TOKEN, then Google's own
application default credentials (https://cloud.google.com/docs/authentication/application-default-credentials).
"""

from __future__ import annotations

import json
import os
import warnings
from typing import TYPE_CHECKING, Final

from onestack.errors import NoCredentials

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)


def credentials() -> Credentials:
    """The caller's credentials, not yet tried. Google's library is read only here: it takes 0.2 s.

    Raises: NoCredentials.
    """
    import google.auth  # noqa: PLC0415 - see above
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
    from google.oauth2.credentials import Credentials as Token  # noqa: PLC0415

    try:
        if contents := os.environ.get("GOOGLE_CREDENTIALS"):
            return _of_contents(contents)
        if token := os.environ.get("GOOGLE_OAUTH_ACCESS_TOKEN"):
            made: Credentials = Token(token)  # type: ignore[no-untyped-call]
            return made
        with warnings.catch_warnings():
            # That a person's credentials name no quota project is told where it matters.
            warnings.simplefilter("ignore")
            return google.auth.default(scopes=SCOPES)[0]
    except GoogleAuthError as error:
        raise NoCredentials(str(error)) from None


def _of_contents(contents: str) -> Credentials:
    """Credentials written out in the environment. What they hold is in no message."""
    import google.auth  # noqa: PLC0415 - see above

    try:
        information = json.loads(contents)
    except ValueError:
        raise NoCredentials("GOOGLE_CREDENTIALS holds no JSON") from None
    if not isinstance(information, dict):
        raise NoCredentials("GOOGLE_CREDENTIALS holds no JSON object")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: tuple[Credentials, str | None] = google.auth.load_credentials_from_dict(  # type: ignore[no-untyped-call]
            information, scopes=SCOPES
        )
    return found[0]
