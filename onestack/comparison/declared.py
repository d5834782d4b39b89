"""What a revision declares: its files checked out apart, its manifests rendered, its program planned.

A copy holds what git holds, which may be values of Secrets in plain text. It lies where those of runs do
(`onestack.engine.private`): for this user alone, and what a kill left goes with the next run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onestack import engine
from onestack import settings as stack_settings
from onestack.comparison.difference import Comparison, Thing, differences, of_cloud, of_manifest
from onestack.declaration import declaration
from onestack.engine import HOME, Workspace, private
from onestack.errors import OnestackError, RevisionUnusable
from onestack.graph import Graph, from_steps
from onestack.handover import Handover
from onestack.inventory import Inventory
from onestack.local.toolchain import ensure, prepared_pulumi_home
from onestack.manifests.record import Found
from onestack.offline import simulation
from onestack.progress import Discreet
from onestack.repository import Repository
from onestack.revision import Revision, checked_out, differing, revision, tree

_NOTHING = Handover(Inventory((), (), (), "", 0), Found(), waits=False)
"""For a program of which only the cloud is looked at: its objects are known without it."""

_LIBRARY = Path(__file__).parents[1]


@dataclass(frozen=True)
class _Asked:
    """Which stack of which repository is compared, and who is told of it."""

    repository: Repository
    stack: str
    progress: Discreet


def compare(
    repository: Repository, stack: str, before: str, after: str | None, progress: Discreet
) -> Comparison:
    """What lies between two revisions; ``after`` None is the working tree, what isn't committed included.

    Nothing real is asked: the cloud part is what the program declares against an empty, simulated cloud.

    Raises: NotInGit, UnknownRevision, UnknownStack; RevisionUnusable for one that can't be read or planned.
    """
    root = repository.root
    first = revision(root, before)
    second = revision(root, after) if after is not None else _working_tree(root)
    names = [f"{name} ({one.short})" for name, one in ((before, first), (after, second)) if name]
    names = [*names, "the working tree"][:2]
    if first.tree == second.tree:
        # Whether there is such a stack is known nevertheless only by looking.
        with private.folder(root) as folder, checked_out(root, first, within=Path(folder)) as there:
            stack_settings.from_file(there, stack)
        return Comparison(names[0], names[1], ())
    asked = _Asked(repository, stack, progress)
    private.sweep(root)
    files = differing(root, first, second)
    sides = [_things(asked, one, name, files) for one, name in zip((first, second), names, strict=True)]
    return Comparison(names[0], names[1], *differences(*sides))


def _things(asked: _Asked, at: Revision, name: str, differ: Sequence[str]) -> tuple[Thing, ...]:
    """What a revision declares that may be otherwise in one that differs in those files.

    From files of manifests the program makes nothing but objects: where no others differ, the cloud is the
    same, and is left out. Raises: RevisionUnusable.
    """
    root = asked.repository.root
    with private.folder(root) as folder, checked_out(root, at, within=Path(folder)) as files:
        try:
            settings = stack_settings.from_file(files, asked.stack)
            asked.progress.step(f"reading {name}")
            # Nothing is applied: what rules of today find wrong with it can be compared all the same.
            made = declaration(
                files,
                settings,
                project=asked.repository.project,
                tools=lambda tool: ensure(root, asked.progress, (tool,)).path(tool),
                guess=True,
            )
            asked.progress.hide(made.plaintexts)
            below = f"{settings.manifests.path.rstrip('/')}/"
            other = any(not file.startswith(below) for file in differ)
            cloud = _cloud(asked, files, name) if settings.platform == "gcp" and other else ()
        except OnestackError as error:
            raise RevisionUnusable(name, error) from None
        return (*cloud, *map(of_manifest, made.applied))


def _cloud(asked: _Asked, files: Path, name: str) -> tuple[Thing, ...]:
    """What the revision's program declares in the cloud. Raises: as `onestack.engine.planned`."""
    root, stack = asked.repository.root, asked.stack
    toolchain = ensure(root, asked.progress)
    asked.progress.step(f"planning {name}")
    _with_this_library(files)
    with _environment():
        workspace = Workspace(
            root=files,
            project=asked.repository.project,
            stack=stack,
            bin_dirs=toolchain.bin_dirs(),
            kubeconfig=files / HOME / f"{stack}.kubeconfig",
            pulumi_home=prepared_pulumi_home(),
            shared_state=True,
            cloud=True,
            simulation=simulation(files, stack, asked.progress),
        )
        engine.ensure_stack(workspace)
        return of_cloud(Graph(from_steps(engine.planned(workspace, handed=_NOTHING))))


def _with_this_library(files: Path) -> None:
    """Has a program use the library that runs here, also one that brings its own: what is handed fits it."""
    own = files / _LIBRARY.name
    if (own / "__init__.py").is_file():
        shutil.rmtree(own)


@contextmanager
def _environment() -> Iterator[None]:
    """Where the program finds the library; takes back what taking part in a simulation sets, too."""
    before = dict(os.environ)
    if _LIBRARY.parent.name != "site-packages":  # it runs from a folder of its own
        path = (str(_LIBRARY.parent), before.get("PYTHONPATH"))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _working_tree(root: Path) -> Revision:
    """The files as they lie there, as if they were committed."""
    there = tree(root)
    return Revision(there, there, "", datetime.now(UTC), "the working tree")
