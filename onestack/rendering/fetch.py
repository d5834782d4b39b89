"""Charts from registries and repositories: pinned by version and digest, fetched by Helm, kept by digest."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from onestack.errors import ChartUnavailable
from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.rendering import helm_output
from onestack.rendering.bounds import Bounds
from onestack.rendering.options import Options
from onestack.rendering.process import run
from onestack.rendering.release import Release, RemoteChart

ARCHIVE_BYTES: Final = 64 * 1024 * 1024
_BOUNDS: Final = Bounds(seconds=120, memory_bytes=512 * 1024 * 1024, output_bytes=1024 * 1024)
_KEPT: Final = "charts"


def archive(
    application: Application, its: Release, chart: RemoteChart, options: Options, problems: Problems
) -> bytes | None:
    """The chart's archive, from the cache or its host; None if it isn't the pinned one, which is reported.

    Raises: ChartUnavailable, ToolMissing, ToolNotRun.
    """
    if chart.host not in options.hosts and not options.offline:
        what = f"nothing may be fetched from {chart.host}"
        expected = "add the host to rendering.allowedHosts in the stack's settings, or put the chart into git"
        its.problem(problems, "repository" if chart.repository else "chart", what, expected)
        return None
    if chart.digest is not None and (kept := _kept(options, chart, chart.digest)) is not None:
        return kept
    if options.offline:
        why = "nothing is fetched now, and no earlier run has kept it"
        raise ChartUnavailable(application.name, str(chart), its.file, why)
    options.told(f"fetching the chart of {application.name}, {chart}")
    fetched = _fetched(application, its, chart, options, problems)
    if fetched is None:
        return None
    digest = _digest(fetched)
    if chart.digest is None:
        its.problem(
            problems, "digest", f"{chart} has no digest", f"write 'digest: {digest}', which it has now"
        )
        return None
    if digest != chart.digest:
        what = f"{chart} has the digest {digest}, not {chart.digest}"
        expected = "find out why it has changed; if the new one is right, write its digest"
        its.problem(problems, "digest", what, expected)
        return None
    _keep(options, chart, digest, fetched)
    return fetched


def _fetched(
    application: Application, its: Release, chart: RemoteChart, options: Options, problems: Problems
) -> bytes | None:
    program = options.tools("helm")
    with tempfile.TemporaryDirectory(prefix="onestack-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        command = [str(program), "pull", chart.reference, "--version", chart.version, "--destination", name]
        command += ["--repo", chart.repository] if chart.repository else []
        command += ["--plain-http"] if chart.plain and not chart.repository else []
        ran = run(command, folder=folder, network=True, environ=_credentials(), bounds=_BOUNDS)
        if ran.failure:
            said = helm_output.words(ran.said, {name: ""}, ())
            why = said if said and ran.breach is None else f"helm {ran.failure}"
            raise ChartUnavailable(application.name, str(chart), its.file, why)
        archives = sorted(folder.glob("*.tgz"))
        if len(archives) != 1:
            raise ChartUnavailable(application.name, str(chart), its.file, "helm fetched no archive")
        if archives[0].stat().st_size > ARCHIVE_BYTES:
            what = f"{chart} has more than {ARCHIVE_BYTES // 2**20} MiB"
            its.problem(problems, "chart", what, "use a chart without what no template needs")
            return None
        return archives[0].read_bytes()


def _credentials() -> dict[str, str]:
    """What lets Helm find the user's logins to private registries; for fetching only."""
    home = Path(os.environ.get("HOME") or "~").expanduser()
    config = Path(os.environ.get("HELM_CONFIG_HOME") or home / ".config" / "helm")
    usual = str(config / "registry" / "config.json")
    return {
        "HOME": str(home),  # helpers that keep logins look there
        "HELM_REGISTRY_CONFIG": os.environ.get("HELM_REGISTRY_CONFIG") or usual,
        "DOCKER_CONFIG": os.environ.get("DOCKER_CONFIG") or str(home / ".docker"),
    }


def _kept(options: Options, chart: RemoteChart, digest: str) -> bytes | None:
    try:
        content = _place(options, chart, digest).read_bytes()
    except OSError:
        return None
    return content if _digest(content) == digest else None


def _keep(options: Options, chart: RemoteChart, digest: str, content: bytes) -> None:
    """Keeps an archive; where that can't be it is fetched again next time."""
    place = _place(options, chart, digest)
    with contextlib.suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content)
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _place(options: Options, chart: RemoteChart, digest: str) -> Path:
    """By the chart's address, too: another chart's digest must fail here as it does where nothing is kept."""
    address = hashlib.sha256(str(chart).encode()).hexdigest()[:12]
    return options.cache / _KEPT / f"{digest.removeprefix('sha256:')}-{address}.tgz"


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
