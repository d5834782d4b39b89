"""Who is measured: each subject is a turn, the commands a person would type, one after the other."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from onestack import engine
from onestack.local.plane import Plane
from onestack.local.toolchain import prepared_pulumi_home
from tests.bench import names
from tests.bench.checking import checking
from tests.bench.generated import change
from tests.bench.phases import Phase, Phases, Place, Subject
from tests.bench.watch import Command
from tests.e2e.clone import clone

STACK: Final = "bench"


def _ours(place: Place) -> Phases:
    cloned = clone(place.folder / "repository", place.kubeconfig, STACK)
    cloned.applications(objects=None)
    files = cloned.root / "manifests" / "objects"
    place.objects.write(files)

    def onestack(verb: str, *options: str) -> Command:
        given = (sys.executable, "-m", "onestack", verb, STACK, *options)
        return Command(given, cloned.root, place.environment())

    yield Phase(names.UP, onestack("deploy"))
    yield Phase(names.NO_OP, onestack("preview"), says="nothing changes")
    change(files)
    # The Deployment and the release record.
    comment = place.folder / "comment.md"
    previewed = onestack("preview", "--markdown", str(comment))
    yield Phase(names.CHANGE_PREVIEW, previewed, says="2 to update", writes=comment)
    yield Phase(names.CHANGE_UP, onestack("deploy"), says="2 updated")
    yield Phase(names.DESTROY, onestack("destroy"))


def _kubectl(place: Place) -> Phases:
    files = place.folder / "objects"
    place.objects.write(files)
    these = (f"--filename={files}", "--recursive")
    yield Phase(names.UP, place.kubectl("apply", "--server-side", *these))
    wait = ("wait", "--for=condition=Available", "--timeout=20m", "deployments", "--all", "--all-namespaces")
    yield Phase(names.READY, place.kubectl(*wait))
    yield Phase(names.NO_OP, place.kubectl("diff", "--server-side", *these))
    change(files)
    yield Phase(names.CHANGE_PREVIEW, place.kubectl("diff", "--server-side", *these, ok=(1,)), says=":9.9.9")
    yield Phase(names.CHANGE_UP, place.kubectl("apply", "--server-side", *these))
    # A Namespace takes its objects along; those are then not found, which is no failure.
    delete = place.kubectl("delete", "--ignore-not-found", *these)
    yield Phase(names.DESTROY, delete, slow=500)  # 415 s for 2000 objects: once tells it


def _kapp(place: Place) -> Phases:
    files = place.folder / "objects"
    place.objects.write(files)

    def kapp(verb: str, *arguments: str) -> Command:
        # The record of the application lies in the namespace default.
        given = (str(place.toolchain.path("kapp")), verb, "--app=bench", "--namespace=default", "--yes")
        return Command((*given, *arguments), place.folder, place.environment())

    deploy = kapp("deploy", f"--file={files}")
    preview = kapp("deploy", f"--file={files}", "--diff-run")
    yield Phase(names.UP, deploy, says="Succeeded")
    yield Phase(names.NO_OP, preview, says="0 create, 0 delete, 0 update")
    change(files)
    yield Phase(names.CHANGE_PREVIEW, preview, says="0 create, 0 delete, 1 update")
    yield Phase(names.CHANGE_UP, deploy, says="0 create, 0 delete, 1 update")
    yield Phase(names.DESTROY, kapp("delete"), says="Succeeded")


def _plain(place: Place) -> Phases:
    files = place.folder / "objects"
    place.objects.write(files)
    shutil.copy(Path(__file__).parent / "plain" / "program.py", place.folder / "__main__.py")
    project = {"name": "plain", "runtime": "python", "backend": {"url": place.folder.as_uri()}}
    (place.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (place.folder / f"Pulumi.{STACK}.yaml").write_text("{}\n")
    environment = place.environment() | _plain_settings(place.folder)

    def pulumi(*arguments: str) -> Command:
        program = str(place.toolchain.path("pulumi"))
        given = (program, *arguments, "--non-interactive", "--stack", STACK)
        return Command(given, place.folder, environment)

    yield Phase("", pulumi("stack", "init"))
    yield Phase(names.UP, pulumi("up", "--yes", "--skip-preview"))
    yield Phase(names.NO_OP, pulumi("preview", "--expect-no-changes"))
    change(files)
    yield Phase(names.CHANGE_PREVIEW, pulumi("preview"), says="1 to update")
    yield Phase(names.CHANGE_UP, pulumi("up", "--yes", "--skip-preview"), says="1 updated")
    yield Phase(names.DESTROY, pulumi("destroy", "--yes", "--skip-preview"))


def _plain_settings(folder: Path) -> dict[str, str]:
    """A home of its own, so that the engine keeps its automatic log, as it does everywhere else."""
    home, plugins = folder / "pulumi-home", prepared_pulumi_home() / "plugins"
    home.mkdir()
    if plugins.is_dir():
        (home / "plugins").symlink_to(plugins)
    return {
        "PULUMI_HOME": str(home),
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        # These two only help it: it would look for what it can't or needn't have.
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _plane(place: Place) -> Phases:
    root = clone(place.folder / "repository", place.kubeconfig, STACK).root
    home = root / engine.HOME

    def local(verb: str) -> Command:
        command = (sys.executable, "-m", "onestack", "local", verb)
        return Command(command, root, place.environment())

    try:
        yield Phase(names.START, local("up"))
        yield Phase("", local("down"))
        yield Phase(names.START_AGAIN, local("up"))
    finally:
        Plane(home / "plane", place.toolchain, home / "kubeconfig").discard()


SUBJECTS: Final[Mapping[str, Subject]] = {
    "plane": Subject(names.PLANE, _plane, objects=False),
    "ours": Subject(names.OURS, _ours),
    "kubectl": Subject(names.KUBECTL, _kubectl),
    "kapp": Subject(names.KAPP, _kapp),
    "check": Subject(names.CHECKING, checking, objects=False),
    "plain": Subject(names.PLAIN, _plain, largest=500),  # its cost is quadratic
}
