"""What Helm is given of a chart: the files that were looked at, written anew. Pure.

Readers of archives and JSON differ in what they make of broken ones. So Helm never gets an archive or a
schema as it came: it would see files that no one has looked at.
"""

from __future__ import annotations

import io
import tarfile

from onestack.rendering import chart_schema
from onestack.rendering.chart import Files, subchart


def sealed(files: Files, *, schemas: bool) -> Files:
    """The files of a judged chart as Helm may have them; without ``schemas`` those of values are left out."""
    return {
        name: _sealed(name, content, schemas=schemas)
        for name, content in files.items()
        if schemas or not chart_schema.is_schema(name)
    }


def archive(files: Files) -> bytes:
    """An archive of a chart that has these files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", compresslevel=1) as opened:
        for name, content in files.items():
            info = tarfile.TarInfo(f"chart/{name}")
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return made.getvalue()


def _sealed(name: str, content: bytes, *, schemas: bool) -> bytes:
    inner = subchart(name, content)
    if inner is not None:
        return archive(sealed(inner, schemas=schemas))
    return chart_schema.written(chart_schema.read(content)) if chart_schema.is_schema(name) else content
