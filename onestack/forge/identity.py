"""Who the token speaks as."""

from __future__ import annotations

from typing import Final

from onestack.errors import ForgeForbidden, ForgeMissing
from onestack.forge.session import Session

_DOING: Final = "asking who the token is"
_JOB: Final = "github-actions[bot]"


def identity(session: Session) -> str:
    """The login that the token writes as.

    An app's token, such as a workflow's own, may not ask for its user; where GraphQL doesn't tell
    either, a workflow's token is the bot of Actions. Raises: OnestackError.
    """
    if session.place.login:
        return session.place.login
    try:
        return str(session.get("/user", _DOING, "metadata: read")["login"])
    except ForgeForbidden as error:
        try:
            answer = session.query("query { viewer { login } }", {}, _DOING, "metadata: read")
            return str(answer["viewer"]["login"])
        except (ForgeForbidden, ForgeMissing, KeyError, TypeError):
            if session.place.job_token:
                return _JOB
            error.hint = "say who it is with ONESTACK_GITHUB_LOGIN, for an app 'NAME[bot]'"
            error.args = (error.message(),)
            raise error from None
