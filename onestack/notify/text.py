"""Text of others for Slack, which obeys some of what stands in it. Pure.

Slack makes mentions, links and commands of what stands between ``<`` and ``>``; written as entities these
are text (https://docs.slack.dev/messaging/formatting-message-text, "Escaping text").
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SIMILAR: Final = str.maketrans({"<": "\u2039", ">": "\u203a"})
_CALLS: Final = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
_BREAK: Final = "\u200b"
"""Takes no room and ends a word."""
_URL: Final = "/:?#[]@!$'()*+,;=%~"


def escaped(text: str, limit: int) -> str:
    """Text that is shown as it stands, of at most ``limit`` characters as they are sent.

    Nothing in it calls anybody, links anywhere or opens a block of code; what can't be printed is left out.
    """
    shown = "".join(one for one in text if one.isprintable() or one == "\n").replace("`", "'")
    sent = _written(shown)
    if len(sent) <= limit:
        return sent
    # An entity that is cut in two would be none.
    kept = min(len(shown), limit - 1)
    while len(_written(shown[:kept])) > limit - 1:
        kept -= max(1, (len(_written(shown[:kept])) - limit) // 5)
    return _written(shown[:kept]) + "…"


def one_line(text: str, limit: int) -> str:
    """The same on one line."""
    return escaped(" ".join(text.split()), limit)


def plain(text: str, limit: int) -> str:
    """A line for where Slack reads no markup and knows no entities."""
    shown = "".join(one if one.isprintable() else " " for one in text).translate(_SIMILAR)
    line = _CALLS.sub(f"@{_BREAK}", " ".join(shown.split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def linked(title: str, url: str) -> str | None:
    """A link; None for what is no address of the web."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return f"<{quote(url, safe=_URL + '&').translate(_ENTITIES)}|{one_line(title.replace('|', '/'), 100)}>"


def _written(text: str) -> str:
    return _CALLS.sub(f"@{_BREAK}", text.translate(_ENTITIES))
