"""Revisions of a real repository."""

from __future__ import annotations

from pathlib import Path

import git
import pytest

from onestack.errors import GitFailed, NoBase, NotInGit, UnknownRevision
from onestack.revision import _FORMAT, checked_out, differing, fork_point, revision, tree


@pytest.fixture
def repository(tmp_path: Path) -> git.Repo:
    made = git.Repo.init(tmp_path / "repository", initial_branch="main")
    made.config_writer().set_value("user", "name", "Ada").set_value(
        "user", "email", "ada@example.com"
    ).release()
    root = Path(made.working_dir)
    (root / "inner").mkdir()
    (root / "inner/a.yaml").write_text("a: 1\n")
    (root / ".gitignore").write_text("ignored\n")
    made.git.add("--all")
    made.git.commit("-m", "first")
    return made


def test_a_commit_is_told_whole(repository: git.Repo) -> None:
    found = revision(Path(repository.working_dir))
    assert found.commit == repository.head.commit.hexsha
    assert found.tree == repository.head.commit.tree.hexsha
    assert (found.author, found.subject, found.signature) == ("Ada <ada@example.com>", "first", "none")
    assert found.committed == repository.head.commit.committed_datetime


@pytest.mark.parametrize(
    ("says", "means"), [("G", "good"), ("U", "unknown"), ("B", "bad"), ("X", "unknown"), ("N", "none")]
)
def test_a_signature_is_good_only_by_a_key_that_somebody_vouches_for(
    repository: git.Repo, monkeypatch: pytest.MonkeyPatch, says: str, means: str
) -> None:
    # Of SSH's, git says U of anybody's key.
    monkeypatch.setattr("onestack.revision._FORMAT", _FORMAT.replace("%G?", says))
    assert revision(Path(repository.working_dir)).signature == means


def test_a_subject_is_read_as_what_it_is_whatever_git_is_set_to(repository: git.Repo) -> None:
    repository.git.config("i18n.logOutputEncoding", "latin1")
    repository.git.commit("--allow-empty", "-m", "gr\u00fc\u00dfe")
    assert revision(Path(repository.working_dir)).subject == "gr\u00fc\u00dfe"


def test_a_folder_that_git_refuses_to_look_into_is_said_to_be_that(
    repository: git.Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitFailed, match="dubious ownership"):
        revision(Path(repository.working_dir))


def test_git_that_is_not_installed_is_said(repository: git.Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitFailed, match="no program 'git'"):
        revision(Path(repository.working_dir))


@pytest.mark.parametrize("name", ["nowhere", "--output=/tmp/x", "", "main..main", "HEAD:inner", "^main"])
def test_what_is_no_commit_is_refused(repository: git.Repo, name: str) -> None:
    with pytest.raises(UnknownRevision):
        revision(Path(repository.working_dir), name)


def test_the_tree_is_that_of_the_files_as_they_lie_there(repository: git.Repo) -> None:
    root = Path(repository.working_dir)
    committed = revision(root).tree
    (root / "ignored").write_text("nothing\n")
    assert tree(root / "inner") == committed
    (root / "new.yaml").write_text("b: 1\n")
    changed = tree(root)
    assert changed != committed
    assert repository.untracked_files == ["new.yaml"], "what was staged is as it was"
    repository.git.add("--all")
    repository.git.commit("-m", "second")
    assert revision(root).tree == changed


def test_a_commit_is_checked_out_apart(repository: git.Repo) -> None:
    root = Path(repository.working_dir)
    first = revision(root)
    (root / "inner/a.yaml").write_text("a: 2\n")
    before = repository.git.status("--porcelain")
    with checked_out(root / "inner", first) as there:
        assert (there / "a.yaml").read_text() == "a: 1\n"
        assert not there.is_relative_to(root)
    assert not there.exists()
    assert repository.git.status("--porcelain") == before


def test_no_git_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotInGit):
        revision(tmp_path)
    with pytest.raises(NotInGit):
        tree(tmp_path)


def test_the_files_that_differ_are_named_from_the_project_s_folder(repository: git.Repo) -> None:
    root = Path(repository.working_dir)
    first = revision(root)
    (root / "inner/a.yaml").rename(root / "inner/ü b.yaml")
    (root / "above").write_text("1")
    repository.git.add("--all")
    repository.git.commit("-m", "second")
    assert set(differing(root / "inner", first, revision(root))) == {"a.yaml", "ü b.yaml", "../above"}
    assert differing(root, first, first) == ()


def test_a_copy_is_made_where_it_is_wanted(repository: git.Repo, tmp_path: Path) -> None:
    root = Path(repository.working_dir)
    with checked_out(root, revision(root), within=tmp_path) as there:
        assert there.is_relative_to(tmp_path)


def test_a_branch_has_left_main_where_it_did(repository: git.Repo) -> None:
    root = Path(repository.working_dir)
    first = revision(root)
    assert fork_point(root) == first
    repository.git.checkout("-b", "feature")
    repository.git.commit("--allow-empty", "-m", "of the branch")
    repository.git.checkout("main")
    repository.git.commit("--allow-empty", "-m", "of main")
    repository.git.checkout("feature")
    assert fork_point(root) == first
    assert fork_point(root, ("nowhere", "feature")) == revision(root)
    with pytest.raises(NoBase):
        fork_point(root, ("nowhere", "--all"))
