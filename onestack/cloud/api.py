"""Requests to one of Google Cloud's interfaces: credentials, bounds on time and tries, typed failures."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from onestack.cloud.credentials import credentials
from onestack.cloud.refusal import Ask, answer, refusal
from onestack.errors import CloudUnreachable, CredentialsExpired, NoCredentials

if TYPE_CHECKING:
    import requests

_TRANSIENT: Final = (408, 429, 500, 502, 503, 504)
"""What another try may mend (https://cloud.google.com/storage/docs/retry-strategy)."""
_FIRST_FAILURE: Final = 300
_SLOWEST_SECONDS: Final = 10.0


class Api:
    """A context manager. ``base`` is the interface's address, without a slash at its end.

    Credentials go over TLS alone: an address that isn't ``https`` is that of an emulator and gets none.
    Every request of ours may be sent twice: one that creates then finds what it made. ``seconds`` bounds
    one try, ``retries`` how often another follows.
    """

    def __init__(self, base: str, *, seconds: float = 30.0, retries: int = 4, pause: float = 0.5) -> None:
        self.base = base
        self._seconds = seconds
        self._retries = retries
        self._pause = pause
        self._session: requests.Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()

    def call(
        self,
        ask: Ask,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The answer to a request. ``path`` starts with a slash and is encoded.

        Raises: NoCredentials, CredentialsExpired, CloudUnreachable, CloudRefused and its kinds.
        """
        return self._document(self._sent(ask, method, path, params, json=body))

    def content(self, ask: Ask, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """What stands at a path, as bytes. Raises as `call`."""
        return self._sent(ask, "GET", path, params).content

    def generation(self, ask: Ask, path: str, params: Mapping[str, str]) -> tuple[bytes, str]:
        """An object's content, and which generation of it that is. Raises as `call`."""
        done = self._sent(ask, "GET", path, params)
        return done.content, done.headers.get("x-goog-generation", "")

    def upload(self, ask: Ask, path: str, params: Mapping[str, str], content: bytes) -> dict[str, Any]:
        """The answer to a request that sends bytes as they are. Raises as `call`."""
        return self._document(self._sent(ask, "POST", path, params, data=content))

    def _document(self, answered: requests.Response) -> dict[str, Any]:
        try:
            found = answered.json() if answered.content else {}
        except ValueError:
            raise CloudUnreachable(self.base, "the answer is no JSON: something stands in between") from None
        return found if isinstance(found, dict) else {}

    def _sent(
        self, ask: Ask, method: str, path: str, params: Mapping[str, str] | None = None, **body: Any
    ) -> requests.Response:
        import requests  # noqa: PLC0415 - with Google's library it takes 0.2 s
        from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError  # noqa: PLC0415

        try:
            done = self._opened().request(
                method, f"{self.base}{path}", params=params, timeout=self._seconds, **body
            )
        except RefreshError as error:
            raise CredentialsExpired(str(error)) from None
        except (TransportError, requests.RequestException) as error:
            raise CloudUnreachable(self.base, _cause(error)) from None
        except GoogleAuthError as error:
            raise NoCredentials(str(error)) from None
        if done.status_code >= _FIRST_FAILURE:
            found = answer(done.status_code, done.content)
            if done.status_code in _TRANSIENT:
                raise CloudUnreachable(self.base, f"it answered {done.status_code}: {found.said}")
            raise refusal(ask, found)
        return done

    def _opened(self) -> requests.Session:
        if self._session is None:
            self._session = self._authorized() if self.base.startswith("https://") else _anonymous()
            self._repeating(self._session)
        return self._session

    def _authorized(self) -> requests.Session:
        from google.auth.transport.requests import AuthorizedSession  # noqa: PLC0415 - see above

        made: requests.Session = AuthorizedSession(credentials())  # type: ignore[no-untyped-call]
        return made

    def _repeating(self, session: requests.Session) -> None:
        from requests.adapters import HTTPAdapter  # noqa: PLC0415 - see above
        from urllib3 import Retry  # noqa: PLC0415

        retry = Retry(
            total=self._retries,
            backoff_factor=self._pause,
            backoff_max=_SLOWEST_SECONDS,
            status_forcelist=_TRANSIENT,
            allowed_methods=None,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))


def _anonymous() -> requests.Session:
    """For an emulator: past proxies, and without what a ``.netrc`` would send."""
    import requests  # noqa: PLC0415 - see above

    session = requests.Session()
    session.trust_env = False
    return session


def _cause(error: BaseException) -> str:
    """The innermost cause, which says more than the layers that passed it on."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, BaseException):
            break
        error = inner
    return str(error) or type(error).__name__
