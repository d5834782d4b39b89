"""What of the caller's environment a stranger's code gets to see: nothing that proves who calls."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from onestack.cache import CACHE_VARIABLE, cache_folder

_KEPT: Final = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "COLUMNS",
    "NO_COLOR", "CI", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy",
    "no_proxy", "all_proxy", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED", "PYTHONHASHSEED", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY",
    "GOFLAGS", "GOSUMDB", "GONOSUMDB", "GONOSUMCHECK", "GOTOOLCHAIN", "GOMAXPROCS", "ONESTACK_CACHE",
    "ONESTACK_DOWNLOADS",
    # Set by the command itself; without it a trial would begin anew for ever.
    "GIT_PYTHON_REFRESH",
})  # fmt: skip


def stripped(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what isn't known to be harmless. Pure.

    A list of what stays, not of what goes: nobody knows the names of all credentials.
    """
    return {name: held for name, held in environ.items() if name in _KEPT or name.startswith("LC_")}


@contextmanager
def apart(home: Path) -> Iterator[None]:
    """This process, and all that it starts, in an environment of that kind, with another home.

    Where tools are kept stays: they would be had anew otherwise.
    """
    before = dict(os.environ)
    inside = stripped(before) | {"HOME": str(home), CACHE_VARIABLE: str(cache_folder())}
    _become(inside)
    try:
        yield
    finally:
        _become(before)


def _become(environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
