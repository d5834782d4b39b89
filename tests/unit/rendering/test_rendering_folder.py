"""Which files are read: those below the application's folder, and nothing outside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onestack.manifests.limits import LIMITS
from onestack.manifests.problems import Problems
from onestack.rendering.folder import DEPTH, FOLDERS, content, files

STRAY = (
    "below a folder of plain YAML is not rendered; "
    "move it to the top of an application, or a kustomization to overlays/STACK"
)


def found(
    root: Path, folder: str = "manifests", application: str = "app"
) -> tuple[tuple[str, ...], list[str]]:
    problems = Problems()
    return files(root, folder, application, problems), sorted(map(str, problems.found))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "manifests" / "app"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("a: 1\n")
    return folder


@pytest.fixture
def root(app: Path) -> Path:
    return app.parents[1]


def test_all_yaml_files_below_are_found_in_order(app: Path, root: Path) -> None:
    (app / "z").mkdir()
    (app / "b").mkdir()
    for name in ("z/1.yml", "b/2.yaml", "README.md", "b/x.yaml.bak", "c.json", ".hidden.yaml"):
        (app / name).write_text("")
    (app / "link.yaml").symlink_to("a.yaml")
    (app / "linked").symlink_to("b")
    expected = [".hidden.yaml", "a.yaml", "b/2.yaml", "c.json", "link.yaml", "linked/2.yaml", "z/1.yml"]
    assert found(root) == (tuple(f"manifests/app/{name}" for name in expected), [])


def test_folders_are_nested_only_so_deep(app: Path, root: Path) -> None:
    deep = app.joinpath(*("d" * (DEPTH + 1)))
    deep.mkdir(parents=True)
    at = "/".join(["manifests/app", *("d" * (DEPTH + 1))])
    what = f"folders are nested more than {DEPTH} deep; move the manifests up"
    assert found(root) == (("manifests/app/a.yaml",), [f"{at}: {what}"])


def test_links_to_folders_can_not_multiply_them_without_end(app: Path, root: Path) -> None:
    for number in range(20):
        (app / f"f{number}").mkdir()
        for name in "ab":
            (app / f"f{number}" / name).symlink_to(f"../f{number + 1}")
    (app / "f20").mkdir()
    what = f"the application has more than {FOLDERS} folders; remove links to folders"
    assert found(root)[1] == [f"manifests/app: {what}"]


@pytest.mark.parametrize("folder", ["/etc", "../other", "manifests/../..", "a\0b"])
def test_the_manifests_folder_stays_in_the_repository(root: Path, folder: str) -> None:
    what = "the manifests folder is not inside the repository; give a path relative to it, without '..'"
    assert found(root, folder) == ((), [f"{folder}: {what}"])


@pytest.mark.parametrize("name", ["", ".", "..", "../app", "a/b", "a\0b"])
def test_an_application_is_one_folder(root: Path, name: str) -> None:
    expected = f"manifests: '{name}' is no name for an application; name a folder of the manifests folder"
    assert found(root, application=name) == ((), [expected])


def test_a_missing_application_names_those_there_are(root: Path) -> None:
    expected = "manifests/shop: the application has no folder; folders there are: app"
    assert found(root, application="shop") == ((), [expected])
    expected = "nothing/shop: the application has no folder; folders there are: none"
    assert found(root, "nothing", "shop") == ((), [expected])


def test_an_empty_application_is_a_mistake(app: Path, root: Path) -> None:
    (app / "a.yaml").unlink()
    what = "the application has no manifests; add a .yaml file, or take it out of the settings"
    assert found(root) == ((), [f"manifests/app: {what}"])


@pytest.mark.parametrize(
    ("target", "what"),
    [
        (
            "../../../outside.yaml",
            "the link leads out of the repository; put a copy of the file into the repository",
        ),
        ("/etc/hostname", "the link leads out of the repository; put a copy of the file into the repository"),
        ("nowhere.yaml", "the link leads nowhere; remove the link, or mend its target"),
        ("x.yaml", "the link leads in a circle; remove the link, or mend its target"),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(app: Path, root: Path, target: str, what: str) -> None:
    (root.parent / "outside.yaml").write_text("secret: 1\n")
    (app / "x.yaml").symlink_to(target)
    assert found(root) == (("manifests/app/a.yaml",), [f"manifests/app/x.yaml: {what}"])


def test_an_application_that_is_a_link_out_is_refused(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root / "manifests" / "shop").symlink_to(root.parent / "outside")
    what = "the link leads out of the repository; put a copy of the file into the repository"
    assert found(root, application="shop") == ((), [f"manifests/shop: {what}"])


def test_a_folder_linked_into_itself_is_refused(app: Path, root: Path) -> None:
    (app / "sub").mkdir()
    (app / "sub" / "up").symlink_to("..")
    what = "the link leads back to a folder above it; remove the link"
    assert found(root) == (("manifests/app/a.yaml",), [f"manifests/app/sub/up: {what}"])


def test_what_is_no_regular_file_is_refused(app: Path, root: Path) -> None:
    (app / "folder.yaml").mkdir()
    os.mkfifo(app / "pipe.yaml")
    (app / "null.yaml").symlink_to("../../../null")
    assert found(root) == (
        ("manifests/app/a.yaml",),
        [
            "manifests/app/folder.yaml: this is a folder, not a file; rename it; only files end in .yaml",
            "manifests/app/null.yaml: the link leads nowhere; remove the link, or mend its target",
            "manifests/app/pipe.yaml: this is no regular file; manifests are plain files",
        ],
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("sub/kustomization.yaml", f"a kustomization {STRAY}"),
        ("sub/Kustomization", f"a kustomization {STRAY}"),
        ("sub/helm.yaml", f"a chart {STRAY}"),
        ("charts/x/Chart.yaml", f"a chart {STRAY}"),
        ("b.YAML", "the file's suffix is not in lower case, so it would be left out; rename it to .yaml"),
    ],
)
def test_files_that_would_be_misunderstood_are_named(app: Path, root: Path, name: str, what: str) -> None:
    (app / name).parent.mkdir(parents=True, exist_ok=True)
    (app / name).write_text("")
    assert found(root) == (("manifests/app/a.yaml",), [f"manifests/app/{name}: {what}"])


@pytest.mark.parametrize("own", [".git", ".onestack"])
def test_a_link_into_what_git_and_we_keep_is_refused(app: Path, root: Path, own: str) -> None:
    (root / own).mkdir()
    (root / own / "config").write_text("[http]\n  extraheader = secret\n")
    (app / "x.yaml").symlink_to(f"../../{own}/config")
    what = f"the link leads into {own}; that folder is no content of the repository"
    assert found(root) == (("manifests/app/a.yaml",), [f"manifests/app/x.yaml: {what}"])


def test_a_name_that_can_not_be_printed_is_refused(app: Path, root: Path) -> None:
    (app / "a\nb.yaml").write_text("")
    what = "the file's name has characters that can't be printed; rename it"
    assert found(root) == (("manifests/app/a.yaml",), [f"'manifests/app/a\\nb.yaml': {what}"])


def test_a_file_that_can_not_be_read_says_why(app: Path, root: Path) -> None:
    os.mkfifo(app / "pipe.yaml")
    problems = Problems()
    assert content(root, "manifests/app/a.yaml", problems) == b"a: 1\n"
    assert content(root, "manifests/app/gone.yaml", problems) is None
    assert content(root, "manifests/app/pipe.yaml", problems) is None  # swapped since it was found
    assert [str(problem) for problem in problems.found] == [
        (
            "manifests/app/gone.yaml: the file can't be read: No such file or directory; "
            "make it readable, or remove it"
        ),
        "manifests/app/pipe.yaml: this is no regular file; manifests are plain files",
    ]


def test_no_more_than_the_bound_is_read_of_a_file(app: Path, root: Path) -> None:
    with (app / "large.yaml").open("wb") as large:
        large.truncate(LIMITS.file_bytes + 1000)
    read = content(root, "manifests/app/large.yaml", Problems())
    assert read is not None
    assert len(read) == LIMITS.file_bytes + 1
