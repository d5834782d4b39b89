"""Applications made with Kustomize: built by the real ``kustomize``, given nothing but what was looked at."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from onestack.errors import ToolNotRun
from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.manifests.text import Text
from onestack.rendering import kustomize_origins as origins
from onestack.rendering.blank import tell_if_blank
from onestack.rendering.bounds import Bounds
from onestack.rendering.cache import Cache, Part, key
from onestack.rendering.kustomize_closure import closure
from onestack.rendering.kustomize_files import Closure
from onestack.rendering.kustomize_mirror import contents, copy
from onestack.rendering.kustomize_stray import tell_strays
from onestack.rendering.kustomize_words import words
from onestack.rendering.options import Options
from onestack.rendering.process import Ran, run

TOOL: Final = "kustomize"
_ARGUMENTS: Final = ("build", "--load-restrictor", "LoadRestrictionsRootOnly", ".")
BOUNDS: Final = Bounds()


def texts_of(application: Application, folder: str, options: Options, problems: Problems) -> tuple[Text, ...]:
    """What the kustomization in ``folder``, a real path in the repository, builds to.

    Raises: BaseUnavailable, ToolMissing, ToolNotRun.
    """
    before = len(problems.found)
    made = closure(folder, options, problems)
    if len(problems.found) > before:
        return ()
    files = contents(made)
    found_by = key(TOOL, (*_ARGUMENTS, folder), files, root=options.root)
    cache = Cache(options.cache)
    parts = cache.get(found_by)
    if parts is None:
        problems.found.extend(made.mistakes())
        if len(problems.found) > before:
            return ()
        options.told(f"building {application.name} with Kustomize")
        program = options.tools(TOOL).absolute()
        parts = _built(application, made, program, problems)
        if parts is None:
            return ()
        cache.put(found_by, parts, program=program)
    tell_strays(options.root, made, problems)
    tell_if_blank(application, next(iter(made.kustomizations)), (part.content for part in parts), problems)
    return tuple(Text(application, part.file, part.content, rendered=True) for part in parts)


def _built(
    application: Application, made: Closure, program: Path, problems: Problems
) -> tuple[Part, ...] | None:
    file = next(iter(made.kustomizations))
    tried: tuple[Ran, str] | None = None
    if origins.can_be_asked(made):
        asked = origins.asking(made.kustomizations[file])
        tried = _run(program, replace(made, kustomizations={**made.kustomizations, file: asked}))
        if parts := None if tried[0].failure else origins.parts(tried[0].stdout, made, file):
            return parts
    # Whatever went wrong is to be said of what is really there; a bound would be broken again.
    ran, place = tried if tried and tried[0].breach else _run(program, made)
    if ran.failure:
        said = f": {spoken}" if (spoken := words(ran.said, place, made)) else ""
        what = f"application '{application.name}': kustomize {ran.failure}{said}"
        problems.whole(file, what, f"'kustomize build {made.top}' shows it, too")
        return None
    return (Part(file, b"---\n".join(origins.documents(ran.stdout))),)


def _run(program: Path, made: Closure) -> tuple[Ran, str]:
    """Builds in a private folder; also the path of that, which then is gone. Raises: ToolNotRun."""
    try:
        with tempfile.TemporaryDirectory(prefix="onestack-", ignore_cleanup_errors=True) as private:
            folder = Path(private).resolve()
            copy(made, folder)
            return run((str(program), *_ARGUMENTS), folder=folder / made.top, bounds=BOUNDS), str(folder)
    except OSError as error:
        raise ToolNotRun(TOOL, tempfile.gettempdir(), str(error)) from None
