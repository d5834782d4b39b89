"""Bases of other repositories: allowed by host, pinned by commit, fetched by the real git, kept."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onestack.errors import BaseUnavailable, ToolMissing, ToolNotRun
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.reader import read
from onestack.rendering import kustomize_remote
from onestack.rendering.confine import Refused
from onestack.rendering.kustomize_remote import remote
from onestack.rendering.options import Options
from onestack.rendering.texts import Texts
from tests.reading import had
from tests.unit.rendering.conftest import Write
from tests.unit.rendering.git_server import commit, serving

TOP = "manifests/app/kustomization.yaml"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOSTS = frozenset({"example.com", "github.com", "127.0.0.1:1"})


def config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    (tmp_path / "served" / "org").mkdir(parents=True)
    with serving(tmp_path / "served") as host:
        yield host


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def rendered(options: Options) -> Texts:
    return had([Application("app")], options)


def names(found: Texts) -> list[str]:
    assert [str(problem) for problem in found.problems] == []
    documents = [document for text in found.texts for document in read(text.content, "").documents]
    return sorted(document.value["metadata"]["name"] for document in documents)


@pytest.mark.parametrize(
    ("address", "url", "folder"),
    [
        ("https://github.com/o/r//a/b", "https://github.com/o/r", "a/b"),
        ("https://github.com/o/r", "https://github.com/o/r", "."),
        ("https://github.com/o/r/a/b", "https://github.com/o/r", "a/b"),
        ("https://example.com/o/r.git/a", "https://example.com/o/r.git", "a"),
        ("https://example.com/g/s/r.git//a/../b/", "https://example.com/g/s/r.git", "b"),
        ("http://127.0.0.1:1/o/r//", "http://127.0.0.1:1/o/r", "."),
    ],
)
def test_a_pinned_reference_is_a_repository_and_a_folder(address: str, url: str, folder: str) -> None:
    base = remote(f"{address}?ref={COMMIT}", HOSTS)
    assert (base.url, base.commit, base.folder) == (url, COMMIT, folder)


@pytest.mark.parametrize(
    "reference",
    [
        "https://github.com/o/r",
        "https://github.com/o/r?ref=main",
        f"https://github.com/o/r?ref={COMMIT[:12]}",
        f"https://github.com/o/r?ref={COMMIT.upper()}",
        f"https://github.com/o/r?ref={COMMIT}&submodules=true",
        f"https://github.com/o/r?version={COMMIT}",
        f"http://example.com/o/r?ref={COMMIT}",
        f"ssh://git@example.com/o/r?ref={COMMIT}",
        f"git@example.com:o/r?ref={COMMIT}",
        f"git::https://example.com/o/r?ref={COMMIT}",
        f"github.com/o/r?ref={COMMIT}",
        f"https://user:canary@example.com/o/r?ref={COMMIT}",
    ],
)
def test_what_is_not_pinned_is_refused(reference: str) -> None:
    with pytest.raises(Refused) as raised:
        remote(reference, HOSTS)
    assert raised.value.what.endswith("is not a base pinned to a commit")
    assert "canary" not in raised.value.what


def test_a_folder_outside_its_repository_is_refused() -> None:
    with pytest.raises(Refused, match="leads out of its repository"):
        remote(f"https://github.com/o/r//../x?ref={COMMIT}", HOSTS)


def test_a_base_is_fetched_once_and_built_beside_ours(
    served: str, tmp_path: Path, write: Write, options: Options
) -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, c.yaml]\nnamePrefix: remote-\n",
        "a/c.yaml": config_map("c"),
        "b/kustomization.yaml": "resources: [linked.yaml]\n",
        "b/linked.yaml": "-> b.yaml",
        "b/b.yaml": config_map("b"),
        "secret.yaml": "apiVersion: v1\nkind: Secret\n",
        "out": "-> /etc/passwd",
    }
    pinned = commit(tmp_path / "served" / "org" / "base", files)
    write("app/kustomization.yaml", f"resources: ['http://{served}/org/base//a?ref={pinned}', d.yaml]\n")
    write("app/d.yaml", config_map("d"))
    options = replace(options, hosts=frozenset({served}))
    first = rendered(options)
    assert names(first) == ["d", "remote-b", "remote-c"]
    assert {text.file for text in first.texts} == {TOP, "manifests/app/d.yaml"}
    shutil.rmtree(tmp_path / "served" / "org")
    write("app/d.yaml", config_map("e"))
    assert names(rendered(options)) == ["e", "remote-b", "remote-c"]
    write("app/d.yaml", config_map("f"))
    offline = replace(options, hosts=frozenset(), offline=True)
    assert names(rendered(offline)) == ["f", "remote-b", "remote-c"]
    for kept in (options.cache / "bases").iterdir():
        kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(BaseUnavailable) as raised:
        rendered(options)
    assert raised.value.exit_code == 4
    assert str(raised.value).startswith(
        f"{TOP}: the base http://{served}/org/base@{pinned[:12]} can't be fetched"
    )
    assert "not found" in str(raised.value)
    with pytest.raises(BaseUnavailable, match="nothing is fetched now, and no earlier run has kept it"):
        rendered(offline)


@pytest.mark.parametrize(
    ("files", "file", "said"),
    [
        (
            {"kustomization.yaml": "resources: [../../../outside]\n"},
            "kustomization.yaml:1:13",
            "'../../../outside' leads out of the repository; put a copy of it into the repository",
        ),
        (
            {"kustomization.yaml": "resources: [x]\n", "x": "-> /etc/passwd"},
            "kustomization.yaml:1:13",
            "there is no file or folder 'x'; 'x' does not exist; mend the path, or add it",
        ),
        (
            {"kustomization.yaml": "resources: ['https://example.com/o/r']\n"},
            "kustomization.yaml:1:13",
            "'https://example.com/o/r' is fetched from example.com, which is not allowed; ",
        ),
        ({"kustomization.yaml": "resources: [x.yaml]\n", "x.yaml": "a: [\n"}, "x.yaml:2:1", ""),
        ({"x.yaml": ""}, "", "the folder '.' has no kustomization.yaml; write one, or name a file"),
    ],
    ids=["outside", "link", "host", "malformed", "none"],
)
def test_a_base_is_looked_at_as_our_own_files_are(
    files: dict[str, str], file: str, said: str, served: str, tmp_path: Path, write: Write, options: Options
) -> None:
    pinned = commit(tmp_path / "served" / "org" / "base", files)
    write("app/kustomization.yaml", f"resources: ['http://{served}/org/base?ref={pinned}']\n")
    found = rendered(replace(options, hosts=frozenset({served})))
    assert not found.texts
    (problem,) = map(str, found.problems)
    where = f"http://{served}/org/base@{pinned[:12]}/{file}" if file else f"{TOP}:1:13"
    assert problem.startswith(f"{where}: {said}")


def test_a_commit_that_is_not_there_is_unavailable(
    served: str, tmp_path: Path, write: Write, options: Options
) -> None:
    commit(tmp_path / "served" / "org" / "base", {"kustomization.yaml": ""})
    write("app/kustomization.yaml", f"resources: ['http://{served}/org/base?ref={COMMIT}']\n")
    with pytest.raises(BaseUnavailable, match=COMMIT):
        rendered(replace(options, hosts=frozenset({served})))


def test_only_so_many_repositories_are_fetched(
    served: str, tmp_path: Path, write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kustomize_remote, "MOST", 1)
    bases = []
    for name in ("one", "two"):
        files = {"kustomization.yaml": "resources: [x.yaml]\n", "x.yaml": config_map(name)}
        pinned = commit(tmp_path / "served" / "org" / name, files)
        bases.append(f"http://{served}/org/{name}?ref={pinned}")
    write("app/kustomization.yaml", f"resources: ['{bases[0]}', '{bases[1]}']\n")
    (problem,) = rendered(replace(options, hosts=frozenset({served}))).problems
    assert problem.what == "the application is made of more than 1 other repositories"


def test_without_git_it_is_told(write: Write, options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    write("app/kustomization.yaml", f"resources: ['https://example.com/o/r?ref={COMMIT}']\n")
    with pytest.raises(ToolMissing, match="git is needed"):
        rendered(replace(options, hosts=HOSTS))


def kept(options: Options, archive: bytes) -> None:
    """Has an archive kept as if it had been fetched."""
    base = remote(f"https://example.com/o/r?ref={COMMIT}", None)
    place = options.cache / "bases" / f"{base.name}.tar"
    place.parent.mkdir(parents=True)
    place.write_bytes(hashlib.sha256(archive).hexdigest().encode() + archive)


def test_what_can_not_be_unpacked_is_told(write: Write, options: Options) -> None:
    kept(options, b"no archive" * 100)
    write("app/kustomization.yaml", f"resources: ['https://example.com/o/r?ref={COMMIT}']\n")
    (problem,) = rendered(replace(options, hosts=HOSTS)).problems
    assert problem.what.startswith(f"https://example.com/o/r@{COMMIT[:12]} holds what can't be unpacked: ")


def test_a_disk_that_can_not_be_written_is_told(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("app/kustomization.yaml", f"resources: ['https://example.com/o/r?ref={COMMIT}']\n")
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(ToolNotRun, match="/nowhere: git can't be run"):
        rendered(replace(options, hosts=HOSTS))
    kept(options, b"")
    with pytest.raises(ToolNotRun, match="/nowhere: kustomize can't be run"):
        rendered(replace(options, hosts=HOSTS))
