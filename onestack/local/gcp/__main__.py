"""``python -m onestack.local.gcp [ENGINE]``: serves one engine until it says or dies."""

from __future__ import annotations

import asyncio
import sys

from onestack.local.gcp.provider import WORDS, Provider
from onestack.local.serving.engine_log import EngineLog
from onestack.local.serving.server import serve


async def main(engine: str) -> None:
    await serve(Provider(EngineLog(engine)), WORDS)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
