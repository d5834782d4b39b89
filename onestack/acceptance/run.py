"""Runs a stack's acceptance tests in an interpreter of their own, with a bound and without our secrets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

import psutil

from onestack import child, engine
from onestack.acceptance import handed
from onestack.acceptance.handed import TestedStack
from onestack.acceptance.results import Results, parsed, results
from onestack.discretion import hiding
from onestack.engine.workspace import HOME
from onestack.errors import AcceptanceBroken, AcceptanceTimedOut, InvalidAcceptancePath
from onestack.local.toolchain.files import replace_file
from onestack.manifests.manifest import Manifest
from onestack.manifests.secrets import plaintexts, shown
from onestack.masking import Mask
from onestack.progress import Discreet, Heard
from onestack.stack import Stack, readable

_KEPT: Final = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
    "https_proxy", "no_proxy",
)  # fmt: skip
_KEPT_PREFIXES: Final = ("LC_", "ACCEPTANCE_")
_OF_A_PLUGIN: Final = ("GOOGLE_", "CLOUDSDK_", "AWS_", "AZURE_", "USE_GKE_")
"""What a kubeconfig's credential plugin may need; kept only where there is one."""
_SECRET_OUTPUT: Final = "4dabf18193072939515e22adb298388d"  # noqa: S105 - how the engine marks one
_WHOLE: Final = ("--verbosity=3", "-o", "verbosity_assertions=3")
"""Has pytest shorten no value: of a secret that it cuts in two, a mask by value knows neither half."""
_LOOK_SECONDS: Final = 0.1
_TAIL: Final = 4_000
_READ: Final = 1_000_000
"""So much of the end is masked before it is cut, for what is cut in two isn't known again."""
_NOTHING_COLLECTED: Final = 5
_RAN: Final = frozenset({0, 1})
_STACK: Final = "pulumi:pulumi:Stack"
_OWN_SETTINGS: Final = "pytest.ini"


def run(
    stack: Stack,
    progress: Discreet,
    *,
    manifests: Sequence[Manifest] | None = None,
    junit: Path | None = None,
) -> Results:
    """Runs the tests in the stack's folder of acceptance tests, all within the settings' time.

    ``manifests`` are what the stack declares, where the caller has read that. The results are written to
    ``junit`` too, without the stack's secrets; by default ``.onestack/acceptance/STACK.xml``. A folder that
    isn't there, or holds no test, is no failure: the results' note says so.

    Raises: AcceptanceTimedOut, AcceptanceBroken, InvalidAcceptancePath; as `onestack.stack.readable`.
    """
    chosen = stack.settings.acceptance
    root = stack.repository.root
    folder = place(stack)
    file = junit or root / HOME / "acceptance" / f"{stack.settings.stack}.xml"
    file.unlink(missing_ok=True)  # an earlier run's are not those of one that is cut off
    if not folder.is_dir():
        return Results(note=f"there is no folder {chosen.path}/")
    made = readable(stack, progress).applied if manifests is None else manifests
    progress.step("acceptance tests")
    heard = Heard(progress)
    heard.hide(plaintexts(made))
    with tempfile.TemporaryDirectory(prefix="onestack-acceptance-") as apart:
        handed.write(Path(apart), _tested(stack, made))
        with hiding(stack, heard, made):
            ended = _Run(stack, folder, Path(apart)).until_its_end(progress)
        return _read(ended, Path(apart), file, heard.mask, chosen.path)


def place(stack: Stack) -> Path:
    """The stack's folder of acceptance tests, there or not; one that the settings name has to be there.

    Whoever deploys asks first: a mistake in the name would be told too late, or never. Raises:
    InvalidAcceptancePath.
    """
    chosen, root = stack.settings.acceptance, stack.repository.root
    folder = root / chosen.path
    if not folder.resolve().is_relative_to(root.resolve()):
        raise InvalidAcceptancePath(chosen.path, "it leads out of the repository")
    if "path" in chosen.model_fields_set and not folder.is_dir():
        raise InvalidAcceptancePath(chosen.path, "there is no such folder, and the settings name it")
    return folder


class _Run:
    """One run of pytest, in the folder of the repository; ``apart`` is its own."""

    def __init__(self, stack: Stack, folder: Path, apart: Path) -> None:
        self._root, self._apart, self._folder = stack.repository.root, apart, folder
        self._seconds = stack.settings.acceptance.timeout_seconds
        self._stack = stack.settings.stack
        self._environ = environment(os.environ, plugin=stack.connection().plugin is not None)

    def until_its_end(self, progress: Discreet) -> int:
        """Its exit code. Raises: AcceptanceTimedOut."""
        environ = self._environ | {handed.VARIABLE: str(self._apart / "stack.json")}
        with (self._apart / "said").open("wb") as said:
            began = time.monotonic()
            with child.started(
                self._command(),
                environ,
                folder=self._root,
                stdout=said,
                stderr=subprocess.STDOUT,
                end=partial(_end, marked=environ[handed.VARIABLE]),
            ) as running:
                while True:
                    with suppress(subprocess.TimeoutExpired):
                        return running.wait(_LOOK_SECONDS)
                    if now := self._now():
                        progress.step(f"acceptance tests: {now}")
                    if time.monotonic() - began > self._seconds:
                        raise AcceptanceTimedOut(self._stack, self._seconds, now)

    def _command(self) -> list[str]:
        own = self._folder / _OWN_SETTINGS
        settings = own if own.is_file() else self._apart / _OWN_SETTINGS
        if settings != own:
            settings.write_text("[pytest]\n")
        return [
            sys.executable, "-m", "pytest", str(self._folder), "-c", str(settings), f"--rootdir={self._root}",
            "-p", "onestack.acceptance.plugin", "-p", "no:cacheprovider", "--import-mode=importlib",
            "--continue-on-collection-errors", "--color=no", *_WHOLE,
            f"--junitxml={self._apart / 'junit.xml'}",
        ]  # fmt: skip

    def _now(self) -> str:
        with suppress(OSError, UnicodeDecodeError):
            return (self._apart / handed.NOW).read_text(encoding="utf-8")[-200:]
        return ""


def environment(environ: Mapping[str, str], *, plugin: bool) -> dict[str, str]:
    """What of the caller's environment the tests see. Pure.

    ``plugin``: the kubeconfig has a credential plugin, which needs its cloud's variables. Of one's own,
    those pass that begin with ``ACCEPTANCE_``.
    """
    prefixes = (*_KEPT_PREFIXES, *(_OF_A_PLUGIN if plugin else ()))
    kept = {name: held for name, held in environ.items() if name in _KEPT or name.startswith(prefixes)}
    return kept | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
        # The tests get what the repository's own requirements say, not whatever plugin lies around.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def _end(running: subprocess.Popen[bytes], marked: str) -> None:
    """Ends the interpreter with all that its tests have started, also what left its group."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if one.environ().get(handed.VARIABLE) == marked:
                one.kill()


def _tested(stack: Stack, manifests: Sequence[Manifest]) -> TestedStack:
    applications = stack.settings.manifests.applications
    return TestedStack(
        name=stack.settings.stack,
        project=stack.repository.project,
        platform=stack.settings.platform,
        kubeconfig=str(stack.workspace.kubeconfig),
        context=stack.context,
        outputs=outputs(engine.read_state(stack.workspace).resources),
        namespaces={name: given.namespace if given else None for name, given in applications.items()},
        objects=[shown(one.body) for one in manifests],
    )


def outputs(resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The program's outputs in a state, without those that hold a secret. Pure."""
    of_stack = next((one for one in resources if one.get("type") == _STACK), {})
    return {name: held for name, held in (of_stack.get("outputs") or {}).items() if not _secret(held)}


def _secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return _SECRET_OUTPUT in value or any(map(_secret, value.values()))
    return isinstance(value, list) and any(map(_secret, value))


def _read(code: int, apart: Path, file: Path, mask: Mask, path: str) -> Results:
    """The results that a run left, which are kept in ``file``. Raises: AcceptanceBroken."""
    with (apart / "said").open("rb") as said:
        tail = mask(_tail(said))[-_TAIL:].strip()
    if code == _NOTHING_COLLECTED:
        return Results(note=f"{path}/ holds no test")
    try:
        root = parsed((apart / "junit.xml").read_bytes(), mask)
    except (OSError, ValueError) as error:
        raise AcceptanceBroken(code, tail or str(error)) from None
    if code not in _RAN:
        raise AcceptanceBroken(code, tail)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, ET.tostring(root, encoding="unicode"))
    return results(root)


def _tail(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - _READ))
    return said.read().decode(errors="replace")
