"""An object that a reference names and the set doesn't have. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import Path
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import OF_THE_CLUSTER, Index
from onestack.validation.references.near import listed, meant

DECLARE: Final = "correct the name, or declare it"
_OF_OPERATORS: Final = frozenset({"ConfigMap", "Secret", "Service"})


def missing(
    index: Index,
    manifest: Manifest,
    path: Path,
    kind: str,
    name: str,
    *,
    group: str = "",
    namespace: str | None = None,
    otherwise: str = DECLARE,
) -> Iterator[Broken]:
    """Nothing if the set has the object or may make it; ``namespace`` is the referring object's if None.

    ``otherwise`` is what to do where no name is near.
    """
    wanted = namespace if namespace is not None else manifest.namespace or ""
    if not name or wanted in OF_THE_CLUSTER or index.get(group, kind, wanted, name) is not None:
        return
    if index.made.may_make(kind, wanted, name):
        return
    # What an operator makes no manifest tells: only a slip is worth a word beside one.
    operated = kind in _OF_OPERATORS and index.made.operated(wanted)
    hint = meant(name, index.all(group, kind, wanted), sure=operated)
    if operated and not hint:
        return
    others = index.elsewhere(group, kind, wanted, name)
    if others:
        hint = f"there is one in {_spaces(others)}, and such a reference stays in its namespace"
        if namespace is not None:
            hint = f"there is one in {_spaces(others)}"
    where = f"namespace '{wanted}' has" if wanted else "this set has"
    yield Broken(manifest, path, f"{where} no {kind} '{name}'", hint or otherwise)


def _spaces(names: object) -> str:
    found = sorted(set(names)) if isinstance(names, list) else []
    return f"{'namespace' if len(found) == 1 else 'namespaces'} {listed(found)}"
