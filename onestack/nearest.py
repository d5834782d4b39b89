"""What an unknown name in a tree of models was most likely meant to be. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel


def nearest(model: type[BaseModel], path: Sequence[str]) -> str:
    """A hint for the name at ``path``, as people write it: the nearest right one, else all there are."""
    known = _known(model, path[:-1])
    near = difflib.get_close_matches(path[-1], known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"known here: {', '.join(sorted(known))}" if known else ""


def _known(annotation: Any, path: Sequence[str]) -> set[str]:
    """The names of the fields of the model that stands at ``path``; none where there is none."""
    if get_origin(annotation) is dict:
        return _known(get_args(annotation)[1], path[1:])
    if not isinstance(annotation, type) or not issubclass(annotation, BaseModel):
        return set().union(*(_known(one, path) for one in get_args(annotation)))
    fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
    if not path:
        return set(fields)
    return _known(fields[path[0]].annotation, path[1:]) if path[0] in fields else set()
